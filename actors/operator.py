"""The operator, who starts, stops, kills, breaks and mends; what is broken is mended when the scenario ends."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import httpx

from actors import wire
from actors.auditor import Auditor
from actors.chronicle import Chronicle
from actors.outages import closed, outage, upset
from harness.containers.service import Ended, ServiceContainer
from harness.errors import DidNotComeUpError
from harness.eventually import Patience
from harness.faults import Fault, Faults
from harness.fence import Position
from harness.journal import Journal
from harness.sites import Site

F = TypeVar("F", bound=Fault)

REPLAY_DEAD_LETTERS = "replay_dead_letters"
"""The target's command that publishes the dead letters once more."""
ANSWERS_WITHIN = 10.0
"""Seconds in which a process that was started answers requests."""


@contextmanager
def a_defect_of_the_service() -> Iterator[None]:
    """What does not come up inside is the service's own fault: it breaks a promise, as infrastructure does not."""
    try:
        yield
    except DidNotComeUpError as defect:
        raise AssertionError(str(defect)) from defect


class Operator:
    """Works on the site of the scenario."""

    def __init__(
        self,
        site: Site,
        auditor: Auditor,
        faults: Faults,
        chronicle: Chronicle,
        *,
        journal: Journal,
        patience: Patience,
    ) -> None:
        self._site, self._auditor, self._faults, self._chronicle = site, auditor, faults, chronicle
        self._journal, self._patience = journal, patience
        self._signalled_at = 0.0
        self._starting_took: float | None = None
        self._broken: list[Fault] = []

    async def starts_service(self, settings: Mapping[str, str] | None = None) -> None:
        """Start the service, once more where it has run before, and wait until it is ready.

        `settings` are put over the environment that the target names; with some, it is a new process in any case.
        One that the scenario before has left running will do. Raises AssertionError when it does not get so far.
        """
        if settings is None and self._site.takes_over():
            self._chronicle.notes_the_start_of_the_service()
            self._journal.write("operator", "found the service running, as the scenario before has left it")
            return
        begun = time.monotonic()
        with a_defect_of_the_service():
            if self._site.running is None or settings is not None:
                self._starting_took = await self._site.start_service(settings)
            else:
                await self._site.running.start_again()
                self._starting_took = time.monotonic() - begun
        self._chronicle.notes_the_start_of_the_service()
        self._journal.write("operator", "started the service", seconds=self._starting_took)

    async def starts_service_set(self, settings: Mapping[str, str]) -> None:
        """Start the service with `settings` of the target, by the suite's names for them; see `starts_service`."""
        names = self._site.stack.target.settings
        await self.starts_service({names[name]: value for name, value in settings.items()})

    def was_ready_within(self, seconds: float) -> None:
        """Raise AssertionError unless the service was ready so many seconds after its start was begun."""
        took, most = self._starting_took, self._patience.seconds(seconds)
        assert took is not None, "nobody has seen it start"
        assert took <= most, (
            f"it was ready {took:.1f} s after its start; {most:.0f} s are enough where nothing is awaited"
        )

    async def restarts_service_all_the_same(self) -> None:
        """Kill the service and start it again, until it answers requests: what it needs to be ready may be away."""
        await self.kills_service()
        await self.begins_service_again()
        await self.is_answered()
        self._chronicle.notes_the_start_of_the_service()

    async def begins_service_again(self) -> None:
        """Start the process, which has ended, once more, and wait for nothing."""
        await self._site.service.begin_again()
        self._journal.write("operator", "started the service again")

    async def is_answered(self) -> None:
        """Wait until the process answers requests, however it says that it is."""
        await self._patience.eventually(
            lambda: self._site.service.http.get("/metrics"), within=ANSWERS_WITHIN, bear=(httpx.TransportError,)
        )

    async def starts_replica(self, settings: Mapping[str, str] | None = None) -> ServiceContainer:
        """Start one more process of the service beside those that run; raises as `starts_service` does."""
        with a_defect_of_the_service():
            replica = await self._site.stack.run_service(self._site.database, settings=settings)
        self._journal.write("operator", f"started {replica.alias}")
        return replica

    async def signals(self, name: str) -> None:
        """Send a signal such as SIGTERM to the service."""
        self._site.may_be_left = False  # it may stand still
        await self._site.service.signal(name)
        self._signalled_at = time.time()
        self._journal.write("operator", f"sent {name}")

    async def kills_service(self) -> None:
        """Kill the service; the group does not wait for its dead member."""
        self._chronicle.begins()
        await self._site.service.killed()
        self._chronicle.notes_the_end_of_the_service("killed")
        self._journal.write("operator", "killed the service")

    async def breaks(self, what: str, how: str) -> None:
        """Break a dependency in words of the features (`Redis`, `cannot be reached`)."""
        await self.begins(outage(self._site, what, how))

    async def closes_the_place_of_dead_letters(self) -> None:
        """Have Kafka refuse every dead letter until it is mended."""
        await self.closes_the_place_of(wire.DEAD_LETTERS)

    async def closes_the_place_of(self, topic: str) -> None:
        """Have Kafka refuse whatever is sent to a topic until it is mended."""
        await self.begins(closed(self._site, topic))

    async def begins(self, fault: F) -> F:
        """Break something, until it is mended, and return the fault."""
        self._chronicle.begins()
        self._broken.append(await self._faults.begin(fault))
        return fault

    async def upsets(self, what: str) -> None:
        """Do, in words of the features, what is over as soon as it has happened (`PostgreSQL ends all sessions`)."""
        await self.begins(upset(self._site, what))
        await self.mends()

    async def mends(self) -> None:
        """Mend what was broken last, and wait until it works again."""
        assert self._broken, "nothing is broken"
        await self._faults.heal(self._broken.pop())

    async def mends_this(self, fault: Fault) -> None:
        """Mend one of the things that are broken."""
        self._broken.remove(fault)
        await self._faults.heal(fault)

    async def mends_all(self) -> None:
        """Mend all that is broken, what was broken last first."""
        while self._broken:
            await self.mends()

    async def sees_the_end(self, within: float) -> Ended:
        """Wait until the service's process has ended; `within` is in seconds."""
        ended = await self._site.service.ended(within)
        self._chronicle.notes_the_end_of_the_service("stopped")
        self._journal.write("operator", "saw the service end", exit_code=ended.exit_code)
        return ended

    async def forgets(self, event: wire.Event) -> None:
        """Remove the idempotency record of an event, as if its time had come."""
        removed = await self._site.stack.redis_client.delete(event.idempotency_key)
        assert removed == 1, "there was no idempotency record to remove"

    async def lets_age(self, event: wire.Event, left: int) -> None:
        """Leave the idempotency record of an event `left` seconds, as if the others had passed."""
        found = await self._site.stack.redis_client.expire(event.idempotency_key, left)
        assert found, "there is no idempotency record of the event"
        self._journal.write("operator", f"left the record of the event {left} s", key=event.idempotency_key)

    async def sets_back_to(self, position: Position) -> None:
        """Move the service's group, which may have no members, back to before a message."""
        await self._site.stack.broker.commit_at(wire.GROUP, [position])
        self._chronicle.notes_that_the_group_is_set_back(position)
        self._journal.write("operator", "set the group back", partition=position.partition, offset=position.offset)

    async def finds_redis_empty(self) -> None:
        """Raise AssertionError if Redis knows anything: then its restart shows nothing."""
        keys = await self._site.stack.redis_client.dbsize()
        assert keys == 0, f"Redis still holds {keys} keys"

    async def replays_dead_letters(self) -> None:
        """Have the dead letters published once more, by the service's own command (P10)."""
        stack = self._site.stack
        with a_defect_of_the_service():
            printed = await stack.run_command(self._site.database, stack.target.commands[REPLAY_DEAD_LETTERS])
        self._journal.write("operator", "had the dead letters replayed", output=printed)

    async def forgets_all(self) -> None:
        """Empty Redis."""
        self._chronicle.begins()
        began, keys = time.time(), await self._site.stack.redis_client.dbsize()
        await self._site.stack.redis_client.flushall()
        emptied = self._faults.note("Redis is emptied", began, f"it held {keys} keys" if keys else "")
        emptied.healed = time.time()
        self._journal.write("operator", "emptied Redis")

    async def saw_it_end(self, seconds: int, exit_code: int) -> None:
        """Wait until the service has ended, and check how (L4); `seconds` count from the signal."""
        ended = await self.sees_the_end(within=seconds)
        took = ended.at - self._signalled_at
        if ended.exit_code != exit_code or took > self._patience.seconds(seconds):
            raise AssertionError(
                f"it ended {took:.1f} s after the signal with exit code {ended.exit_code}, "
                f"expected {exit_code} within {seconds} s\n{self._site.service.log_tail()}"
            )

    async def finds_the_member_by_its_name(self) -> None:
        """Raise AssertionError unless the one member of the consumer group has the promised client id (§3)."""
        names = await self._site.stack.broker.clients(wire.GROUP)
        assert names == [wire.CLIENT], f"the consumer group knows its members as {names}, expected [{wire.CLIENT!r}]"

    async def finds_no_members(self) -> None:
        """Raise AssertionError if the consumer group has members (L5)."""
        members = await self._auditor.group_members()
        if members:
            raise AssertionError(f"the consumer group still has members: {', '.join(members)}")

    async def finds_no_connections(self) -> None:
        """Wait until no connection of the service is left (L5)."""

        async def look() -> None:
            left = {name: count for name, count in (await self._auditor.connections()).items() if count}
            if left:
                raise AssertionError(f"connections of the service are left: {left}")

        await self._patience.eventually(look)
