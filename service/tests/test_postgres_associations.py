"""How associations are stored, over a transaction that only takes note."""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Executable

from class_management.adapters.postgres.associations import PostgresAssociations
from class_management.adapters.postgres.transaction import PostgresTransaction
from class_management.application.ports import NewAssociation, RefusedError


class Notes:
    """Takes note of the essays of each insert; has each essay stored once, refuses `cursed` ones."""

    def __init__(self, cursed: UUID | None = None) -> None:
        self.cursed = cursed
        self.inserts: list[list[UUID]] = []

    async def execute(self, _: Executable, parameters: Mapping[str, Any]) -> "Notes":
        if self.cursed in parameters["essay_ids"]:
            raise RefusedError("CheckViolationError")
        self.inserts.append(list(parameters["essay_ids"]))
        return self

    def scalars(self) -> set[UUID]:
        before = {essay_id for essays in self.inserts[:-1] for essay_id in essays}
        return set(self.inserts[-1]) - before

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        yield


def on(notes: Notes) -> PostgresAssociations:
    return PostgresAssociations(cast("PostgresTransaction", notes))


def row(essay_id: UUID, score: float = 0.5) -> NewAssociation:
    return NewAssociation(essay_id, uuid4(), uuid4(), uuid4(), score, ["name"])


async def test_one_by_one_the_essays_come_in_the_order_that_is_the_same_for_everybody() -> None:
    essays = [UUID(int=number) for number in range(20)]
    random.shuffle(essays)
    notes = Notes()
    inserted = await on(notes).insert_each([row(essay_id) for essay_id in essays])
    assert notes.inserts == [[essay_id] for essay_id in sorted(essays)]
    assert inserted.stored == set(range(20))


async def test_of_the_rows_of_an_essay_the_first_is_the_stored_one() -> None:
    once, twice = uuid4(), uuid4()
    rows = [row(twice, 0.1), row(once), row(twice, 0.9)]
    assert (await on(Notes()).insert(rows)).stored == {0, 1}
    assert (await on(Notes()).insert_each(rows)).stored == {0, 1}


async def test_a_refused_row_is_set_aside_alone() -> None:
    essays = [uuid4() for _ in range(3)]
    inserted = await on(Notes(cursed=essays[1])).insert_each([row(essay_id) for essay_id in essays])
    assert inserted.stored == {0, 2}
    assert inserted.refused == {1: "CheckViolationError"}
