"""Which of an essay's suggestions is taken, and what became of a batch (P3-P8, P12)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID


class Suggestion(NamedTuple):
    """Somebody who may have written an essay; `student_id` is None where the event's id is no UUID."""

    student_id: UUID | None
    confidence_score: float
    match_reasons: list[str]


class Essay(NamedTuple):
    """An essay of a batch; `essay_id` is None where the event's id, kept in `given_id`, is no UUID."""

    essay_id: UUID | None
    given_id: str
    suggestions: list[Suggestion]


class Batch(NamedTuple):
    """The suggestions of one event; ids are None where the event's are no UUIDs."""

    batch_id: UUID | None
    class_id: UUID | None
    essays: list[Essay]


class EssayOutcome(StrEnum):
    """What became of one essay of an event; the values are those of the counter `cms_essays_total`."""

    STORED = "stored"
    ALREADY_ASSOCIATED = "already_associated"
    NO_SUGGESTION = "no_suggestion"
    UNKNOWN_STUDENT = "unknown_student"
    FAILED = "failed"


@dataclass(slots=True)
class EssayReport:
    """What became of one essay, and why; `skipped` are the better suggestions whose student is unknown."""

    essay_id: str
    outcome: EssayOutcome
    reason: str = ""
    skipped: Collection[UUID | None] = ()


@dataclass(slots=True)
class BatchReport:
    """What became of a batch, essay by essay in the order of the event."""

    essays: list[EssayReport] = field(default_factory=list)
    associated_before: bool = False
    """Whether an essay already was associated through this batch; only looked up where it decides (P8)."""

    @property
    def processed(self) -> bool:
        """P8: an essay was stored, or was already associated through this batch, or nothing failed."""
        outcomes = [essay.outcome for essay in self.essays]
        return EssayOutcome.STORED in outcomes or self.associated_before or EssayOutcome.FAILED not in outcomes

    def ids(self, outcome: EssayOutcome) -> list[str]:
        """The essays with this outcome."""
        return [essay.essay_id for essay in self.essays if essay.outcome is outcome]

    @property
    def failure(self) -> str:
        """Why the batch counts as failed: the reasons of its failed essays, each once."""
        reasons = (essay.reason for essay in self.essays if essay.outcome is EssayOutcome.FAILED)
        return "; ".join(dict.fromkeys(reasons))


class Choice(NamedTuple):
    """The suggestion taken for an essay, if any, and the students of better ones who are unknown."""

    suggestion: tuple[UUID, float, list[str]] | None
    """Student, confidence score, match reasons."""
    skipped: list[UUID | None]


def choose(suggestions: list[Suggestion], roster: Collection[UUID]) -> Choice:
    """Take the suggestion of highest confidence whose student is on the `roster` (P3, P4, P12).

    A tie goes to the first; the order of the list does not matter otherwise.
    """
    skipped: list[UUID | None] = []
    best_first = sorted(suggestions, key=attrgetter("confidence_score"), reverse=True)  # stable: a tie stays in order
    for student_id, score, reasons in best_first:
        if student_id is not None and student_id in roster:
            return Choice((student_id, score, reasons), skipped)
        skipped.append(student_id)
    return Choice(None, skipped)
