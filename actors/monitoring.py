"""The monitoring, which asks how the service is, again and again."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import httpx

from actors.promised_health import AWAY, OK, Told, assert_blames, assert_healthy
from harness.eventually import NeverHappenedError, Patience
from harness.journal import Journal
from harness.sites import Site

ILL, WELL = "it is ill", "all is well"
BEGINS_TO_STOP_WITHIN = 10.0
"""Seconds in which a signal that the engine is asked for has come, and the service takes no new requests any more."""
GIVES_UP_AFTER = 8.0
"""Seconds in which a service gives up a statement, or a connection, that gets no answer."""
NOTICED = 1.2
"""Seconds in which a service has looked at its lag, if it looks once a second."""
BETWEEN = 0.05
"""Seconds between two questions: what is asked without a pause takes a core of the machine, and shows no more."""
UNPUBLISHED = 4.0
"""Seconds in which a service gives up an attempt to publish: Kafka's clients wait for a while before they fail."""
_RETRIED = re.compile(r'^cms_events_total\{outcome="retried"\} (\S+)$', re.MULTILINE)


class Monitoring:
    """Asks `/healthz` and remembers what it was told, and how fast."""

    def __init__(self, site: Site, journal: Journal, patience: Patience) -> None:
        self._site, self._journal, self._patience = site, journal, patience
        self._told: list[tuple[float, httpx.Response]] = []
        self._told_of_illness: Told | None = None
        self._took: dict[str, float] = {}
        """What was said, and after how many seconds it was said first."""

    async def asks(self, times: int) -> None:
        """Ask, one time after the other."""
        for _ in range(times):
            await self._ask()

    async def asks_until_kafka_is_given_up(self) -> None:
        """Ask for so long that the service has failed to publish what waits, and is at its next attempt at least."""
        await self.asks_for(UNPUBLISHED)

    async def asks_for(self, seconds: float) -> None:
        """Ask for so many seconds."""
        end = time.monotonic() + self._patience.seconds(seconds)
        while time.monotonic() < end:
            await self._ask()
            await asyncio.sleep(BETWEEN)

    async def asks_until_noticed(self) -> None:
        """Ask for so long that the service has noticed by itself what it looks at once in a while: its lag."""
        await self.asks_for(NOTICED)

    async def asks_until_retried(self) -> None:
        """Ask for the figures (M2) until one more event is tried again from now on, at most for GIVES_UP_AFTER seconds.

        An outage that is over before the service has failed at anything shows nothing: what hangs goes on then. A
        service that does not count its attempts has time enough to fail.
        """
        before = await self._retried()

        async def look() -> None:
            assert await self._retried() > before, "no event has been tried again yet"

        with suppress(NeverHappenedError):
            await self._patience.eventually(look, within=GIVES_UP_AFTER)

    async def _retried(self) -> float:
        counted = _RETRIED.search((await self._site.service.http.get("/metrics")).text)
        return float(counted[1]) if counted else 0.0

    async def asks_until_missed(self, part: str) -> None:
        """Ask until the service has had to notice that a part is away: PostgreSQL by its work, others by its lag."""
        await (self.asks_until_retried() if part == "PostgreSQL" else self.asks_until_noticed())

    async def asks_while(self, lasting: Callable[[], Awaitable[bool]]) -> None:
        """Ask as long as something lasts, which is looked at before and after each time."""
        while await lasting():
            await self._ask()
            if not await lasting():
                self._told.pop()  # it ended meanwhile: this answer shows nothing

    async def _ask(self) -> None:
        begun = time.monotonic()
        try:
            answer = await self._site.service.http.get("/healthz")
        except httpx.TransportError as error:
            raise AssertionError(f"the service does not answer any more when it is asked: {error!r}") from error
        self._told.append((time.monotonic() - begun, answer))

    def was_told_healthy(self, within: float) -> None:
        """Raise AssertionError unless it was told so, each time within `within` seconds (H9)."""
        times = [seconds for seconds, _ in self._told]
        self._journal.write("monitoring", "was answered", times=len(times), slowest=max(times, default=0))
        assert times, "nothing was left when it asked"
        ill = [answer for _, answer in self._told if answer.status_code != OK or answer.json()["status"] != "healthy"]
        late = sorted(seconds for seconds in times if seconds > self._patience.seconds(within))
        if ill:
            first = ill[0]
            raise AssertionError(
                f"{len(ill)} of {len(times)} answers say that the service is not healthy, the first with "
                f"{first.status_code}: {first.text[:500]}"
            )
        if late:
            raise AssertionError(
                f"{len(late)} of {len(times)} answers took more than {within * 1000:.0f} ms: "
                f"{', '.join(f'{seconds * 1000:.0f} ms' for seconds in late[-5:])}"
            )

    async def is_told_that_it_is_ill(self, within: float) -> None:
        """Wait until the service says that it is not as it should be: a part has just gone; `within` is in seconds."""

        async def look() -> None:
            told = await self._is_told()
            assert told.status != OK or told.shown["status"] != "healthy", (
                f"a part of it is away, and /healthz answers {told.status}: {told.shown}"
            )
            self._told_of_illness = told

        await self._waits_for(ILL, look, within)

    async def is_told_that_all_is_well(self, within: float) -> None:
        """Wait until the service says that it is healthy: what was away is back; `within` is in seconds."""

        async def look() -> None:
            assert_healthy(await self._is_told())

        await self._waits_for(WELL, look, within)

    async def is_told_that_it_works(self, within: float) -> None:
        """Wait until the service says that it can do its work, if not as well as it should; `within` is in seconds."""

        async def look() -> None:
            told = await self._is_told()
            assert told.status == OK, f"what it needs is there, and /healthz answers {told.status}: {told.shown}"

        await self._waits_for(WELL, look, within)

    def was_told_what_is_ill(self, part: str) -> None:
        """Raise AssertionError unless it was told of this part's illness, and of no other part's (H8)."""
        assert self._told_of_illness is not None, "nothing was said of an illness"
        assert_blames(part, self._told_of_illness)

    async def _waits_for(self, what: str, look: Callable[[], Awaitable[None]], within: float) -> None:
        begun = time.monotonic()
        await self._patience.eventually(look, within=within, bear=(httpx.TransportError,))
        self._took[what] = time.monotonic() - begun
        self._journal.look("monitoring", f"was told that {what}", seconds=self._took[what])

    def was_told_of_the_illness(self, within: float) -> None:
        """Raise AssertionError unless it was told of the database's illness in time; `within` is in seconds (H2)."""
        self.was_told_what_is_ill("the database")
        self._was_told_in_time(ILL, within)

    def was_told_of_the_recovery(self, within: float) -> None:
        """Raise AssertionError unless it was told of the return in time; `within` is in seconds (H2)."""
        self._was_told_in_time(WELL, within)

    def _was_told_in_time(self, what: str, within: float) -> None:
        took = self._took[what]
        assert took <= self._patience.seconds(within), (
            f"that {what}, /healthz has told for the first time after {took:.1f} s, {within} s are allowed"
        )

    async def is_refused(self) -> None:
        """Wait until the service takes no new requests, as one that has begun to stop (L4).

        It is asked as a teacher: `/healthz` may tell that the consumer has gone while requests are still taken.
        """

        async def look() -> None:
            try:
                answer = await self._site.service.http.get("/v1/classes/", headers={"X-User-ID": "somebody"})
            except httpx.TransportError:
                return
            assert answer.status_code == AWAY, (
                f"the service was told to stop, and still takes requests: a teacher's is answered {answer.status_code}"
            )

        await self._patience.eventually(look, within=BEGINS_TO_STOP_WITHIN)

    async def _is_told(self) -> Told:
        answer = await self._site.service.http.get("/healthz")
        self._journal.look("monitoring", "/healthz", status=answer.status_code, shown=answer.text)
        return Told(answer.status_code, answer.json())
