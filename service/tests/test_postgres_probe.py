"""The connection that asks how the database is: one question at a time, for who finds it broken ends it."""

import asyncio
from typing import Any

import asyncpg
import pytest

from class_management.adapters.postgres.probe import PostgresProbe
from class_management.adapters.postgres.tables import SCHEMA_REVISION


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


async def test_the_look_at_the_schema_waits_for_a_question_that_is_on_its_way(connections: list[Connection]) -> None:
    probe = PostgresProbe("postgresql+asyncpg://u:p@host/name")
    asking = asyncio.create_task(probe.trouble())
    await asyncio.sleep(0)
    looking = asyncio.create_task(probe.check_schema())
    await asyncio.sleep(0.01)
    connections[0].may_answer.set()
    assert await asking is None
    await looking


async def test_a_broken_connection_is_replaced_and_the_question_asked_again(connections: list[Connection]) -> None:
    probe = PostgresProbe("postgresql+asyncpg://u:p@host/name")
    asking = asyncio.create_task(probe.trouble())
    await asyncio.sleep(0.01)
    connections[0].trouble = asyncpg.ConnectionDoesNotExistError("gone")
    connections[0].may_answer.set()
    await asyncio.sleep(0.01)
    connections[1].may_answer.set()
    assert await asking is None


async def test_a_look_that_fails_leaves_no_broken_connection_behind(connections: list[Connection]) -> None:
    probe = PostgresProbe("postgresql+asyncpg://u:p@host/name")
    looking = asyncio.create_task(probe.check_schema())
    await asyncio.sleep(0.01)
    connections[0].trouble = asyncpg.InternalClientError("cut in the middle of an answer")
    connections[0].may_answer.set()
    with pytest.raises(asyncpg.InternalClientError):
        await looking
    looking = asyncio.create_task(probe.check_schema())
    await asyncio.sleep(0.01)
    connections[1].may_answer.set()
    await looking
