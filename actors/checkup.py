"""The check-up: how the service is while it starts, stands still, or has everything taken away (H8)."""

import time
from contextlib import suppress
from typing import NamedTuple

import httpx

from actors import wire
from actors.operator import Operator
from actors.promised_health import AWAY, CONSUMER, OK, Told, assert_blames
from actors.start import Start
from harness.eventually import NeverHappenedError, Patience
from harness.journal import Journal
from harness.sites import Site

HELD_BACK = 3.0
"""Seconds for which the start of a service is held back: long enough to have reached Kafka, not to have joined."""
READY_WITHIN = 30.0
STALL = "consumer_stall_seconds"
"""The target's setting of how long a consumer may make no progress."""
SAYS_SO_WITHIN = 5.0
"""Seconds, beyond those it may take, in which a consumer that makes no progress is noticed."""


class Asked(NamedTuple):
    """What the service said, and whether it was a working member of its group before and after that."""

    told: Told
    joined_before: bool
    joined_after: bool


class CheckUp:
    """Asks how the service is, and looks beside it whether that is so."""

    def __init__(self, site: Site, operator: Operator, start: Start, journal: Journal, patience: Patience) -> None:
        self._site, self._operator, self._start = site, operator, start
        self._journal, self._patience = journal, patience
        self._asked: list[Asked] = []
        self._stall = 0.0
        self._check: tuple[int, str] = (-1, "")
        self._life: tuple[int, int] | None = None

    async def watches_the_start(self) -> None:
        """Start the service and ask from its first answer on, until it is healthy; for a while it is held back."""
        await self._start.begins()
        first = 0.0

        async def held_back() -> None:
            nonlocal first
            await self._ask()
            first = first or time.monotonic()
            passed = time.monotonic() - first
            assert passed >= self._patience.seconds(HELD_BACK), f"it is held back, for {passed:.1f} s so far"

        async def healthy() -> None:
            told = await self._ask()
            assert told.is_healthy, f"nothing holds it back any more, and it says {told.status}: {told.shown}"

        bear = (httpx.TransportError,)
        await self._patience.eventually(held_back, within=READY_WITHIN, bear=bear)
        await self._operator.mends()
        await self._patience.eventually(healthy, within=READY_WITHIN, bear=bear)

    async def _ask(self) -> Told:
        before = await self._has_joined()
        answer = await self._site.service.http.get("/healthz")
        told = Told(answer.status_code, answer.json())
        self._asked.append(Asked(told, before, await self._has_joined()))
        self._journal.look("monitoring", "/healthz", status=told.status, shown=told.shown, asked=self._asked[-1][1:])
        return told

    async def _has_joined(self) -> bool:
        return bool(await self._site.stack.broker.working_members(wire.GROUP))

    def was_told_of_no_health_before_it_had_joined(self) -> None:
        """Raise AssertionError if the service has called itself healthy before it was a member of its group."""
        early = [asked.told for asked in self._asked if asked.told.is_healthy and not asked.joined_after]
        assert not early, (
            f"{len(early)} times it said that it is healthy, and was no member of its group yet: {early[0].shown}"
        )

    def was_told_of_kafka_until_it_had_joined(self) -> None:
        """Raise AssertionError unless each answer until it had joined named Kafka as ill, and there were any."""
        waiting = [asked.told for asked in self._asked if not asked.joined_after]
        assert waiting, "it has joined its group before it could be asked: nothing has held it back"
        for told in waiting:
            assert_blames("Kafka", told)

    async def starts_the_service_with_patience(self, seconds: int) -> None:
        """Start the service; its consumer counts as ill once it makes no progress for so many seconds."""
        self._stall = seconds
        await self._operator.starts_service_set({STALL: str(seconds)})

    async def asks_until_the_consumer_is_ill(self) -> None:
        """Ask until the service is no longer healthy."""

        async def look() -> None:
            told = await self._ask()
            assert not told.is_healthy, f"for a while nothing gets done, and it says {told.status}: {told.shown}"

        await self._patience.eventually(look, within=self._stall + SAYS_SO_WITHIN)

    def was_told_that_the_consumer_is_ill(self) -> None:
        """Raise AssertionError unless the service says that its consumer is ill, and nothing else."""
        assert_blames(CONSUMER, self._asked[-1].told)

    async def has_the_container_checked(self) -> None:
        """Have the image's own health check run in the container, and ask for the life of the process beside it."""
        self._check = await self._site.service.health_check()
        self._journal.look("engine", "ran the container's health check", exit_code=self._check[0], said=self._check[1])

    def found_it_alive(self) -> None:
        """Raise AssertionError unless the container's health check has passed."""
        assert self._check[0] == 0, (
            f"the process lives, and the health check ends with exit code {self._check[0]}: {self._check[1]}"
        )

    def found_it_dead(self) -> None:
        """Raise AssertionError if the container's health check has passed."""
        assert self._check[0] != 0, "the process stands still, and the container's health check passes all the same"

    async def asks_for_life(self) -> None:
        """Ask whether the process lives, and whether it can do its work."""
        http = self._site.service.http
        self._life = (await http.get("/livez")).status_code, (await http.get("/healthz")).status_code
        self._journal.look("monitoring", "/livez, /healthz", status=self._life)

    async def asks_for_life_after_the_start(self) -> None:
        """Ask as soon as the process, which was just started, answers requests; it may never do so."""
        with suppress(NeverHappenedError):
            await self._patience.eventually(self.asks_for_life, bear=(httpx.TransportError,))

    def was_told_of_life(self) -> None:
        """Raise AssertionError unless the service said that its process is alive, though it could not do its work."""
        assert self._life is not None, (
            "its process alone was well, and nobody was answered over HTTP, not even on /livez"
        )
        assert self._life == (OK, AWAY), (
            f"its process alone was well, and /livez has answered {self._life[0]}, /healthz {self._life[1]}"
        )
