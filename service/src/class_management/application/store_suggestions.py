"""Store who probably wrote which essay: batches in, one transaction, a report for each (P3-P8, P12, P13, D5)."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from class_management.application.ports import (
    Associations,
    Inserted,
    NewAssociation,
    RefusedError,
    Transaction,
    UnavailableError,
)
from class_management.domain.suggestions import Batch, BatchReport, Essay, EssayOutcome, EssayReport, choose

Rosters = Mapping[UUID, Collection[UUID]]
Insert = Callable[[Sequence[NewAssociation]], Awaitable[Inserted]]


class StoreSuggestions:
    """The use case behind the consumer."""

    def __init__(self, associations: Associations, transaction: Transaction):
        self._associations = associations
        self._transaction = transaction

    async def __call__(self, batches: Sequence[Batch]) -> list[BatchReport]:
        """Store the batches in one transaction; of two that suggest for one essay the earlier wins (P13).

        The rows go in with one statement. If the database refuses it because of some essay, each batch is tried in a
        transaction of its own, and the refused one row by row, so that only the guilty essay fails (P7). So it is if
        a student or a class is deleted between our look at the rosters and the insert. Raises UnavailableError; what
        was stored before it is found to be stored when the batches come again.
        """
        try:
            return await self._store(batches, self._associations.insert)
        except RefusedError:
            await self._transaction.rollback()
            if len(batches) > 1:
                return [report for batch in batches for report in await self([batch])]
            return await self._store(batches, self._associations.insert_each)

    async def _store(self, batches: Sequence[Batch], insert: Insert) -> list[BatchReport]:
        class_ids = {batch.class_id for batch in batches if batch.class_id and any(e.suggestions for e in batch.essays)}
        with _asking():
            rosters = await self._associations.rosters(class_ids) if class_ids else {}
        rows: list[NewAssociation] = []
        of_rows: list[EssayReport] = []
        reports = []
        for batch in batches:
            essays = []
            for essay in batch.essays:
                report, row = _judge(batch, essay, rosters)
                essays.append(report)
                if row is not None:
                    rows.append(row)
                    of_rows.append(report)
            reports.append(BatchReport(essays))
        if rows:
            inserted = await insert(rows)
            for place in inserted.stored:
                of_rows[place].outcome = EssayOutcome.STORED
            for place, reason in inserted.refused.items():
                of_rows[place].outcome, of_rows[place].reason = EssayOutcome.FAILED, reason
        await self._look_up_undecided(batches, reports)
        await self._transaction.commit()
        return reports

    async def _look_up_undecided(self, batches: Sequence[Batch], reports: Sequence[BatchReport]) -> None:
        """Where essays failed and none was stored, it counts whether one was stored before through this batch (P8)."""
        undecided = [
            (batch, report, before)
            for batch, report in zip(batches, reports, strict=True)
            if not report.processed and (before := report.ids(EssayOutcome.ALREADY_ASSOCIATED))
        ]
        if undecided:
            with _asking():
                before_ids = {UUID(id_) for _, _, before in undecided for id_ in before}
                batch_of = await self._associations.batches_of(before_ids)
            for batch, report, before in undecided:
                report.associated_before = any(batch_of.get(UUID(id_)) == batch.batch_id for id_ in before)


@contextmanager
def _asking() -> Iterator[None]:
    """A database that refuses a question, or to be connected to, is out of order: that is no essay's fault."""
    try:
        yield
    except RefusedError as error:
        raise UnavailableError(f"database: refuses to be asked: {error}") from error


def _judge(batch: Batch, essay: Essay, rosters: Rosters) -> tuple[EssayReport, NewAssociation | None]:
    """What can be said of an essay before the database is asked to store it, and the row to store if there is one."""
    if not essay.suggestions:
        return EssayReport(essay.given_id, EssayOutcome.NO_SUGGESTION), None
    if batch.batch_id is None:
        return _failed(essay, "batch_id is not a UUID"), None
    if batch.class_id is None or batch.class_id not in rosters:
        return _failed(essay, "class_id is not a UUID" if batch.class_id is None else "class does not exist"), None
    if essay.essay_id is None:
        return _failed(essay, "essay_id is not a UUID"), None
    essay_id = str(essay.essay_id)
    choice = choose(essay.suggestions, rosters[batch.class_id])
    if choice.suggestion is None:
        return EssayReport(essay_id, EssayOutcome.UNKNOWN_STUDENT, skipped=choice.skipped), None
    student_id, score, reasons = choice.suggestion
    row = NewAssociation(essay.essay_id, student_id, batch.batch_id, batch.class_id, score, reasons)
    # That it has an association already holds of every row that the database neither stores nor refuses.
    return EssayReport(essay_id, EssayOutcome.ALREADY_ASSOCIATED, skipped=choice.skipped), row


def _failed(essay: Essay, reason: str) -> EssayReport:
    return EssayReport(essay.given_id, EssayOutcome.FAILED, reason)
