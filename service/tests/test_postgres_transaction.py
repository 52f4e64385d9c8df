"""How connections are taken out of the pool, and what becomes of one that makes trouble when it is given back."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.ext.asyncio import AsyncEngine

from class_management.adapters.postgres import engine, transaction
from class_management.adapters.postgres.engine import AT_A_TIME, Turnstile
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
    unit = PostgresTransaction(Turnstile(cast("AsyncEngine", SimpleNamespace(connect=lambda: connection))))
    await unit.execute(text("SELECT 1"))
    await unit.close()
    await unit.close()
    assert connection.thrown_away == 1
    assert "a database connection was thrown away" in caplog.text


class Server:
    """Lets in who connects: all as soon as it `goes_on`, or who is beyond the first `hanging` ones."""

    def __init__(self, hanging: int = 0) -> None:
        self.tries = self.now = self.most = 0
        self._hanging = hanging
        self._goes_on = asyncio.Event()
        self._turnstile = Turnstile(cast("AsyncEngine", SimpleNamespace(connect=lambda: self)))

    async def start(self) -> "Server":
        self.tries += 1
        if self.tries <= self._hanging:
            await asyncio.Event().wait()
        self.now += 1
        self.most = max(self.most, self.now)
        await self._goes_on.wait()
        self.now -= 1
        return self

    async def bears_a_burst(self, of: int) -> list[object]:
        burst = [asyncio.ensure_future(self._turnstile.connection()) for _ in range(of)]
        await asyncio.sleep(0)
        self._goes_on.set()
        done, hanging = await asyncio.wait(burst, timeout=1)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        return [task.result() for task in done]


async def test_of_a_burst_few_connect_at_a_time_and_all_are_served() -> None:
    server = Server()
    assert len(await server.bears_a_burst(of=30)) == 30
    assert server.most == AT_A_TIME


async def test_who_has_waited_for_a_turn_in_vain_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(hanging=AT_A_TIME)
    with monkeypatch.context() as soon:
        soon.setattr(engine, "TURN_SECONDS", 0.01)
        assert len(await server.bears_a_burst(of=30)) == 30 - AT_A_TIME
    assert len(await server.bears_a_burst(of=30)) == 30, "turns were not given back by those who were cancelled"
