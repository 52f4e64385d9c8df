"""Who wrote which essay, for certain: a teacher says so, or the time to answer is over (H6, H7, T1)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from class_management.application.ports import Decision, Outbox, Transaction, Validated, Validation, Validations
from class_management.domain.errors import BatchNotFoundError, WrongAnswersError
from class_management.domain.events import AssociationsConfirmed, ConfirmedAssociation, ValidationMethod

PENDING, CONFIRMED, REJECTED = "pending_validation", "confirmed", "rejected"
SURE_SCORE = 0.7
"""The least score with which a suggestion is taken for true when nobody has answered (T1)."""
TIMEOUT_VALIDATOR = "SYSTEM_TIMEOUT"


class Answer(NamedTuple):
    """What a teacher says about an essay: its author is this student, or it is not."""

    essay_id: UUID
    student_id: UUID
    confirmed: bool


class Counts(NamedTuple):
    """How many of the essays asked about are confirmed by now, and how many are rejected."""

    confirmed: int
    rejected: int


class ConfirmAssociations:
    """The use case behind a teacher's answer about a batch."""

    def __init__(self, validations: Validations, outbox: Outbox, transaction: Transaction):
        self._validations, self._outbox, self._transaction = validations, outbox, transaction

    async def __call__(self, teacher: str, batch_id: UUID, answers: Sequence[Answer]) -> Counts:
        """Take the answers about what is still pending, and announce them; what is decided already stays (H7).

        All answers are taken or none. Raises BatchNotFoundError and WrongAnswersError.
        """
        given = {answer.essay_id: answer for answer in answers}
        if len(given) < len(answers):
            counted = Counter(answer.essay_id for answer in answers)
            raise WrongAnswersError("essay_id", "named more than once", [id_ for id_, n in counted.items() if n > 1])
        named = {answer.student_id for answer in answers if answer.confirmed}
        # Students before associations: in the order in which deleting a student takes them.
        classmates = await self._validations.classmates(batch_id, named)
        batch = {validation.essay_id: validation for validation in await self._validations.of_batch(batch_id, teacher)}
        if not batch:
            raise BatchNotFoundError(batch_id)
        if foreign := given.keys() - batch.keys():
            raise WrongAnswersError("essay_id", "not in this batch", foreign)
        pending = [batch[essay_id] for essay_id in given if batch[essay_id].status == PENDING]
        if strangers := {
            given[v.essay_id].student_id for v in pending if _is_stranger(v, given[v.essay_id], classmates)
        }:
            raise WrongAnswersError("student_id", "not a student of the class", strangers)
        decisions = {validation.essay_id: _decide(validation, given[validation.essay_id]) for validation in pending}
        if decisions:
            validated = Validated(ValidationMethod.HUMAN, teacher, datetime.now(UTC))
            await self._validations.decide(list(decisions.values()), validated)
            await self._outbox.add(*_events(batch_id, pending, decisions, validated))
            await self._transaction.commit()
        now_holds = Counter(
            decisions[essay_id].status if essay_id in decisions else batch[essay_id].status for essay_id in given
        )
        return Counts(now_holds[CONFIRMED], now_holds[REJECTED])


class ConfirmOverdue:
    """The use case behind the timeout: what nobody has answered in time is decided without a teacher (T1)."""

    def __init__(self, validations: Validations, outbox: Outbox, transaction: Transaction):
        self._validations, self._outbox, self._transaction = validations, outbox, transaction

    async def batches(self, hours: float, limit: int) -> list[UUID]:
        """Batches with associations that have been pending for so long, at most `limit`."""
        batches = await self._validations.overdue_batches(hours, limit)
        await self._transaction.rollback()
        return batches

    async def __call__(self, batch_id: UUID, hours: float) -> int:
        """Decide what of a batch has been pending for so long, announce it, and say how many associations that were."""
        await self._validations.classmates(batch_id, ())
        overdue = await self._validations.overdue(batch_id, hours)
        if not overdue:
            return 0
        decisions = {validation.essay_id: await self._decide(validation) for validation in overdue}
        validated = Validated(ValidationMethod.TIMEOUT, TIMEOUT_VALIDATOR, datetime.now(UTC))
        await self._validations.decide(list(decisions.values()), validated)
        await self._outbox.add(*_events(batch_id, overdue, decisions, validated))
        await self._transaction.commit()
        return len(decisions)

    async def _decide(self, validation: Validation) -> Decision:
        student_id = validation.student_id
        if (validation.confidence_score or 0.0) < SURE_SCORE:
            student_id = await self._validations.unknown_student(validation.class_id, validation.teacher)
        return Decision(validation.essay_id, student_id, CONFIRMED)


def _is_stranger(validation: Validation, answer: Answer, classmates: Collection[tuple[UUID, UUID]]) -> bool:
    corrected = answer.confirmed and answer.student_id != validation.student_id
    return corrected and (validation.class_id, answer.student_id) not in classmates


def _decide(validation: Validation, answer: Answer) -> Decision:
    if answer.confirmed:
        return Decision(validation.essay_id, answer.student_id, CONFIRMED)
    return Decision(validation.essay_id, validation.student_id, REJECTED)


def _events(
    batch_id: UUID, validations: Iterable[Validation], decisions: Mapping[UUID, Decision], validated: Validated
) -> Iterable[AssociationsConfirmed]:
    """One event, or one for each class where a batch has come with several."""
    for class_id, group in groupby(sorted(validations, key=attrgetter("class_id")), key=attrgetter("class_id")):
        members = list(group)
        confirmed = [v for v in members if decisions[v.essay_id].status == CONFIRMED]
        yield AssociationsConfirmed(
            batch_id=batch_id,
            class_id=class_id,
            course_code=members[0].course_code,
            associations=tuple(_confirmed(v, decisions[v.essay_id], validated.method) for v in confirmed),
            rejected=len(members) - len(confirmed),
            method=validated.method,
            validated_by=validated.by,
            validated_at=validated.at,
        )


def _confirmed(validation: Validation, decision: Decision, method: ValidationMethod) -> ConfirmedAssociation:
    score = validation.confidence_score or 0.0
    if method is ValidationMethod.TIMEOUT and score < SURE_SCORE:
        score = 0.0  # nobody is certain to be nobody known (T1)
    return ConfirmedAssociation(validation.essay_id, decision.student_id, score)
