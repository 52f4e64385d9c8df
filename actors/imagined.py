"""Histories that somebody could have had with the service: suggestions, repeats, roster changes, all in one order.

Few essays, students and batches, so that they meet: ties, unknown students, doubles, bad ids, overlaps. All events of a
history go through one partition, since between partitions nothing is promised; what differs from partition to partition
has scenarios of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

ROSTERS = {"8B": ("Elsa", "Omar", "Li"), "9A": ("Li", "Noor")}
"""The classes that exist, and who is in them at the beginning."""
STUDENTS = ("Elsa", "Omar", "Li", "Noor")
LONGEST = 14
"""Happenings in a history."""

_students = st.sampled_from((*STUDENTS, "Elsa", "Omar", "Li", "Nobody", "a name, no id"))
_essays = st.sampled_from((*("Snow", "Rain", "Wind", "Fire") * 3, "Snow", "an essay, no id"))
_batches = st.sampled_from((*("Autumn", "Winter") * 12, "a batch, no id"))
_classes = st.sampled_from((*("8B", "9A") * 9, "8B", "9C, which nobody knows", "a class, no id"))
_scores = st.sampled_from((0.5, 0.5, 0.9, 0.25, 0.0, 1.0, 0.5000000001))
_suggestions = st.lists(st.tuples(_students, _scores), max_size=4)


@dataclass(frozen=True)
class Result:
    """An essay, and who is suggested for it, with what confidence."""

    essay: str
    suggestions: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        suggested = ", ".join(f"{student} {score:.10g}" for student, score in self.suggestions)
        return f"{self.essay}: {suggested or 'nobody'}"


def _listed(results: Sequence[Result]) -> str:
    return "".join(f"\n       {result}" for result in results) or ", no results"


@dataclass(frozen=True)
class Suggests:
    """An event with suggestions for the essays of a batch; how it is dressed makes no difference (P14)."""

    batch: str
    class_: str
    results: tuple[Result, ...]
    with_headers: bool = True
    with_id: bool = True
    in_capitals: bool = False
    under_bare_name: bool = False

    def __str__(self) -> str:
        dress = {
            "without headers": not self.with_headers,
            "without an id": not self.with_id,
            "in capitals": self.in_capitals,
            "under the bare name": self.under_bare_name,
        }
        dressed = ", ".join(name for name, worn in dress.items() if worn)
        return f'"{self.batch}" of {self.class_}{f" ({dressed})" if dressed else ""}{_listed(self.results)}'


@dataclass(frozen=True)
class Again:
    """One of the events with suggestions so far comes again, perhaps with other results under its ids."""

    which: int
    other: tuple[Result, ...] | None = None

    def of(self, so_far: Sequence[T]) -> T | None:
        """Return which of those that came so far it is; None where none did, and then nothing happens."""
        return so_far[self.which % len(so_far)] if so_far else None

    def __str__(self) -> str:
        if self.other is None:
            return "again"
        return f"again, with another payload{_listed(self.other)}"


@dataclass(frozen=True)
class Foreign:
    """An event of a type that is none of ours."""

    def __str__(self) -> str:
        return "an event of a foreign type"


@dataclass(frozen=True)
class Broken:
    """A message that nobody can make sense of."""

    value: bytes

    def __str__(self) -> str:
        return f"a message that is {self.value!r}"


@dataclass(frozen=True)
class Moves:
    """A student joins a class or leaves it, or is deleted (no class)."""

    student: str
    class_: str
    joins: bool = True

    def __str__(self) -> str:
        if not self.class_:
            return f"{self.student} is deleted"
        return f"{self.student} {'joins' if self.joins else 'leaves'} {self.class_}"


Happening = Suggests | Again | Foreign | Broken | Moves


@dataclass(frozen=True)
class Imagined:
    """A history, its happenings one after the other."""

    happenings: tuple[Happening, ...] = field(default=())

    def told(self) -> str:
        """Return it in a line for each happening; messages are numbered."""
        return "\n".join(self._told())

    def _told(self) -> Iterator[str]:
        number, so_far = 0, list[int]()
        for happening in self.happenings:
            if isinstance(happening, Moves):
                yield f"  -  {happening}"
                continue
            if isinstance(happening, Again) and not so_far:
                continue
            number += 1
            earlier = f"message {happening.of(so_far)} " if isinstance(happening, Again) else ""
            yield f"  {number}. {earlier}{happening}"
            if isinstance(happening, Suggests):
                so_far.append(number)


def _result(essay: str, suggestions: Sequence[tuple[str, float]]) -> Result:
    """Make a result; an essay without an id has a suggestion, since what becomes of one without is not promised."""
    return Result(essay, tuple(suggestions) or ((("Elsa", 0.5),) if "no id" in essay else ()))


def _itself(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Happening]:
    """Return a strategy that was drawn itself: `one_of` would take each of them as often as another."""
    return strategy


_results = st.lists(st.builds(_result, _essays, _suggestions), max_size=6).map(tuple)
_rarely = st.sampled_from((False, False, False, True))
_suggests = st.builds(
    Suggests,
    _batches,
    _classes,
    _results,
    st.booleans().map(lambda drawn: not drawn),
    _rarely.map(lambda r: not r),
    _rarely,
    _rarely,
)
_again = st.builds(Again, st.integers(0, LONGEST), st.none() | _results)
_broken = st.builds(Broken, st.sampled_from((b"", b"{", b"\xff", b"[]", b"{}")))
_moves = st.builds(Moves, st.sampled_from(STUDENTS), st.sampled_from((*ROSTERS, *ROSTERS, "")), st.booleans())
_often, _sometimes, _foreign = (_suggests,) * 9, (_again, _again, _again, _moves, _moves), st.builds(Foreign)
_happenings: st.SearchStrategy[Happening] = st.sampled_from((*_often, *_sometimes, _foreign, _broken)).flatmap(_itself)

HISTORIES: st.SearchStrategy[Imagined] = st.builds(Imagined, st.lists(_happenings, max_size=LONGEST).map(tuple))
