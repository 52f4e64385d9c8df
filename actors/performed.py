"""An imagined history with ids of its own: what is sent and changed, and what the contract says becomes of it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from actors import wire
from actors.imagined import ROSTERS, STUDENTS, Again, Broken, Foreign, Imagined, Moves, Result, Suggests
from actors.model import Association, Fate, Model
from harness.compare import Row, assert_exactly
from harness.names import Names


@dataclass
class Round:
    """Changes that are made, and then events that are sent, in their order; each has its number in the history."""

    changes: list[Moves] = field(default_factory=list)
    events: list[tuple[int, wire.Event]] = field(default_factory=list)


@dataclass
class Seen:
    """What was found of one history."""

    associations: Sequence[Association]
    records: Mapping[str, str]
    """The status of each key that is on record."""
    letters: Sequence[int]
    """The number of the event that each dead letter holds."""


class Performed:
    """One history; `partition` is where its events go."""

    def __init__(self, imagined: Imagined, partition: int) -> None:
        self.imagined, self.partition = imagined, partition
        self.names = Names()
        self._suffix = uuid.uuid4().hex
        self.model = Model({self.id("class", c): {self.id("student", s) for s in r} for c, r in ROSTERS.items()})
        self.rounds = [Round()]
        self.fates: dict[int, Fate] = {}
        self._sent: list[wire.Event] = []
        self._number = 0
        self._deleted: set[str] = set()
        for happening in imagined.happenings:
            self._happens(happening)

    def id(self, kind: str, name: str) -> str:
        """Return the id of a thing; what is called "no id" has none, another in each history."""
        return f"{name} {self._suffix}" if "no id" in name else str(self.names.id(kind, name))

    @property
    def events(self) -> Iterable[wire.Event]:
        """All events that are sent."""
        return (event for round_ in self.rounds for _, event in round_.events)

    def _happens(self, happening: Suggests | Again | Foreign | Broken | Moves) -> None:
        match happening:
            case Moves():
                self._moves(happening)
            case Suggests():
                self._sent.append(self._event(happening))
                self._sends(self._sent[-1])
            case Again():
                if earlier := happening.of(self._sent):
                    self._sends(self._once_more(earlier, happening))
            case Foreign():
                event = wire.Event.of({"anything": self._suffix})
                self._sends(replace(event, envelope={**event.envelope, "event_type": "huleedu.batch.finished.v1"}))
            case Broken():
                self._sends(wire.Event({}, with_headers=False, spoilt=happening.value))

    def _sends(self, event: wire.Event) -> None:
        self._number += 1
        self.rounds[-1].events.append((self._number, event))
        self.fates[self._number] = self.model.takes(event)

    def _moves(self, moves: Moves) -> None:
        student = self.id("student", moves.student)
        if student in self._deleted:
            return
        if self.rounds[-1].events:
            self.rounds.append(Round())
        self.rounds[-1].changes.append(moves)
        if not moves.class_:
            self._deleted.add(student)
            self.model.deletes(student)
        elif moves.joins:
            self.model.joins(student, self.id("class", moves.class_))
        else:
            self.model.leaves(student, self.id("class", moves.class_))

    def _event(self, suggests: Suggests) -> wire.Event:
        data = wire.suggested_data(
            self.id("batch", suggests.batch), self.id("class", suggests.class_), self._results(suggests.results)
        )
        event = wire.Event.of(data)
        envelope = {**event.envelope, "data": _in_capitals(data) if suggests.in_capitals else data}
        if suggests.under_bare_name:
            envelope["event_type"] = wire.SUGGESTED_BARE
        if not suggests.with_id:
            del envelope["event_id"]
        return replace(event, envelope=envelope, with_headers=suggests.with_headers)

    def _results(self, results: Sequence[Result]) -> list[dict[str, object]]:
        return [
            wire.match_result(
                self.id("essay", result.essay),
                [
                    wire.Suggestion(self.id("student", student), student, score, (f"{student}, place {place + 1}",))
                    for place, (student, score) in enumerate(result.suggestions)
                ],
            )
            for result in results
        ]

    def _once_more(self, event: wire.Event, again: Again) -> wire.Event:
        if again.other is None:
            return event
        data = {**event.envelope["data"], "match_results": self._results(again.other)}
        return replace(event, envelope={**event.envelope, "data": data})

    @property
    def student_ids(self) -> list[uuid.UUID]:
        """The ids of the students who exist at the beginning."""
        return [self.names.id("student", student) for student in STUDENTS]

    def trouble(self, seen: Seen) -> str:
        """Return what differs between what was seen and what the contract says, empty if nothing does."""
        letters = [number for number, fate in self.fates.items() if fate is Fate.DEAD_LETTER]
        found = [number for number in seen.letters if self.fates[number] is not Fate.OPEN]
        completed = dict.fromkeys(self.model.completed, "completed")
        return "\n".join(
            filter(
                None,
                (
                    _difference("stored", self._rows(self.model.associations.values()), self._rows(seen.associations)),
                    _difference("dead letters", _letters(letters), _letters(found)),
                    _difference("on record", self._records(completed), self._records(seen.records)),
                ),
            )
        )

    def _rows(self, associations: Iterable[Association]) -> list[Row]:
        return [
            {
                "batch": self.names.name("batch", row.batch),
                "essay": self.names.name("essay", row.essay),
                "student": self.names.name("student", row.student),
                "class": self.names.name("class", row.class_),
                "confidence": repr(row.score),
                "reasons": " and ".join(row.reasons),
            }
            for row in associations
        ]

    def _records(self, records: Mapping[str, str]) -> list[Row]:
        """Return records by the first message that they may be of; of those that are open nobody asks."""
        ours = [(number, event) for number, event in self._numbered() if event.spoilt is None]
        first = {event.idempotency_key: number for number, event in reversed(ours)}
        open_ = {event.idempotency_key for number, event in ours if self.fates[number] is Fate.OPEN}
        return [{"message": str(first[key]), "status": status} for key, status in records.items() if key not in open_]

    def _numbered(self) -> list[tuple[int, wire.Event]]:
        return [numbered for round_ in self.rounds for numbered in round_.events]


def _letters(numbers: Iterable[int]) -> list[Row]:
    return [{"message": str(number)} for number in numbers]


def _difference(what: str, expected: Sequence[Row], seen: Sequence[Row]) -> str:
    try:
        assert_exactly(expected, seen, what=what)
    except AssertionError as unlike:
        return str(unlike)
    return ""


def _in_capitals(data: dict[str, object]) -> dict[str, object]:
    """Return an event's data with all UUIDs in capitals; what is none stays."""
    ids = {"batch_id", "class_id", "essay_id", "student_id"}

    def capitals(value: object, name: str = "") -> object:
        if isinstance(value, dict):
            return {key: capitals(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [capitals(part) for part in value]
        return value.upper() if name in ids and isinstance(value, str) and " " not in value else value

    result = capitals(data)
    assert isinstance(result, dict)
    return result
