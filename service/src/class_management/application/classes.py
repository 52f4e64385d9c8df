"""What a teacher does with classes."""

from uuid import UUID, uuid4

from class_management.application.ports import Classes, ClassListing, ClassView, Outbox, RosterEntry, Transaction
from class_management.domain.courses import CourseCode
from class_management.domain.errors import ClassNotFoundError
from class_management.domain.events import ClassCreated, ClassUpdated, TeacherNotified


class ManageClasses:
    """The use cases about classes; a teacher has own ones only, all others do not exist (H4)."""

    def __init__(self, classes: Classes, outbox: Outbox, transaction: Transaction):
        self._classes = classes
        self._outbox = outbox
        self._transaction = transaction

    async def create(self, teacher: str, name: str, course_code: CourseCode) -> UUID:
        """Create a class, announce it, and say its id."""
        class_id = uuid4()
        await self._classes.add(class_id, teacher, name, course_code)
        created = ClassCreated(class_id, name, course_code, teacher)
        await self._outbox.add(created, TeacherNotified(teacher, class_id, name))
        await self._transaction.commit()
        return class_id

    async def show(self, teacher: str, class_id: UUID) -> ClassView:
        """A class; raises ClassNotFoundError."""
        found = await self._classes.get(class_id, teacher)
        if found is None:
            raise ClassNotFoundError(class_id)
        return found

    async def page(self, teacher: str, limit: int, offset: int) -> list[ClassListing]:
        """A page of the teacher's classes, newest first."""
        return await self._classes.of_teacher(teacher, limit, offset)

    async def change(self, teacher: str, class_id: UUID, name: str | None, course_code: CourseCode | None) -> ClassView:
        """Change what is given, announce it, and show the class; raises ClassNotFoundError."""
        if not await self._classes.update(class_id, teacher, name, course_code):
            raise ClassNotFoundError(class_id)
        changed = await self.show(teacher, class_id)
        await self._outbox.add(ClassUpdated(class_id, changed.name, changed.course_code, teacher))
        await self._transaction.commit()
        return changed

    async def delete(self, teacher: str, class_id: UUID) -> None:
        """Delete a class and its associations (D4); raises ClassNotFoundError."""
        if not await self._classes.delete(class_id, teacher):
            raise ClassNotFoundError(class_id)
        await self._transaction.commit()

    async def roster(self, teacher: str | None, class_id: UUID) -> list[RosterEntry]:
        """The students of a class; without `teacher` of anybody's (the NLP service asks so); ClassNotFoundError."""
        roster = await self._classes.roster(class_id, teacher)
        if roster is None:
            raise ClassNotFoundError(class_id)
        return roster
