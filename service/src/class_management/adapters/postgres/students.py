"""Students and their memberships in classes."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from class_management.adapters.postgres.tables import classes, memberships, students
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.ports import PersonName, RefusedError, StudentView
from class_management.domain.errors import EmailTakenError

EMAIL_CONSTRAINT = "uix_student_email_user"


class PostgresStudents:
    """The port `Students`."""

    def __init__(self, transaction: PostgresTransaction):
        self._transaction = transaction

    async def add(self, student_id: UUID, teacher: str, name: PersonName, email: str | None) -> None:
        """Add a student; raises EmailTakenError."""
        await self._write(
            students.insert().values(id=student_id, created_by_user_id=teacher, email=email, **name._asdict())
        )

    async def get(self, student_id: UUID, teacher: str) -> StudentView | None:
        """The student with its classes, oldest class first."""
        query = sa.select(students.c.id, students.c.first_name, students.c.last_name, students.c.email).where(
            *_own(student_id, teacher)
        )
        row = (await self._transaction.execute(query)).one_or_none()
        if row is None:
            return None
        joined = (
            sa.select(memberships.c.class_id)
            .join(classes)
            .where(memberships.c.student_id == student_id)
            .order_by(classes.c.created_at, classes.c.id)
        )
        class_ids = list((await self._transaction.execute(joined)).scalars())
        return StudentView(row.id, row.first_name, row.last_name, row.email, class_ids)

    async def hold(self, student_id: UUID, teacher: str) -> bool:
        """Keep others from changing the student until the transaction ends; False if it is not the teacher's."""
        query = sa.select(students.c.id).where(*_own(student_id, teacher)).with_for_update(key_share=True)
        return (await self._transaction.execute(query)).one_or_none() is not None

    async def rename(self, student_id: UUID, teacher: str, name: PersonName) -> bool:
        """Change the name; False if the student is not the teacher's."""
        return await self._update(student_id, teacher, name._asdict())

    async def set_email(self, student_id: UUID, teacher: str, email: str | None) -> bool:
        """Change or remove the address; raises EmailTakenError; False if the student is not the teacher's."""
        return await self._update(student_id, teacher, {"email": email})

    async def join(self, student_id: UUID, class_ids: Collection[UUID]) -> None:
        """Put the student into classes; once, however often (D9)."""
        rows = [{"class_id": class_id, "student_id": student_id} for class_id in sorted(set(class_ids))]
        if rows:
            await self._transaction.execute(insert(memberships).values(rows).on_conflict_do_nothing())

    async def leave(self, student_id: UUID, class_ids: Collection[UUID]) -> None:
        """Take the student out of classes."""
        await self._transaction.execute(
            memberships.delete().where(
                memberships.c.student_id == student_id, memberships.c.class_id.in_(list(class_ids))
            )
        )

    async def delete(self, student_id: UUID, teacher: str) -> bool:
        """Remove the student and its associations; False if it is not the teacher's."""
        result = await self._transaction.execute(students.delete().where(*_own(student_id, teacher)))
        return result.rowcount > 0

    async def _update(self, student_id: UUID, teacher: str, changes: Mapping[str, object]) -> bool:
        statement = students.update().where(*_own(student_id, teacher))
        return await self._write(statement.values({**changes, "updated_at": sa.func.now()})) > 0

    async def _write(self, statement: sa.Executable) -> int:
        try:
            return (await self._transaction.execute(statement)).rowcount
        except RefusedError as refusal:
            if refusal.constraint == EMAIL_CONSTRAINT:
                raise EmailTakenError from refusal
            raise


def _own(student_id: UUID, teacher: str) -> tuple[sa.ColumnElement[bool], ...]:
    return students.c.id == student_id, students.c.created_by_user_id == teacher
