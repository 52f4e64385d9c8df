"""What a history is made of. Moments are Unix seconds of one clock; partition and offset say where a record lies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from harness.fence import Position


class Outcome(Enum):
    """What whoever acted was told of it."""

    DONE = "acknowledged"
    FAILED = "refused"
    UNKNOWN = "not known to be there or not"
    """The answer was lost: it may have gone either way, but never half."""


@dataclass(frozen=True)
class Event:
    """Something published: what is to become of each of its `parts`, part to effect.

    What `is_bad` can never be processed, and is to be set aside; one without parts has nothing to do. Order holds in
    a partition. Of one that was delivered several times the first place counts as its `position`.
    """

    id: str
    parts: Mapping[str, str]
    outcome: Outcome = Outcome.DONE
    position: Position | None = None
    at: float = 0.0
    name: str = ""
    is_bad: bool = False
    again: Sequence[Position] = ()
    """Where it was delivered once more."""

    @property
    def called(self) -> str:
        """What it is called where people read."""
        return f'"{self.name}"' if self.name else self.id


@dataclass(frozen=True)
class Effect:
    """The effect that a part has, and from which event it came."""

    part: str
    value: str
    event: str


@dataclass(frozen=True)
class Commit:
    """An acknowledgement, in the order in which the broker took them: all before `offset` is dealt with."""

    partition: int
    offset: int
    at: float = 0.0


@dataclass(frozen=True)
class Look:
    """What was seen at a moment, all effects at once.

    `committed`, partition to offset, is older than `effects` and `set_aside`: what lacks its effect here had none when
    that was committed. Either is None where nobody could look, since it was away. `without` are events that are known
    for another reason to have had no effect by then, such as a lock that somebody else held.
    """

    at: float
    committed: Mapping[int, int] | None = None
    effects: Sequence[Effect] | None = None
    set_aside: Sequence[str] | None = ()
    """Ids of events that were set aside, each as often as it was."""
    without: frozenset[str] = frozenset()

    @cached_property
    def parts(self) -> frozenset[str]:
        """The parts that have an effect here."""
        return frozenset(effect.part for effect in self.effects or ())

    @cached_property
    def aside(self) -> frozenset[str]:
        """The ids of the events that were set aside by now."""
        return frozenset(self.set_aside or ())


@dataclass(frozen=True)
class Change:
    """A change that was asked for, and that is announced with a message of its own; `place` counts within a `key`."""

    id: str
    key: str
    place: int
    outcome: Outcome = Outcome.DONE


@dataclass(frozen=True)
class Announcement:
    """A message that announces a change, in the order in which they were published."""

    event_id: str
    change: str


@dataclass(frozen=True)
class Upset:
    """Something that broke and was mended; `proof` tells how it is known that it really broke, empty if it is not.

    `makes_ill` tells whether the service has to say that it is ill meanwhile, within `notice` seconds; None if it may
    say either. `until_well` are the seconds from the mending to the effect of what came in next.
    """

    what: str
    began: float
    healed: float
    proof: str
    makes_ill: bool | None = None
    notice: float = 2.0
    until_well: float = 5.0


@dataclass(frozen=True)
class Answer:
    """What the service said of its health; `is_well` is None where it did not answer."""

    at: float
    is_well: bool | None


@dataclass(frozen=True)
class Figure:
    """Something that was measured before and after, and may not have grown by more than `allowed`."""

    what: str
    before: float
    after: float
    allowed: float = 0.0

    @property
    def has_grown(self) -> bool:
        """Whether it has grown by more than is allowed."""
        return self.after > self.before + self.allowed


@dataclass(frozen=True)
class End:
    """The end of a process, and the exit code that an honest one has."""

    what: str
    exit_code: int
    honest: int = 0


@dataclass(frozen=True)
class History:
    """All of it; `looks` from the first to the last, which was made when nothing was left to do."""

    events: Sequence[Event]
    looks: Sequence[Look]
    commits: Sequence[Commit] = ()
    set_back: frozenset[tuple[int, int]] = frozenset()
    """Where an operator has set the group back to on purpose: partition and offset."""
    upsets: Sequence[Upset] = ()
    answers: Sequence[Answer] = ()
    changes: Sequence[Change] = ()
    announcements: Sequence[Announcement] = ()
    figures: Sequence[Figure] = ()
    ends: Sequence[End] = ()
    log: Sequence[str] = ()
    secrets: frozenset[str] = frozenset()
    enough: int = 1
    """How many events there have to be before, during and after all that broke."""
    last_counts: bool = False
    """Which of several events about one part counts: the last of a partition, else the first."""
    log_of_interest: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other ids under which the log tells of an event, by its id."""

    @property
    def last_look(self) -> Look:
        """The last look."""
        assert self.looks, "nobody has looked"
        return self.looks[-1]

    def event(self, id_: str) -> Event | None:
        """Return the event with this id, None if nobody published one."""
        return self._by_id.get(id_)

    def events_about(self, part: str, partition: int) -> Sequence[Event]:
        """Return the events about a part that lie in a partition."""
        return self._by_part[part, partition]

    @cached_property
    def _by_id(self) -> Mapping[str, Event]:
        return {event.id: event for event in reversed(self.events)}

    @cached_property
    def _by_part(self) -> Mapping[tuple[str, int], list[Event]]:
        events = defaultdict(list)
        for event in self.events:
            if event.position is not None:
                for part in event.parts:
                    events[part, event.position.partition].append(event)
        return events


@dataclass(frozen=True)
class Guilt:
    """A verdict that does not hold, in a sentence, and the event by which it shows."""

    verdict: str
    what: str
    event: str = ""
