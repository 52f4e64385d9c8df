"""Associations of essays and students; set-based, for they come in batches."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from class_management.adapters.postgres.tables import associations, classes
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.ports import AssociationView, Inserted, NewAssociation, RefusedError

STORED_BY = "nlp_service_phase1"
"""`created_by_user_id` of a row stored from an event (D2)."""

# Nobody is locked: locks would be waited for by other groups, and shared ones, which PostgreSQL keeps in a structure of
# their own, cost more than the insert. What changes between this look and the insert ends like this:
# - a student is deleted: the foreign key refuses the insert, the roster is read again, the next best one is taken;
# - the class is deleted: the same, and then the class does not exist: every essay fails, the event is a dead letter;
# - a student is taken off the roster: the association is stored, as if the event had come before that.
ROSTERS = sa.text("""
    SELECT id, ARRAY(SELECT student_id FROM class_student_association WHERE class_id = classes.id)
    FROM classes WHERE id = ANY(CAST(:class_ids AS uuid[]))
""")

# The order by essay is the same for everybody (D6); of an essay's rows the first counts (P13).
INSERT = sa.text("""
    INSERT INTO essay_student_associations
        (id, essay_id, student_id, batch_id, class_id, created_by_user_id, confidence_score, match_reasons)
    SELECT gen_random_uuid(), essay_id, student_id, batch_id, class_id, :stored_by, score, CAST(reasons AS json)
    FROM unnest(
        CAST(:essay_ids AS uuid[]), CAST(:student_ids AS uuid[]), CAST(:batch_ids AS uuid[]),
        CAST(:class_ids AS uuid[]), CAST(:scores AS double precision[]), CAST(:reasons AS text[])
    ) WITH ORDINALITY AS row (essay_id, student_id, batch_id, class_id, score, reasons, place)
    ORDER BY essay_id, place
    ON CONFLICT (essay_id) DO NOTHING
    RETURNING essay_id
""")


class PostgresAssociations:
    """The port `Associations`."""

    def __init__(self, transaction: PostgresTransaction):
        self._transaction = transaction

    async def rosters(self, class_ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
        """The students of each of the classes that exists."""
        found = await self._transaction.execute(ROSTERS, {"class_ids": list(class_ids)})
        return {class_id: set(student_ids) for class_id, student_ids in found}

    async def insert(self, rows: Sequence[NewAssociation]) -> Inserted:
        """Store all rows at once, where their essay has no association; raises RefusedError if any is refused."""
        essay_ids, student_ids, batch_ids, class_ids, scores, reasons = zip(*rows, strict=True)
        returned = await self._transaction.execute(
            INSERT,
            {
                "stored_by": STORED_BY,
                "essay_ids": essay_ids,
                "student_ids": student_ids,
                "batch_ids": batch_ids,
                "class_ids": class_ids,
                "scores": scores,
                "reasons": [msgspec.json.encode(listed).decode() for listed in reasons],
            },
        )
        fresh = set(returned.scalars())
        inserted = Inserted()
        for place, row in enumerate(rows):
            if row.essay_id in fresh:
                fresh.remove(row.essay_id)  # of an essay's rows the first is the one that was stored
                inserted.stored.add(place)
        return inserted

    async def insert_each(self, rows: Sequence[NewAssociation]) -> Inserted:
        """Store row by row, in the same order, so that a refused one is set aside alone."""
        inserted = Inserted()
        for place in sorted(range(len(rows)), key=lambda place: rows[place].essay_id):  # stable: see INSERT
            try:
                async with self._transaction.savepoint():
                    if (await self.insert([rows[place]])).stored:
                        inserted.stored.add(place)
            except RefusedError as refusal:
                inserted.refused[place] = str(refusal)
        return inserted

    async def batches_of(self, essay_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        """The batch through which each of the essays was associated, for those that were."""
        query = sa.select(associations.c.essay_id, associations.c.batch_id).where(
            associations.c.essay_id.in_(list(essay_ids))
        )
        return {row.essay_id: row.batch_id for row in await self._transaction.execute(query)}

    async def of_batch(self, batch_id: UUID, teacher: str) -> list[AssociationView]:
        """The associations of a batch in the teacher's classes, oldest first."""
        shown = associations.c
        query = (
            sa.select(shown.essay_id, shown.student_id, shown.confidence_score, shown.match_reasons, shown.created_at)
            .join(classes, classes.c.id == shown.class_id)
            .where(shown.batch_id == batch_id, classes.c.created_by_user_id == teacher)
            .order_by(shown.created_at, shown.essay_id)
        )
        return [AssociationView(*row) for row in await self._transaction.execute(query)]
