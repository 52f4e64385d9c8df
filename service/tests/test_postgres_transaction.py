"""What becomes of a connection that makes trouble when it is given back."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.ext.asyncio import AsyncEngine

from class_management.adapters.postgres import transaction
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
    unit = PostgresTransaction(cast("AsyncEngine", SimpleNamespace(connect=lambda: connection)))
    await unit.execute(text("SELECT 1"))
    await unit.close()
    await unit.close()
    assert connection.thrown_away == 1
    assert "a database connection was thrown away" in caplog.text
