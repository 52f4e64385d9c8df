"""Who wrote which essay, by name, and which class a batch belongs to; for other services."""

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from class_management.adapters.postgres.tables import associations, classes, students
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.ports import EssayAuthor, PersonName

REJECTED = "rejected"

AUTHORS = (
    sa.select(
        associations.c.essay_id,
        students.c.id,
        students.c.first_name,
        students.c.last_name,
        students.c.legal_full_name,
    )
    .join(students, students.c.id == associations.c.student_id)
    .where(associations.c.validation_status != REJECTED)
    .order_by(associations.c.created_at, associations.c.essay_id)
)


class PostgresDirectory:
    """The port `Directory`."""

    def __init__(self, transaction: PostgresTransaction):
        self._transaction = transaction

    async def authors_of_batch(self, batch_id: UUID) -> list[EssayAuthor]:
        """Who wrote the essays of a batch."""
        return await self._authors(associations.c.batch_id == batch_id)

    async def author_of(self, essay_id: UUID) -> EssayAuthor | None:
        """Who wrote an essay."""
        return next(iter(await self._authors(associations.c.essay_id == essay_id)), None)

    async def classes_of(self, batch_ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID, str]]:
        """Id and name of the class of each of the batches that have one; the oldest association's, if several."""
        query = (
            sa.select(associations.c.batch_id, classes.c.id, classes.c.name)
            .join(classes, classes.c.id == associations.c.class_id)
            .where(associations.c.batch_id.in_(list(batch_ids)))
            .distinct(associations.c.batch_id)
            .order_by(associations.c.batch_id, associations.c.created_at, associations.c.essay_id)
        )
        return {batch_id: (id_, name) for batch_id, id_, name in await self._transaction.execute(query)}

    async def _authors(self, condition: sa.ColumnElement[bool]) -> list[EssayAuthor]:
        found = await self._transaction.execute(AUTHORS.where(condition))
        return [EssayAuthor(essay_id, student_id, PersonName(*name)) for essay_id, student_id, *name in found]
