"""How connections are taken out of the pool, and what becomes of one that makes trouble when it is given back."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.exc import TimeoutError as ExhaustedError
from sqlalchemy.ext.asyncio import AsyncEngine

from class_management.adapters.postgres import transaction
from class_management.adapters.postgres.engine import TAKING, Pool
from class_management.adapters.postgres.transaction import PostgresTransaction


class Connection:
    """Never comes to an end of being closed; whether it can be thrown away is given."""

    def __init__(self, trouble: Exception | None) -> None:
        self._trouble = trouble
        self.thrown_away = 0

    async def start(self) -> "Connection":
        return self

    async def execute(self, *_: Any) -> None:
        pass

    async def close(self) -> None:
        await asyncio.Event().wait()

    async def invalidate(self) -> None:
        self.thrown_away += 1
        if self._trouble is not None:
            raise self._trouble


@pytest.mark.parametrize("trouble", [None, ResourceClosedError("This Connection is closed")])
async def test_a_connection_that_cannot_be_closed_in_time_is_thrown_away_and_troubles_nobody(
    trouble: Exception | None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transaction, "CLOSE_SECONDS", 0.01)
    connection = Connection(trouble)
    unit = PostgresTransaction(Pool(cast("AsyncEngine", SimpleNamespace(connect=lambda: connection))))
    await unit.execute(text("SELECT 1"))
    await unit.close()
    await unit.close()
    assert connection.thrown_away == 1
    assert "a database connection was thrown away" in caplog.text


class Server:
    """Lets in who connects as soon as it `goes_on`, or nobody if there is trouble; counts who tries."""

    def __init__(self) -> None:
        self.tries = self.now = self.most = 0
        self.trouble: Exception | None = None
        self.goes_on = asyncio.Event()
        self.pool = Pool(cast("AsyncEngine", SimpleNamespace(connect=lambda: self)))

    async def start(self) -> "Server":
        self.tries += 1
        self.now += 1
        self.most = max(self.most, self.now)
        await self.goes_on.wait()
        self.now -= 1
        if self.trouble is not None:
            raise self.trouble
        return self

    async def bears_a_burst(self) -> list[object]:
        burst = [asyncio.ensure_future(self.pool.take()) for _ in range(30)]
        await asyncio.sleep(0)
        self.goes_on.set()
        return await asyncio.gather(*burst, return_exceptions=True)


async def test_of_a_burst_few_connect_at_once_and_all_are_served() -> None:
    server = Server()
    assert await server.bears_a_burst() == [server] * 30
    assert server.most == TAKING


@pytest.mark.parametrize("trouble", [TimeoutError(), ExhaustedError()])
async def test_who_waits_for_a_turn_does_not_wait_as_long_again_as_those_who_got_no_answer(trouble: Exception) -> None:
    server = Server()
    server.trouble = trouble
    assert all(isinstance(error, TimeoutError | ExhaustedError) for error in await server.bears_a_burst())
    assert server.tries == TAKING
    server.trouble = None
    assert await server.bears_a_burst() == [server] * 30


async def test_what_is_refused_to_one_is_tried_by_the_next() -> None:
    server = Server()
    server.trouble = ConnectionRefusedError()
    assert await server.bears_a_burst() == [server.trouble] * 30
    assert server.tries == 30
