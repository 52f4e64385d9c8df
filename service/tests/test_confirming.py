"""What a teacher's answer, or the lack of one, decides; over associations in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from class_management.application.confirming import Answer, ConfirmAssociations, ConfirmOverdue, Counts
from class_management.application.ports import Decision, Validated, Validation
from class_management.domain.courses import CourseCode
from class_management.domain.errors import BatchNotFoundError, WrongAnswersError
from class_management.domain.events import AssociationsConfirmed, Event, ValidationMethod

TEACHER, BATCH = "teacher", UUID(int=9)
CLASS, OTHER_CLASS = UUID(int=10), UUID(int=11)
ANNA, BERT, NOBODY = (UUID(int=number) for number in (20, 21, 22))
SUMMER, SEA, SNOW = (UUID(int=number) for number in (30, 31, 32))


@dataclass
class Batches:
    """The associations of one batch, its outbox and its transaction."""

    stored: dict[UUID, Validation] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    commits: int = 0
    validated: Validated | None = None

    def suggest(self, essay: UUID, student: UUID, score: float | None = 0.9, class_id: UUID = CLASS) -> None:
        self.stored[essay] = Validation(essay, student, class_id, CourseCode.ENG5, TEACHER, score, "pending_validation")

    async def of_batch(self, batch_id: UUID, teacher: str) -> list[Validation]:
        return list(self.stored.values()) if (batch_id, teacher) == (BATCH, TEACHER) else []

    async def overdue_batches(self, hours: float, limit: int) -> list[UUID]:
        return [BATCH][:limit] if await self.overdue(BATCH, hours) else []

    async def overdue(self, batch_id: UUID, hours: float) -> list[Validation]:
        assert (batch_id, hours) == (BATCH, 24)
        return [validation for validation in self.stored.values() if validation.status == "pending_validation"]

    async def decide(self, decisions: Sequence[Decision], validated: Validated) -> None:
        self.validated = validated
        for essay, student, status in decisions:
            self.stored[essay] = self.stored[essay]._replace(student_id=student, status=status)

    async def classmates(self, batch_id: UUID, student_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        assert batch_id == BATCH
        return {(CLASS, student) for student in student_ids if student in {ANNA, BERT}}

    async def unknown_student(self, class_id: UUID, teacher: str) -> UUID:
        assert (class_id, teacher) == (CLASS, TEACHER)
        return NOBODY

    async def add(self, *events: Event) -> None:
        self.events += events

    async def commit(self) -> None:
        self.commits += 1

    async def rollback(self) -> None:
        pass

    async def answers(self, *answers: Answer, teacher: str = TEACHER) -> Counts:
        return await ConfirmAssociations(self, self, self)(teacher, BATCH, answers)

    def outcome(self) -> dict[UUID, tuple[UUID, str]]:
        return {essay: (validation.student_id, validation.status) for essay, validation in self.stored.items()}

    def confirmed(self) -> AssociationsConfirmed:
        (event,) = self.events
        assert isinstance(event, AssociationsConfirmed)
        return event


@pytest.fixture
def batch() -> Batches:
    batch = Batches()
    batch.suggest(SUMMER, ANNA, 0.9)
    batch.suggest(SEA, BERT, 0.4)
    return batch


async def test_what_is_confirmed_rejected_and_corrected_is_written_down_and_announced_once(batch: Batches) -> None:
    batch.suggest(SNOW, ANNA, 0.8)
    counts = await batch.answers(Answer(SUMMER, BERT, True), Answer(SEA, ANNA, False), Answer(SNOW, ANNA, True))
    assert counts == Counts(2, 1)
    assert batch.outcome() == {
        SUMMER: (BERT, "confirmed"),
        SEA: (BERT, "rejected"),
        SNOW: (ANNA, "confirmed"),
    }
    event = batch.confirmed()
    assert [(a.essay_id, a.student_id, a.confidence_score) for a in event.associations] == [
        (SUMMER, BERT, 0.9),
        (SNOW, ANNA, 0.8),
    ]
    assert (event.rejected, event.method, event.validated_by) == (1, ValidationMethod.HUMAN, TEACHER)
    assert batch.commits == 1


async def test_what_is_not_answered_stays_pending(batch: Batches) -> None:
    await batch.answers(Answer(SUMMER, ANNA, True))
    assert batch.outcome()[SEA] == (BERT, "pending_validation")


async def test_the_first_answer_stands_and_a_second_one_changes_and_announces_nothing(batch: Batches) -> None:
    await batch.answers(Answer(SUMMER, ANNA, True))
    assert await batch.answers(Answer(SUMMER, ANNA, False)) == Counts(1, 0)
    assert batch.outcome()[SUMMER] == (ANNA, "confirmed")
    assert (len(batch.events), batch.commits) == (1, 1)


async def test_a_student_who_has_left_the_class_may_be_confirmed_where_he_was_suggested(batch: Batches) -> None:
    batch.suggest(SNOW, NOBODY)
    assert await batch.answers(Answer(SNOW, NOBODY, True)) == Counts(1, 0)


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ([Answer(SNOW, ANNA, True)], "associations.essay_id"),
        ([Answer(SUMMER, ANNA, True), Answer(SUMMER, BERT, True)], "associations.essay_id"),
        ([Answer(SUMMER, NOBODY, True)], "associations.student_id"),
    ],
    ids=["an essay of another batch", "an essay twice", "a student of another class"],
)
async def test_wrong_answers_are_refused_as_a_whole(batch: Batches, answers: list[Answer], named: str) -> None:
    with pytest.raises(WrongAnswersError) as refused:
        await batch.answers(Answer(SEA, BERT, True), *answers)
    assert named in refused.value.message
    assert {status for _, status in batch.outcome().values()} == {"pending_validation"}
    assert not batch.events


async def test_a_student_of_another_class_of_the_batch_is_no_student_of_the_essays_class(batch: Batches) -> None:
    batch.suggest(SNOW, NOBODY, class_id=OTHER_CLASS)
    with pytest.raises(WrongAnswersError):
        await batch.answers(Answer(SNOW, ANNA, True))


async def test_somebody_elses_batch_is_not_there(batch: Batches) -> None:
    with pytest.raises(BatchNotFoundError):
        await batch.answers(Answer(SUMMER, ANNA, True), teacher="somebody else")


async def test_a_batch_of_two_classes_is_announced_class_by_class(batch: Batches) -> None:
    batch.suggest(SNOW, NOBODY, class_id=OTHER_CLASS)
    await batch.answers(Answer(SNOW, NOBODY, True), Answer(SUMMER, ANNA, True))
    assert [event.class_id for event in batch.events if isinstance(event, AssociationsConfirmed)] == [
        CLASS,
        OTHER_CLASS,
    ]


async def test_without_an_answer_the_likely_is_taken_and_the_unlikely_is_nobodys(batch: Batches) -> None:
    batch.suggest(SNOW, ANNA, 0.7)
    overdue = ConfirmOverdue(batch, batch, batch)
    assert await overdue.batches(24, 10) == [BATCH]
    assert await overdue(BATCH, 24) == 3
    assert batch.outcome() == {
        SUMMER: (ANNA, "confirmed"),
        SEA: (NOBODY, "confirmed"),
        SNOW: (ANNA, "confirmed"),
    }
    event = batch.confirmed()
    assert [a.confidence_score for a in event.associations] == [0.9, 0.0, 0.7]
    assert (event.method, event.validated_by) == (ValidationMethod.TIMEOUT, "SYSTEM_TIMEOUT")
    assert await overdue.batches(24, 10) == []
    assert await overdue(BATCH, 24) == 0
    assert batch.commits == 1


async def test_no_score_counts_as_an_unlikely_one(batch: Batches) -> None:
    batch.stored.clear()
    batch.suggest(SNOW, ANNA, None)
    await ConfirmOverdue(batch, batch, batch)(BATCH, 24)
    assert batch.outcome()[SNOW] == (NOBODY, "confirmed")
