"""Store who probably wrote which essay: batches in, one transaction, a report for each (P3-P8, P12, P13, D5)."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

from class_management.application.ports import Associations, Inserted, NewAssociation, RefusedError, Transaction
from class_management.domain.suggestions import Batch, BatchReport, Choice, Essay, EssayOutcome, EssayReport, choose

Rosters = Mapping[UUID, Collection[UUID]]
Insert = Callable[[Sequence[NewAssociation]], Awaitable[Inserted]]


@dataclass(slots=True)
class _Candidate:
    """An essay that has an author to store, and what became of it."""

    row: NewAssociation
    choice: Choice
    outcome: EssayOutcome = EssayOutcome.ALREADY_ASSOCIATED
    reason: str = ""

    @property
    def essay_id(self) -> UUID:
        return self.row.essay_id

    def report(self) -> EssayReport:
        return EssayReport(str(self.essay_id), self.outcome, self.reason, self.choice.skipped)


class StoreSuggestions:
    """The use case behind the consumer."""

    def __init__(self, associations: Associations, transaction: Transaction):
        self._associations = associations
        self._transaction = transaction

    async def __call__(self, batches: Sequence[Batch]) -> list[BatchReport]:
        """Store the batches in one transaction; of two that suggest for one essay the earlier wins (P13).

        The rows go in with one statement; if the database refuses it because of some essay, they go in one by one
        in a new transaction, and only the guilty one fails (P7). Raises UnavailableError with nothing stored, or with
        everything stored if it was the commit's answer that got lost.
        """
        try:
            return await self._store(batches, self._associations.insert)
        except RefusedError:
            await self._transaction.rollback()
            return await self._store(batches, self._associations.insert_each)

    async def _store(self, batches: Sequence[Batch], insert: Insert) -> list[BatchReport]:
        rosters = await self._lock_rosters(batches)
        verdicts = [[_judge(batch, essay, rosters) for essay in batch.essays] for batch in batches]
        candidates = [verdict for of_batch in verdicts for verdict in of_batch if isinstance(verdict, _Candidate)]
        if candidates:
            candidates.sort(key=attrgetter("essay_id"))  # D6: one order for all; stable, so an essay's earlier one wins
            inserted = await insert([candidate.row for candidate in candidates])
            for place in inserted.stored:
                candidates[place].outcome = EssayOutcome.STORED
            for place, reason in inserted.refused.items():
                candidates[place].outcome, candidates[place].reason = EssayOutcome.FAILED, reason
        reports = [
            BatchReport([verdict.report() if isinstance(verdict, _Candidate) else verdict for verdict in of_batch])
            for of_batch in verdicts
        ]
        await self._look_up_undecided(batches, reports)
        await self._transaction.commit()
        return reports

    async def _lock_rosters(self, batches: Sequence[Batch]) -> Rosters:
        """Keep the classes and students concerned from being deleted until the end (P7: "deleted in between")."""
        suggesting = [batch for batch in batches if any(essay.suggestions for essay in batch.essays)]
        class_ids = {batch.class_id for batch in suggesting if batch.class_id}
        student_ids = {
            suggestion.student_id
            for batch in suggesting
            for essay in batch.essays
            for suggestion in essay.suggestions
            if suggestion.student_id
        }
        return await self._associations.lock_rosters(class_ids, student_ids) if class_ids else {}

    async def _look_up_undecided(self, batches: Sequence[Batch], reports: Sequence[BatchReport]) -> None:
        """Where essays failed and none was stored, it counts whether one was stored before through this batch (P8)."""
        undecided = [
            (batch, report, before)
            for batch, report in zip(batches, reports, strict=True)
            if not report.processed and (before := report.ids(EssayOutcome.ALREADY_ASSOCIATED))
        ]
        if undecided:
            batch_of = await self._associations.batches_of({UUID(id_) for _, _, before in undecided for id_ in before})
            for batch, report, before in undecided:
                report.associated_before = any(batch_of.get(UUID(id_)) == batch.batch_id for id_ in before)


def _judge(batch: Batch, essay: Essay, rosters: Rosters) -> EssayReport | _Candidate:
    """What can be said of an essay before the database is asked to store it."""
    if not essay.suggestions:
        return EssayReport(essay.given_id, EssayOutcome.NO_SUGGESTION)
    if batch.batch_id is None:
        return _failed(essay, "batch_id is not a UUID")
    if batch.class_id is None or batch.class_id not in rosters:
        return _failed(essay, "class_id is not a UUID" if batch.class_id is None else "class does not exist")
    if essay.essay_id is None:
        return _failed(essay, "essay_id is not a UUID")
    choice = choose(essay.suggestions, rosters[batch.class_id])
    if choice.suggestion is None:
        return EssayReport(str(essay.essay_id), EssayOutcome.UNKNOWN_STUDENT, skipped=choice.skipped)
    student_id, score, reasons = choice.suggestion
    return _Candidate(
        NewAssociation(essay.essay_id, student_id, batch.batch_id, batch.class_id, score, reasons), choice
    )


def _failed(essay: Essay, reason: str) -> EssayReport:
    return EssayReport(essay.given_id, EssayOutcome.FAILED, reason)
