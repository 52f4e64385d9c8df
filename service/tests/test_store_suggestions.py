"""The use case behind the consumer, over a store in memory."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID, uuid4

import pytest

from class_management.application.ports import (
    AssociationView,
    Inserted,
    NewAssociation,
    RefusedError,
    UnavailableError,
)
from class_management.application.store_suggestions import StoreSuggestions
from class_management.domain.suggestions import Batch, Essay, EssayOutcome, Suggestion

CLASS, ANNA, BERT = (UUID(int=number) for number in (1, 2, 3))
STORED, ALREADY, FAILED = EssayOutcome.STORED, EssayOutcome.ALREADY_ASSOCIATED, EssayOutcome.FAILED


class Store:
    """Associations in memory, and the transaction around them; refuses the essays in `cursed`."""

    def __init__(self, cursed: Collection[UUID] = ()) -> None:
        self.cursed = cursed
        self.rows: dict[UUID, NewAssociation] = {}
        self.kept: dict[UUID, NewAssociation] = {}
        self.calls: list[str] = []

    async def rosters(self, class_ids: Collection[UUID]) -> Mapping[UUID, set[UUID]]:
        self.calls.append("rosters")
        return {CLASS: {ANNA, BERT}} if CLASS in class_ids else {}

    async def insert(self, rows: Sequence[NewAssociation]) -> Inserted:
        self.calls.append("insert")
        if any(row.essay_id in self.cursed for row in rows):
            raise RefusedError("CheckViolationError")
        return await self.insert_each(rows)

    async def insert_each(self, rows: Sequence[NewAssociation]) -> Inserted:
        inserted = Inserted()
        for place, row in enumerate(rows):
            if row.essay_id in self.cursed:
                inserted.refused[place] = "CheckViolationError"
            elif row.essay_id not in self.rows:
                self.rows[row.essay_id] = row
                inserted.stored.add(place)
        return inserted

    async def batches_of(self, essay_ids: Collection[UUID]) -> Mapping[UUID, UUID]:
        self.calls.append("batches_of")
        return {id_: self.rows[id_].batch_id for id_ in essay_ids if id_ in self.rows}

    async def of_batch(self, batch_id: UUID, teacher: str) -> list[AssociationView]:
        raise NotImplementedError

    async def commit(self) -> None:
        self.calls.append("commit")
        self.kept = dict(self.rows)

    async def rollback(self) -> None:
        self.calls.append("rollback")
        self.rows = dict(self.kept)


def essay(id_: UUID | None = None, student: UUID = ANNA, score: float = 0.5) -> Essay:
    return Essay(id_, str(id_), [Suggestion(student, score, [])])


def batch(*essays: Essay, batch_id: UUID | None = None, class_id: UUID | None = CLASS) -> Batch:
    return Batch(batch_id or uuid4(), class_id, list(essays))


async def outcomes(store: Store, *batches: Batch) -> list[list[EssayOutcome]]:
    reports = await StoreSuggestions(store, store)(batches)
    return [[essay.outcome for essay in report.essays] for report in reports]


async def test_all_is_stored_with_one_statement_and_committed_after_it() -> None:
    store = Store()
    ids = [uuid4() for _ in range(5)]
    assert await outcomes(store, batch(*map(essay, ids))) == [[STORED] * 5]
    assert store.calls == ["rosters", "insert", "commit"]
    assert set(store.kept) == set(ids)


async def test_of_two_batches_that_suggest_for_one_essay_the_earlier_wins() -> None:
    store, shared = Store(), uuid4()
    assert await outcomes(store, batch(essay(shared, ANNA)), batch(essay(shared, BERT, 1.0))) == [[STORED], [ALREADY]]
    assert store.kept[shared].student_id == ANNA


async def test_only_the_refused_essay_fails() -> None:
    ids = [uuid4() for _ in range(4)]
    store = Store(cursed={ids[2]})
    assert await outcomes(store, batch(*map(essay, ids))) == [[STORED, STORED, FAILED, STORED]]
    assert store.calls == ["rosters", "insert", "rollback", "rosters", "commit"]


async def test_only_the_refused_essay_s_batch_is_stored_row_by_row() -> None:
    ids = [uuid4() for _ in range(6)]
    store = Store(cursed={ids[2]})
    batches = [batch(*map(essay, ids[first : first + 2])) for first in (0, 2, 4)]
    assert await outcomes(store, *batches) == [[STORED, STORED], [FAILED, STORED], [STORED, STORED]]
    stored, row_by_row = ["rosters", "insert", "commit"], ["rosters", "insert", "rollback", "rosters", "commit"]
    assert store.calls == [*row_by_row[:3], *stored, *row_by_row, *stored]
    assert set(store.kept) == set(ids) - {ids[2]}


async def test_of_an_essay_that_comes_twice_the_first_that_can_be_stored_counts() -> None:
    store, id_ = Store(), uuid4()
    stranger = essay(id_, student=uuid4())
    found = await outcomes(store, batch(stranger, essay(id_, ANNA), essay(id_, BERT)))
    assert found == [[EssayOutcome.UNKNOWN_STUDENT, STORED, ALREADY]]
    assert store.kept[id_].student_id == ANNA


async def test_nothing_suggested_asks_the_database_for_nothing() -> None:
    store = Store()
    empty = Essay(None, "no UUID", [])
    assert await outcomes(store, batch(empty, class_id=None), batch()) == [[EssayOutcome.NO_SUGGESTION], []]
    assert "rosters" not in store.calls
    assert "insert" not in store.calls


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (Batch(None, CLASS, [essay(uuid4())]), "batch_id is not a UUID"),
        (Batch(uuid4(), None, [essay(uuid4())]), "class_id is not a UUID"),
        (Batch(uuid4(), uuid4(), [essay(uuid4())]), "class does not exist"),
        (batch(essay(None)), "essay_id is not a UUID"),
    ],
)
async def test_what_makes_a_batch_fail(broken: Batch, reason: str) -> None:
    store = Store()
    [report] = await StoreSuggestions(store, store)([broken])
    assert (report.processed, report.failure) == (False, reason)


@pytest.mark.parametrize("question", ["rosters", "batches_of"])
async def test_a_database_that_refuses_a_question_is_out_of_order(
    question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, good, batch_id = Store(), essay(uuid4()), uuid4()
    await outcomes(store, batch(good, batch_id=batch_id))

    async def refuse(_: Collection[UUID]) -> None:
        raise RefusedError("InvalidParameterValueError")

    monkeypatch.setattr(store, question, refuse)
    with pytest.raises(UnavailableError, match="InvalidParameterValueError"):
        await outcomes(store, batch(good, essay(None), batch_id=batch_id))


async def test_a_replay_with_a_bad_essay_still_counts_as_processed() -> None:
    store, good, batch_id = Store(), essay(uuid4()), uuid4()
    await outcomes(store, batch(good, batch_id=batch_id))
    [report] = await StoreSuggestions(store, store)([batch(good, essay(None), batch_id=batch_id)])
    assert report.processed
    [report] = await StoreSuggestions(store, store)([batch(good, essay(None))])
    assert not report.processed
