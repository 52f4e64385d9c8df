"""One connection of the pool for one unit of work."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from class_management.adapters.postgres.engine import Turnstile
from class_management.adapters.postgres.errors import describe, translated

CLOSE_SECONDS = 1.0

Rows = CursorResult[*tuple[Any, ...]]

logger = logging.getLogger(__name__)


class PostgresTransaction:
    """The port `Transaction`, and what the repositories of one scope work on.

    Takes a connection from the pool at the first statement, and gives it back in `close`; what was not committed
    is undone. Every method raises UnavailableError or RefusedError.
    """

    def __init__(self, turnstile: Turnstile):
        self._turnstile = turnstile
        self._connection: AsyncConnection | None = None
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have something done as soon as the transaction is durable; nothing if it never is."""
        self._after_commit.append(call)

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Run one statement."""
        with translated():
            connection = await self._connected()
            return await connection.execute(statement, parameters)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Undo only what happened inside, if it fails."""
        with translated():
            connection = await self._connected()
            async with connection.begin_nested():
                yield

    async def commit(self) -> None:
        """Make everything durable."""
        if self._connection is not None:
            with translated():
                await self._connection.commit()
            calls, self._after_commit = self._after_commit, []
            for call in calls:
                call()

    async def rollback(self) -> None:
        """Undo everything since the last commit."""
        if self._connection is not None:
            with translated():
                await self._connection.rollback()

    async def close(self) -> None:
        """Give the connection back; one that makes trouble is thrown away. Never raises."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await connection.close()
        except Exception as error:  # noqa: BLE001 -- what was to be kept is committed; the rest is to be undone anyway
            logger.warning("a database connection was thrown away", extra={"error": describe(error)})
            with suppress(Exception):  # it may have been closed by now, as after the process has stood still
                await connection.invalidate()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._turnstile.connection()
        return self._connection
