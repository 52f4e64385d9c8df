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

# Rows are locked in the order in which they come out, the same for everybody (D6).
LOCK_ROSTERS = sa.text("""
    SELECT class.id AS class_id, student.id AS student_id
    FROM classes AS class
    JOIN class_student_association AS membership ON membership.class_id = class.id
    JOIN students AS student ON student.id = membership.student_id
    WHERE class.id = ANY(CAST(:class_ids AS uuid[])) AND student.id = ANY(CAST(:student_ids AS uuid[]))
    ORDER BY student.id, class.id
    FOR KEY SHARE OF class, student
""")

LOCK_CLASSES = sa.text("""
    SELECT id FROM classes WHERE id = ANY(CAST(:class_ids AS uuid[])) ORDER BY id FOR KEY SHARE
""")

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

    async def lock_rosters(
        self, class_ids: Collection[UUID], student_ids: Collection[UUID]
    ) -> Mapping[UUID, Collection[UUID]]:
        """Which of the students are on the roster of each class that exists; all stay until the transaction ends."""
        found = await self._transaction.execute(
            LOCK_ROSTERS, {"class_ids": list(class_ids), "student_ids": list(student_ids)}
        )
        rosters: dict[UUID, set[UUID]] = {}
        for class_id, student_id in found:
            rosters.setdefault(class_id, set()).add(student_id)
        if missing := [class_id for class_id in class_ids if class_id not in rosters]:
            existing = await self._transaction.execute(LOCK_CLASSES, {"class_ids": missing})
            rosters.update((class_id, set()) for (class_id,) in existing)
        return rosters

    async def insert(self, rows: Sequence[NewAssociation]) -> Inserted:
        """Store all rows at once, where their essay has no association; raises RefusedError if any is refused."""
        returned = await self._transaction.execute(
            INSERT,
            {
                "stored_by": STORED_BY,
                "essay_ids": [row.essay_id for row in rows],
                "student_ids": [row.student_id for row in rows],
                "batch_ids": [row.batch_id for row in rows],
                "class_ids": [row.class_id for row in rows],
                "scores": [row.confidence_score for row in rows],
                "reasons": [msgspec.json.encode(row.match_reasons).decode() for row in rows],
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
        """Store row by row, so that a refused one is set aside alone."""
        inserted = Inserted()
        for place, row in enumerate(rows):
            try:
                async with self._transaction.savepoint():
                    if (await self.insert([row])).stored:
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
