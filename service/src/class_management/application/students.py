"""What a teacher does with students."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

from class_management.application.ports import Classes, PersonName, Students, StudentView, Transaction
from class_management.domain.errors import StudentNotFoundError, UnknownClassesError


@dataclass(frozen=True)
class StudentChanges:
    """What to change of a student; the e-mail address is touched only where `with_email`, and None removes it."""

    name: PersonName | None = None
    with_email: bool = False
    email: str | None = None
    add_class_ids: Collection[UUID] = ()
    remove_class_ids: Collection[UUID] = ()


class ManageStudents:
    """The use cases about students; a teacher has own ones only, all others do not exist (H4)."""

    def __init__(self, students: Students, classes: Classes, transaction: Transaction):
        self._students = students
        self._classes = classes
        self._transaction = transaction

    async def create(self, teacher: str, name: PersonName, email: str | None, class_ids: Collection[UUID]) -> UUID:
        """Create a student in own classes and say its id; raises UnknownClassesError, EmailTakenError."""
        student_id = uuid4()
        await self._check_own("class_ids", class_ids, teacher)
        await self._students.add(student_id, teacher, name, email)
        await self._students.join(student_id, class_ids)
        await self._transaction.commit()
        return student_id

    async def show(self, teacher: str, student_id: UUID) -> StudentView:
        """A student; raises StudentNotFoundError."""
        found = await self._students.get(student_id, teacher)
        if found is None:
            raise StudentNotFoundError(student_id)
        return found

    async def change(self, teacher: str, student_id: UUID, changes: StudentChanges) -> StudentView:
        """Change what is given, and show the student; a class that is to be added and removed at once ends removed.

        Raises StudentNotFoundError, UnknownClassesError, EmailTakenError.
        """
        await self.show(teacher, student_id)
        await self._check_own("add_class_ids", changes.add_class_ids, teacher)
        if changes.name is not None:
            await self._students.rename(student_id, teacher, changes.name)
        if changes.with_email:
            await self._students.set_email(student_id, teacher, changes.email)
        await self._students.join(student_id, changes.add_class_ids)
        await self._students.leave(student_id, changes.remove_class_ids)
        changed = await self.show(teacher, student_id)
        await self._transaction.commit()
        return changed

    async def delete(self, teacher: str, student_id: UUID) -> None:
        """Delete a student and its associations (D4); raises StudentNotFoundError."""
        if not await self._students.delete(student_id, teacher):
            raise StudentNotFoundError(student_id)
        await self._transaction.commit()

    async def _check_own(self, field: str, class_ids: Collection[UUID], teacher: str) -> None:
        if class_ids and (unknown := await self._classes.unknown(class_ids, teacher)):
            raise UnknownClassesError(field, unknown)
