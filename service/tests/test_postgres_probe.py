"""The connection that asks how the database is: one question at a time, for who finds it broken ends it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from class_management.adapters.postgres.probe import PostgresProbe
from class_management.adapters.postgres.tables import SCHEMA_REVISION

SECONDS = 10.0
TURNS = 50
"""Turns of the loop in which who does not wait for his turn has asked."""


class Connection:
    """Answers when it is told to, and notices when two ask at once or it is ended under a question."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = asyncio.Event()
        self.busy = False
        self.trouble: Exception | None = None

    async def fetchval(self, query: str) -> Any:
        assert not self.busy, "asked while it was at work on another question"
        self.busy = True
        self.asked.set()
        try:
            await self.may_answer.wait()
        finally:
            self.busy = False
        if self.trouble is not None:
            raise self.trouble
        return SCHEMA_REVISION if "alembic" in query else False

    def is_closed(self) -> bool:
        return False

    def terminate(self) -> None:
        assert not self.busy, "ended under somebody's question"


@pytest.fixture
async def connections(monkeypatch: pytest.MonkeyPatch) -> list[Connection]:
    made: list[Connection] = []

    async def connect(**_: Any) -> Connection:
        made.append(Connection())
        return made[-1]

    monkeypatch.setattr(asyncpg, "connect", connect)
    return made


async def is_asked(connections: list[Connection], number: int) -> Connection:
    """Wait until a connection, the first, second … that was made, is asked something, and return it."""
    async with asyncio.timeout(SECONDS):
        while len(connections) < number:  # noqa: ASYNC110 -- the loop has to turn, and there is no event for this
            await asyncio.sleep(0)
        await connections[number - 1].asked.wait()
    return connections[number - 1]


async def test_the_look_at_the_schema_waits_for_a_question_that_is_on_its_way(connections: list[Connection]) -> None:
    probe = PostgresProbe("postgresql+asyncpg://u:p@host/name")
    asking = asyncio.create_task(probe.trouble())
    connection = await is_asked(connections, 1)
    looking = asyncio.create_task(probe.check_schema())
    for _ in range(TURNS):
        await asyncio.sleep(0)
    connection.may_answer.set()
    assert await asking is None
    await looking


async def test_a_broken_connection_is_replaced_and_the_question_asked_again(connections: list[Connection]) -> None:
    probe = PostgresProbe("postgresql+asyncpg://u:p@host/name")
    asking = asyncio.create_task(probe.trouble())
    broken = await is_asked(connections, 1)
    broken.trouble = asyncpg.ConnectionDoesNotExistError("gone")
    broken.may_answer.set()
    (await is_asked(connections, 2)).may_answer.set()
    assert await asking is None


async def test_a_look_that_fails_leaves_no_broken_connection_behind(connections: list[Connection]) -> None:
    probe = PostgresProbe("postgresql+asyncpg://u:p@host/name")
    looking = asyncio.create_task(probe.check_schema())
    broken = await is_asked(connections, 1)
    broken.trouble = asyncpg.InternalClientError("cut in the middle of an answer")
    broken.may_answer.set()
    with pytest.raises(asyncpg.InternalClientError):
        await looking
    looking = asyncio.create_task(probe.check_schema())
    (await is_asked(connections, 2)).may_answer.set()
    await looking
