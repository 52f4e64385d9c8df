"""The NLP service, which publishes suggestions to Kafka."""

import itertools
import time
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from actors import wire
from harness.fence import Position
from harness.journal import Journal
from harness.names import Names
from harness.scopes import ScenarioInfo
from harness.sites import Site

Rows = Sequence[Mapping[str, str]]
SURE = "0.9"
SHOWN_BYTES = 200
"""How much of a message that is no event is shown."""
BOTH_ORDERS = ("forwards", "backwards")
"""The two batches of `publishes_in_both_orders`."""


@dataclass(frozen=True)
class Delivery:
    """An event that was published, perhaps once more: where it lies, and when that was (Unix seconds)."""

    event: wire.Event
    position: Position
    at: float


class NlpService:
    """Publishes events, all of a scenario to one partition so that they keep their order."""

    def __init__(self, site: Site, names: Names, journal: Journal, info: ScenarioInfo) -> None:
        self._site, self._names, self._journal = site, names, journal
        self.partition = zlib.crc32(info.place.encode()) % wire.PARTITIONS
        self._suffix = uuid.uuid4().hex
        self.class_name = ""
        self.students: list[str] = []
        self.partitions: set[int] = set()
        self._students: dict[str, list[str]] = {}
        self._published: dict[str, wire.Event] = {}
        self._positions: dict[bytes, Position] = {}
        self._last = ""
        self.deliveries: list[Delivery] = []
        """All that was published one by one, in its order."""
        self.in_turn: list[str] = []
        """The batches of `suggests_in_turn`."""

    def works_for(self, class_name: str, students: list[str]) -> None:
        """Suggest for this class from now on; where a feature names no essays there is one for each student."""
        self.class_name, self.students = class_name, students
        self._students[class_name] = students

    def students_of(self, class_name: str) -> list[str]:
        """Return the students of a class that it has worked for."""
        return self._students[class_name]

    def event(self, batch: str, rows: Rows, class_name: str | None = None) -> wire.Event:
        """Make an event for `batch`.

        Rows have `essay`, `student`, and perhaps `confidence` and `reasons`; rows of one essay are its suggestions in
        that order, a row without a student is an essay without suggestions. A student or a class that nobody created
        is one that exists nowhere.
        """
        essays: dict[str, list[wire.Suggestion]] = {}
        for row in rows:
            suggestions = essays.setdefault(row["essay"], [])
            if student := row.get("student"):
                suggestions.append(self._suggestion(student, row))
        results = [wire.match_result(self.essay_id(name), suggestions) for name, suggestions in essays.items()]
        class_id = str(self._names.id("class", class_name or self.class_name))
        return wire.Event.of(wire.suggested_data(str(self._names.id("batch", batch)), class_id, results))

    def essay_id(self, name: str) -> str:
        """Return the id of an essay; one whose name says that its id is no id gets none, another in each scenario."""
        return f"{name} {self._suffix}" if "no id" in name else str(self._names.id("essay", name))

    def _suggestion(self, student: str, row: Mapping[str, str]) -> wire.Suggestion:
        student_id = student if "no id" in student else str(self._names.id("student", student))
        reasons = [reason.strip() for reason in row.get("reasons", "name match").split(",")]
        return wire.Suggestion(student_id, student, float(row.get("confidence", SURE)), reasons)

    async def suggests(self, batch: str, rows: Rows) -> wire.Event:
        """Publish suggestions for `batch`."""
        return await self.publishes(batch, self.event(batch, rows))

    async def publishes(self, name: str, event: wire.Event, partition: int | None = None) -> wire.Event:
        """Publish `event` and remember it under `name`."""
        self._published[name], self._last = event, name
        self._positions[event.value] = await self.sends(event, partition)
        return event

    def has_published(self, name: str, event: wire.Event, position: Position) -> None:
        """Remember under `name` an event that was published in a way of its own, and lies at `position`."""
        self._published[name], self._last = event, name
        self._positions[event.value] = position
        self.partitions.add(position.partition)

    async def publishes_in_both_orders(self, rows: Rows, other: int | None = None) -> None:
        """Publish two batches of the same essays through two partitions, the second with its essays in reverse.

        `other` is the second one's partition, if it matters which.
        """
        forwards, backwards = BOTH_ORDERS
        await self.publishes(forwards, self.event(forwards, rows))
        other = (self.partition + 1) % wire.PARTITIONS if other is None else other
        await self.publishes(backwards, self.event(backwards, list(reversed(rows))), other)

    async def suggests_in_turn(self, rows: Rows) -> None:
        """Publish an event for each batch in `rows`, in their order; rows may name their `class`, too.

        By all but its offset a later event looks earlier: by its id, its batch's id, its clock.
        """
        batches = list(dict.fromkeys(row["batch"] for row in rows))
        for place, batch in enumerate(batches):
            own = [row for row in rows if row["batch"] == batch]
            self._names.learn("batch", batch, _id_before_earlier_ones(place))
            event = self.event(batch, own, own[0].get("class"))
            earlier = (datetime.now(UTC) - timedelta(minutes=place)).isoformat()
            looks = {"event_id": str(_id_before_earlier_ones(place)), "event_timestamp": earlier}
            await self.publishes(batch, replace(event, envelope={**event.envelope, **looks}))
        self.in_turn = batches

    async def sends(self, event: wire.Event, partition: int | None = None) -> Position:
        """Publish `event`, perhaps once more, and return where it lies; without `partition` in the scenario's own."""
        partition = self.partition if partition is None else partition
        self.partitions.add(partition)
        at = time.time()
        position = await self._site.stack.broker.publish(
            wire.SUGGESTED, partition, event.value, key=event.record_key, headers=event.headers, at=event.sent_at
        )
        self.deliveries.append(Delivery(event, position, at))
        self._journal.write(
            "nlp_service",
            "published",
            correlation_id=event.correlation_id or None,
            partition=position.partition,
            offset=position.offset,
            headers=event.with_headers,
            message=event.envelope if event.spoilt is None else repr(event.spoilt[:SHOWN_BYTES]),
        )
        return position

    def one_essay_a_student(self) -> Rows:
        """Return one essay for each student of the class, with that student suggested."""
        return [{"essay": f"Essay of {name}", "student": name} for name in self.students]

    def event_about_new_essays(self, essays: int) -> wire.Event:
        """Make an event about a new batch of new essays without names, for the students of the class in turn."""
        suggestions = itertools.cycle([[self._suggestion(student, {})] for student in self.students])
        results = [wire.match_result(str(uuid.uuid4()), next(suggestions)) for _ in range(essays)]
        class_id = str(self._names.id("class", self.class_name))
        return wire.Event.of(wire.suggested_data(str(uuid.uuid4()), class_id, results))

    def own_essay(self, batch: str) -> Rows:
        """Return an essay that is in this batch alone, with the first student of the class suggested."""
        return [{"essay": f"Essay in {batch}", "student": self.students[0]}]

    def event_with_nothing_to_store(self, batch: str, what: str) -> wire.Event:
        """Make an event `without suggestions` or `without results`, perhaps `for a class nobody knows`."""
        essays = {"without suggestions": [{"essay": "Untitled"}, {"essay": "Untitled, too"}], "without results": []}
        kind, _, unknown_class = what.partition(", for ")
        if kind not in essays:
            raise AssertionError(f"no event {kind!r}; known: {', '.join(essays)}")
        return self.event(batch, essays[kind], unknown_class or None)

    def event_with_a_result_a_row(self, batch: str, rows: Rows) -> wire.Event:
        """Make an event in which each row is a result of its own, also when essays repeat."""
        events = [self.event(batch, [row]) for row in rows]
        results = [result for event in events for result in event.envelope["data"]["match_results"]]
        data = events[0].envelope["data"]
        return wire.Event.of(wire.suggested_data(data["batch_id"], data["class_id"], results))

    async def repeats(self, how: str) -> None:
        """Deliver the last event again: `at once`, `through another channel` (partition) or `five times in a row`."""
        other = (self.partition + 1) % wire.PARTITIONS
        partitions = {
            "at once": [self.partition],
            "through another channel": [other],
            "five times in a row": [self.partition] * 5,
        }
        if how not in partitions:
            raise AssertionError(f"nothing is delivered again {how!r}; known: {', '.join(partitions)}")
        for partition in partitions[how]:
            self._positions[self.last_event.value] = await self.sends(self.last_event, partition)

    async def repeats_with_other_payload(self, rows: Rows) -> None:
        """Deliver another payload under the ids of the last event."""
        ids = {field: self.last_event.envelope[field] for field in ("event_id", "correlation_id")}
        other = self.event(self.last_batch, rows)
        await self.publishes(self.last_batch, replace(other, envelope={**other.envelope, **ids}))

    @property
    def last_batch(self) -> str:
        """The name under which the last event was published."""
        return self._last

    @property
    def last_event(self) -> wire.Event:
        """The event published last."""
        return self._published[self._last]

    @property
    def last_position(self) -> Position:
        """Where the event published last lies."""
        return self._positions[self.last_event.value]

    def position_about(self, batch: str) -> Position:
        """Return where the event published last about a batch lies."""
        return self._positions[self.event_about(batch).value]

    def event_about(self, batch: str) -> wire.Event:
        """Return the event published last about a batch; raises AssertionError where there is none."""
        assert batch in self._published, f'nothing was published about "{batch}"; is the name right?'
        return self._published[batch]


def _id_before_earlier_ones(place: int) -> uuid.UUID:
    """Return a new id that sorts before those of lower places."""
    return uuid.UUID(int=(0xFFFF - place) << 112 | uuid.uuid4().int & ((1 << 112) - 1))
