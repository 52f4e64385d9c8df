"""Which suggestion is taken, and when a batch counts as processed."""

import random
from uuid import UUID

import pytest

from class_management.domain.suggestions import BatchReport, EssayOutcome, EssayReport, Suggestion, choose

ANNA, BERT, CARL = (UUID(int=number) for number in (1, 2, 3))


def suggest(student: UUID | None, score: float, reason: str = "name") -> Suggestion:
    return Suggestion(student, score, [reason])


def test_the_highest_confidence_wins_wherever_it_stands() -> None:
    found = [suggest(ANNA, 0.4), suggest(BERT, 0.9), suggest(CARL, 0.6)]
    for _ in range(6):
        random.shuffle(found)
        assert choose(found, {ANNA, BERT, CARL}).suggestion == (BERT, 0.9, ["name"])


def test_a_tie_goes_to_the_first() -> None:
    found = [suggest(ANNA, 0.5), suggest(BERT, 0.8, "first"), suggest(CARL, 0.8, "second")]
    assert choose(found, {ANNA, BERT, CARL}).suggestion == (BERT, 0.8, ["first"])


def test_a_student_who_is_not_on_the_roster_gives_way_to_the_next_best() -> None:
    choice = choose([suggest(None, 1.0), suggest(CARL, 0.9), suggest(ANNA, 0.2), suggest(BERT, 0.7)], {ANNA, BERT})
    assert choice.suggestion == (BERT, 0.7, ["name"])
    assert choice.skipped == [None, CARL]


def test_nobody_known_means_no_choice() -> None:
    assert choose([suggest(ANNA, 0.9)], set()).suggestion is None


@pytest.mark.parametrize(
    ("outcomes", "before", "processed"),
    [
        ([], False, True),
        ([EssayOutcome.NO_SUGGESTION, EssayOutcome.UNKNOWN_STUDENT], False, True),
        ([EssayOutcome.ALREADY_ASSOCIATED], False, True),
        ([EssayOutcome.STORED, EssayOutcome.FAILED], False, True),
        ([EssayOutcome.ALREADY_ASSOCIATED, EssayOutcome.FAILED], True, True),
        ([EssayOutcome.ALREADY_ASSOCIATED, EssayOutcome.FAILED], False, False),
        ([EssayOutcome.FAILED], False, False),
    ],
)
def test_when_a_batch_counts_as_processed(outcomes: list[EssayOutcome], before: bool, processed: bool) -> None:
    report = BatchReport([EssayReport("e", outcome) for outcome in outcomes], associated_before=before)
    assert report.processed is processed


def test_each_reason_for_failing_is_told_once() -> None:
    failed = [EssayReport("e", EssayOutcome.FAILED, reason) for reason in ("a", "b", "a")]
    assert BatchReport(failed).failure == "a; b"
