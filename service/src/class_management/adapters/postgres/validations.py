"""Associations on their way from suggested to confirmed or rejected (H6, H7, T1)."""

from collections.abc import Collection, Sequence
from datetime import UTC
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from class_management.adapters.postgres.tables import associations, classes, courses, memberships, students
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.ports import Decision, UnavailableError, Validated, Validation

PENDING = "pending_validation"
UNKNOWN_FIRST_NAME, UNKNOWN_LAST_NAME = "UNKNOWN", "STUDENT"
LONGEST_HOURS = 1000 * 365 * 24.0
"""As good as never. PostgreSQL has no times much further back, and of far more hours it makes less than none."""

DECIDE = sa.text("""
    UPDATE essay_student_associations AS stored
    SET student_id = decided.student_id, validation_status = decided.status, validated_by = :validated_by,
        validated_at = :validated_at, validation_method = :method
    FROM unnest(CAST(:essay_ids AS uuid[]), CAST(:student_ids AS uuid[]), CAST(:statuses AS text[]))
        AS decided (essay_id, student_id, status)
    WHERE stored.essay_id = decided.essay_id
""")

HELD = (
    sa.select(
        associations.c.essay_id,
        associations.c.student_id,
        associations.c.class_id,
        courses.c.course_code,
        classes.c.created_by_user_id,
        associations.c.confidence_score,
        associations.c.validation_status,
    )
    .join(classes, classes.c.id == associations.c.class_id)
    .join(courses, courses.c.id == classes.c.course_id)
    .order_by(associations.c.essay_id)
    .with_for_update(of=associations)
)
"""In one order for all, so that who decides about a batch waits for the other, and no deadlock comes of it."""


class PostgresValidations:
    """The port `Validations`."""

    def __init__(self, transaction: PostgresTransaction):
        self._transaction = transaction

    async def of_batch(self, batch_id: UUID, teacher: str) -> list[Validation]:
        """The associations of a batch in the teacher's classes, held until the transaction ends."""
        query = HELD.where(associations.c.batch_id == batch_id, classes.c.created_by_user_id == teacher)
        return [Validation(*row) for row in await self._transaction.execute(query)]

    async def overdue_batches(self, hours: float, limit: int) -> list[UUID]:
        """Batches with associations that have been pending for so long, at most `limit`."""
        query = sa.select(associations.c.batch_id).where(*_overdue(hours)).distinct().limit(limit)
        return list((await self._transaction.execute(query)).scalars())

    async def overdue(self, batch_id: UUID, hours: float) -> list[Validation]:
        """The associations of a batch that have been pending for so long, held until the transaction ends."""
        query = HELD.where(associations.c.batch_id == batch_id, *_overdue(hours))
        return [Validation(*row) for row in await self._transaction.execute(query)]

    async def decide(self, decisions: Sequence[Decision], validated: Validated) -> None:
        """Write decisions down."""
        essay_ids, student_ids, statuses = zip(*decisions, strict=True)
        await self._transaction.execute(
            DECIDE,
            {
                "essay_ids": essay_ids,
                "student_ids": student_ids,
                "statuses": statuses,
                "validated_by": validated.by,
                "validated_at": validated.at.astimezone(UTC).replace(tzinfo=None),
                "method": validated.method.value,
            },
        )

    async def classmates(self, batch_id: UUID, student_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
        """Class and student, for those of the students who are in a class of the batch; all of them stay meanwhile."""
        of_batch = sa.select(associations.c.class_id).where(associations.c.batch_id == batch_id)
        held = sa.select(classes.c.id).where(classes.c.id.in_(of_batch)).order_by(classes.c.id)
        class_ids = list((await self._transaction.execute(_kept(held, classes))).scalars())
        if not class_ids or not student_ids:
            return set()
        query = (
            sa.select(memberships.c.class_id, students.c.id)
            .join(students, students.c.id == memberships.c.student_id)
            .where(memberships.c.class_id.in_(class_ids), students.c.id.in_(list(student_ids)))
            .order_by(students.c.id)
        )
        found = await self._transaction.execute(_kept(query, students))
        return {(class_id, student_id) for class_id, student_id in found}

    async def unknown_student(self, class_id: UUID, teacher: str) -> UUID:
        """The student of a class who stands for nobody known; made at first need, once a class (T1)."""
        email = f"unknown.{class_id}@huleedu.system"
        await self._transaction.execute(
            insert(students)
            .values(
                id=uuid4(),
                first_name=UNKNOWN_FIRST_NAME,
                last_name=UNKNOWN_LAST_NAME,
                legal_full_name=f"{UNKNOWN_FIRST_NAME} {UNKNOWN_LAST_NAME}",
                email=email,
                created_by_user_id=teacher,
            )
            .on_conflict_do_nothing()
        )
        query = sa.select(students.c.id).where(students.c.email == email, students.c.created_by_user_id == teacher)
        student_id: UUID | None = (await self._transaction.execute(_kept(query, students))).scalar_one_or_none()
        if student_id is None:
            raise UnavailableError("database: a student was deleted meanwhile")
        joining = insert(memberships).values(class_id=class_id, student_id=student_id).on_conflict_do_nothing()
        await self._transaction.execute(joining)
        return student_id


def _overdue(hours: float) -> tuple[sa.ColumnElement[bool], ...]:
    """Pending for so long by the database's own clock, which has set `created_at`, too."""
    age = sa.func.make_interval(0, 0, 0, 0, 0, 0, min(hours, LONGEST_HOURS) * 3600)
    now = sa.func.timezone("UTC", sa.func.now())
    return associations.c.validation_status == PENDING, associations.c.created_at <= now - age


def _kept(query: sa.Select[*tuple[UUID, ...]], rows: sa.Table) -> sa.Select[*tuple[UUID, ...]]:
    """Keep the rows found of this one table from being deleted until the transaction ends.

    Not memberships as well: PostgreSQL would hold them before their students, and who deletes a student does not.
    """
    return query.with_for_update(read=True, key_share=True, of=rows)
