"""A connection beside the pool, to ask how the database is (H2, H9)."""

import asyncio
from contextlib import suppress

import asyncpg
from sqlalchemy import make_url

from class_management.adapters.postgres.engine import SESSION
from class_management.adapters.postgres.errors import describe
from class_management.adapters.postgres.tables import SCHEMA_REVISION
from class_management.application.health import StartError

ANSWER_SECONDS = 1.0
NO_SUCH_ACCESS = ("28", "3D")
"""Classes of SQLSTATE that mean that no waiting will help: wrong user or password, no such database."""
GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a database, or a connection to it, raises that is out of order."""
READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'"


class PostgresProbe:
    """Keeps one connection; asks one question at a time, however many want to know."""

    def __init__(self, database_url: str):
        url = make_url(database_url)
        self._arguments = {**url.translate_connect_args(username="user"), **url.query}
        self._connection: asyncpg.Connection | None = None
        self._asking: asyncio.Task[str | None] | None = None
        # Who finds the connection broken ends it, which must not happen under somebody else's question.
        self._turn = asyncio.Lock()

    async def trouble(self) -> str | None:
        """What keeps the database from being used, or None; within ANSWER_SECONDS."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def check_schema(self) -> None:
        """Raise StartError if the database's schema is not this code's, or nobody may look (L6); an error of GONE means
        that it is not there yet.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    revision = await (await self._connected()).fetchval("SELECT version_num FROM alembic_version")
            except asyncpg.UndefinedTableError:
                revision = None
            except GONE as error:
                self._drop()
                if (getattr(error, "sqlstate", None) or "").startswith(NO_SUCH_ACCESS):
                    raise StartError(f"the database refuses us: {describe(error)}") from error
                raise
        if revision != SCHEMA_REVISION:
            raise StartError(f"the database is at migration {revision or 'none'}, this service needs {SCHEMA_REVISION}")

    async def close(self) -> None:
        """Close the connection, at once if it does not answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await connection.close(timeout=ANSWER_SECONDS)

    async def _ask(self) -> str | None:
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    try:
                        read_only = await (await self._connected()).fetchval(READ_ONLY)
                    except GONE:
                        self._drop()  # perhaps only the connection is gone: a second look decides
                        read_only = await (await self._connected()).fetchval(READ_ONLY)
            except GONE as error:
                self._drop()
                return describe(error)
            return "read-only" if read_only else None

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(**self._arguments, server_settings=SESSION)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
