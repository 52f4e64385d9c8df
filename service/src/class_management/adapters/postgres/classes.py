"""Classes and their rosters."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from class_management.adapters.postgres.tables import classes, courses, memberships, students
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.ports import ClassListing, ClassView, RosterEntry
from class_management.domain.courses import CourseCode


class PostgresClasses:
    """The port `Classes`."""

    def __init__(self, transaction: PostgresTransaction):
        self._transaction = transaction

    async def add(self, class_id: UUID, teacher: str, name: str, course_code: CourseCode) -> None:
        """Add a class."""
        await self._transaction.execute(
            classes.insert().values(
                id=class_id, name=name, created_by_user_id=teacher, course_id=_course_id(course_code)
            )
        )

    async def get(self, class_id: UUID, teacher: str) -> ClassView | None:
        """The class, if it is the teacher's."""
        query = (
            sa.select(classes.c.id, classes.c.name, courses.c.course_code)
            .join(courses)
            .where(classes.c.id == class_id, classes.c.created_by_user_id == teacher)
        )
        row = (await self._transaction.execute(query)).one_or_none()
        return ClassView(*row) if row else None

    async def of_teacher(self, teacher: str, limit: int, offset: int) -> list[ClassListing]:
        """A page of the teacher's classes, newest first."""
        count = (
            sa.select(sa.func.count())
            .select_from(memberships)
            .where(memberships.c.class_id == classes.c.id)
            .scalar_subquery()
        )
        query = (
            sa.select(classes.c.id, classes.c.name, courses.c.course_code, count, classes.c.created_at)
            .join(courses)
            .where(classes.c.created_by_user_id == teacher)
            .order_by(classes.c.created_at.desc(), classes.c.id)
            .limit(limit)
            .offset(offset)
        )
        return [ClassListing(*row) for row in await self._transaction.execute(query)]

    async def update(self, class_id: UUID, teacher: str, name: str | None, course_code: CourseCode | None) -> bool:
        """Change what is given; False if the class is not the teacher's."""
        changes: dict[str, object] = {"updated_at": sa.func.now()}
        if name is not None:
            changes["name"] = name
        if course_code is not None:
            changes["course_id"] = _course_id(course_code)
        result = await self._transaction.execute(classes.update().where(*_own(class_id, teacher)).values(changes))
        return result.rowcount > 0

    async def delete(self, class_id: UUID, teacher: str) -> bool:
        """Remove the class and its associations; False if it is not the teacher's."""
        result = await self._transaction.execute(classes.delete().where(*_own(class_id, teacher)))
        return result.rowcount > 0

    async def roster(self, class_id: UUID, teacher: str | None) -> list[RosterEntry] | None:
        """The students of a class by name; None if it does not exist or is not the given teacher's."""
        theirs = sa.true() if teacher is None else classes.c.created_by_user_id == teacher
        if not (await self._transaction.execute(sa.select(classes.c.id).where(classes.c.id == class_id, theirs))).all():
            return None
        shown = students.c
        query = (
            sa.select(shown.id, shown.first_name, shown.last_name, shown.legal_full_name, shown.email)
            .join(memberships)
            .where(memberships.c.class_id == class_id)
            .order_by(shown.last_name, shown.first_name, shown.id)
        )
        return [RosterEntry(*row) for row in await self._transaction.execute(query)]

    async def hold(self, class_ids: Collection[UUID], teacher: str) -> Mapping[UUID, str]:
        """The names of those of the classes that are the teacher's; they stay until the transaction ends."""
        query = (
            sa.select(classes.c.id, classes.c.name)
            .where(classes.c.id.in_(list(class_ids)), classes.c.created_by_user_id == teacher)
            .order_by(classes.c.id)
            .with_for_update(key_share=True, read=True)
        )
        return {row.id: row.name for row in await self._transaction.execute(query)}


def _course_id(course_code: CourseCode) -> sa.ScalarSelect[UUID]:
    return sa.select(courses.c.id).where(courses.c.course_code == course_code).scalar_subquery()


def _own(class_id: UUID, teacher: str) -> tuple[sa.ColumnElement[bool], ...]:
    return classes.c.id == class_id, classes.c.created_by_user_id == teacher
