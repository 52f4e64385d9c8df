"""What a teacher does with students."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from class_management.application.ports import Classes, Outbox, PersonName, Students, StudentView, Transaction
from class_management.domain.errors import StudentNotFoundError, UnknownClassesError
from class_management.domain.events import StudentCreated, StudentUpdated, TeacherNotified


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

    def __init__(self, students: Students, classes: Classes, outbox: Outbox, transaction: Transaction):
        self._students = students
        self._classes = classes
        self._outbox = outbox
        self._transaction = transaction

    async def create(self, teacher: str, name: PersonName, email: str | None, class_ids: Collection[UUID]) -> UUID:
        """Create a student in own classes, announce it, and say its id; raises UnknownClassesError, EmailTakenError."""
        student_id = uuid4()
        joined = await self._own("class_ids", class_ids, teacher)
        await self._students.add(student_id, teacher, name, email)
        await self._students.join(student_id, class_ids)
        first, last, _ = name
        created = StudentCreated(student_id, first, last, email, tuple(joined), teacher)
        told = [
            TeacherNotified(teacher, class_id, class_name, student_id, f"{first} {last}")
            for class_id, class_name in joined.items()
        ]
        await self._outbox.add(created, *told)
        await self._transaction.commit()
        return student_id

    async def show(self, teacher: str, student_id: UUID) -> StudentView:
        """A student; raises StudentNotFoundError."""
        found = await self._students.get(student_id, teacher)
        if found is None:
            raise StudentNotFoundError(student_id)
        return found

    async def change(self, teacher: str, student_id: UUID, changes: StudentChanges) -> StudentView:
        """Change what is given, announce it, and show the student.

        A class that is to be added and removed at once ends removed. Raises StudentNotFoundError,
        UnknownClassesError, EmailTakenError.
        """
        if not await self._students.hold(student_id, teacher):
            raise StudentNotFoundError(student_id)
        joined = await self._own("add_class_ids", changes.add_class_ids, teacher)
        if changes.name is not None:
            await self._students.rename(student_id, teacher, changes.name)
        if changes.with_email:
            await self._students.set_email(student_id, teacher, changes.email)
        await self._students.join(student_id, changes.add_class_ids)
        await self._students.leave(student_id, changes.remove_class_ids)
        changed = await self.show(teacher, student_id)
        left = tuple(dict.fromkeys(changes.remove_class_ids))
        _, first, last, email, _ = changed
        await self._outbox.add(StudentUpdated(student_id, first, last, email, tuple(joined), left, teacher))
        await self._transaction.commit()
        return changed

    async def delete(self, teacher: str, student_id: UUID) -> None:
        """Delete a student and its associations (D4); raises StudentNotFoundError."""
        if not await self._students.delete(student_id, teacher):
            raise StudentNotFoundError(student_id)
        await self._transaction.commit()

    async def _own(self, field: str, class_ids: Collection[UUID], teacher: str) -> Mapping[UUID, str]:
        """The names of own classes, each once, in the given order; raises UnknownClassesError."""
        if not class_ids:
            return {}
        names = await self._classes.hold(class_ids, teacher)
        if unknown := set(class_ids) - names.keys():
            raise UnknownClassesError(field, unknown)
        return {class_id: names[class_id] for class_id in class_ids}
