"""What was sent, changed and seen during a storm, and the verdict on it."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence

from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from actors import wire
from actors.remains import remains
from harness.console import say
from harness.containers.postgres import TROUBLE
from harness.eventually import Patience
from harness.fence import Position
from harness.history import (
    Announcement,
    Change,
    Effect,
    End,
    Event,
    History,
    Look,
    Outcome,
    Upset,
    assert_holds,
)
from harness.journal import Journal
from harness.settings import Settings
from harness.sites import Site
from harness.sql import text
from harness.stack import SECRETS

LOOK_WITHIN = 2.0
"""Seconds after which a look is given up: what is looked at may be away."""
DRAINED_WITHIN = 60.0
UNTIL_WELL = 20.0
"""Seconds after the last gust in which what comes in takes effect. It may have stopped a replica, which has to
be missed, and several gusts may end at once: the 5 s of a single outage are tried by scenarios of their own."""
ENDS_WITHIN = 8.0
Stored = tuple[str, str, str]
"""An association: essay, student, batch."""
_STORED = "SELECT essay_id, student_id, batch_id FROM essay_student_associations"


class Diary:
    """Written while the storm rages, judged when it is over."""

    def __init__(self, site: Site, journal: Journal, patience: Patience, settings: Settings) -> None:
        self._site, self._journal, self._patience = site, journal, patience
        self._is_told = settings.storm is not None
        self._events: list[Event] = []
        self._of_batch: dict[str, str] = {}
        self._changes: list[Change] = []
        self._unknown_changes = 0
        self._seen: list[tuple[float, Mapping[int, int] | None, list[Stored] | None]] = []
        self._upsets: list[Upset] = []
        self._begun = time.time()

    @property
    def changes(self) -> int:
        """How many changes were acknowledged so far."""
        return len(self._changes)

    def events(self, since: float) -> int:
        """Return how many events that were sent since the moment `since` (Unix seconds) are acknowledged by now."""
        return sum(event.outcome is Outcome.DONE and event.at >= since for event in self._events)

    def sent(self, event: wire.Event, position: Position | None, at: float) -> None:
        """Take note of an event and of where it lies; None where nobody knows whether it does."""
        data = event.envelope["data"]
        parts = {r["essay_id"]: r["suggestions"][0]["student_id"] for r in data["match_results"]}
        outcome = Outcome.UNKNOWN if position is None else Outcome.DONE
        self._of_batch[data["batch_id"]] = event.event_id
        self._events.append(Event(event.event_id, parts, outcome, position, at))

    def changed(self, key: str, name: str, outcome: Outcome) -> None:
        """Take note of a change. One whose answer was lost may have been made at any moment since, or never."""
        if outcome is Outcome.DONE:
            self._changes.append(Change(name, key, len(self._changes)))
        else:
            self._unknown_changes += 1

    def raged(self, what: str, began: float, gusts: Sequence[str]) -> None:
        """Take note of the storm, which has just ended; each gust has proved that it took effect as it began."""
        self._upsets.append(Upset(what, began, time.time(), "; ".join(gusts), until_well=UNTIL_WELL))

    async def looks(self) -> None:
        """Write down what is acknowledged and stored, as far as it can be seen."""
        committed = stored = None
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                committed = await self._site.stack.broker.committed(wire.GROUP, wire.SUGGESTED)
        except (KafkaError, OSError, AssertionError):
            committed = None
        try:
            async with asyncio.timeout(LOOK_WITHIN):
                stored = await self._stored()
        except (DBAPIError, *TROUBLE):
            stored = None
        self._seen.append((time.time(), committed, stored))

    async def holds(self) -> None:
        """Wait until nothing is left to do, have the service stopped, and raise AssertionError if a verdict fails."""
        broker = self._site.stack.broker
        await self._patience.eventually(self._nothing_waits, within=DRAINED_WITHIN)
        announcements = await self._patience.eventually(self._all_is_announced, within=DRAINED_WITHIN)
        committed = await broker.committed(wire.GROUP, wire.SUGGESTED)
        letters = await broker.read_since(wire.DEAD_LETTERS, self._begun)
        aside = [dict(letter.headers).get("event_id", b"").decode() for letter in letters]
        looks = [Look(at, reached, self._effects(stored)) for at, reached, stored in self._seen]
        looks.append(Look(time.time(), committed, self._effects(await self._stored()), aside))
        figures = await remains(self._site, self._patience)
        history = History(
            self._events,
            looks,
            upsets=self._upsets,
            changes=self._changes,
            announcements=announcements,
            figures=figures,
            ends=[await self._end(number) for number in range(len(self._site.stack.services))],
            log=[line for service in self._site.stack.services for line in await service.log_lines(self._begun)],
            secrets=SECRETS,
        )
        unknown = sum(event.outcome is Outcome.UNKNOWN for event in self._events)
        seen = {of: sum(getattr(look, of) is not None for look in looks) for of in ("committed", "effects")}
        summary = (
            f"{len(self._events)} events, {unknown} of them of unknown fate; {len(self._changes)} changes, and "
            f"{self._unknown_changes} of unknown fate; {len(looks)} looks, of which {seen['committed']} saw "
            f"acknowledgements and {seen['effects']} what is stored"
        )
        self._journal.write("storm", f"is judged: {summary}")
        assert_holds(history)
        assert not letters, f"{len(letters)} events are dead letters, though each of them can be processed: {aside[:5]}"
        if self._is_told:
            say(f"All held: {summary}")

    async def _stored(self) -> list[Stored]:
        async with self._site.engine.connect() as connection:
            found = await connection.execute(text(_STORED))
            return [(str(essay), str(student), str(batch)) for essay, student, batch in found]

    def _effects(self, stored: Sequence[Stored] | None) -> list[Effect] | None:
        """Return what was seen to be stored as effects of events, all of which are known by now.

        What is sent may be stored before its sender knows that it is, and takes note of it.
        """
        if stored is None:
            return None
        return [
            Effect(essay, student, self._of_batch.get(batch, f"somebody's batch {batch}"))
            for essay, student, batch in stored
        ]

    async def _nothing_waits(self) -> None:
        broker = self._site.stack.broker
        ends = await broker.ends([wire.SUGGESTED])
        committed = await broker.committed(wire.GROUP, wire.SUGGESTED)
        lag = {p: end - committed.get(p, 0) for (_, p), end in ends.items() if end > committed.get(p, 0)}
        assert not lag, f"events are not acknowledged, by partition: {lag}"

    async def _all_is_announced(self) -> list[Announcement]:
        records = await self._site.stack.broker.read_since(wire.CLASS_UPDATED, self._begun)
        envelopes = [json.loads(record.value or b"null") for record in records]
        told = [Announcement(e["event_id"], e["data"]["class_designation"]) for e in envelopes]
        missing = {change.id for change in self._changes} - {announcement.change for announcement in told}
        assert not missing, f"{len(missing)} of {len(self._changes)} changes are not announced, such as {min(missing)}"
        return told

    async def _end(self, number: int) -> End:
        service = self._site.stack.services[number]
        await service.signal("SIGTERM")
        ended = await service.ended(self._patience.seconds(ENDS_WITHIN))
        return End(f"replica {number + 1}, told to stop after the storm,", ended.exit_code)
