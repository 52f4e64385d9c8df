"""PostgreSQL in a container."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import asyncpg

from harness.containers.container import RunContainer

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

USER, PASSWORD = "acceptance", "acceptance-db-secret"
SUITE = "acceptance"
"""The name under which the suite's own sessions are known to the server (`application_name`)."""


TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a server that refuses, is away or ends the session is told by; the last one comes when it does so just now."""
SITE, UNFINISHED, TEMPLATE = "site_", "unfinished_", "template_"
"""How the names of databases begin: those of scenarios, half-migrated templates, templates."""
OURS = f"^({SITE}|{UNFINISHED}|{TEMPLATE}[0-9a-f])"
PGDATA = "/var/lib/postgresql/data"
"""Where the images have the data."""
CORNER, CORNER_SIZE = "/var/lib/corner", "1m"
"""A place in the container that is soon full; what lies there is gone after a restart."""
MOST_TEMPLATES = 10
_TABLES = (
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)
_SCHEMA = """
    SELECT md5(string_agg(what, ' ' ORDER BY what)) FROM (
        SELECT concat_ws(' ', attrelid::regclass, attname, atttypid::regtype, attnotnull) AS what FROM pg_attribute
        WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
        UNION ALL SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS parts
"""


@dataclass(frozen=True)
class _Blank:
    """A database in which nothing has happened yet: its name, a digest of its schema, and its tables without rows."""

    name: str
    schema: str
    empty: list[str]


class PostgresContainer(RunContainer):
    """PostgreSQL with an administrator's account; ready when it answers a query.

    fsync is off: the data outlives a killed server process, though not a crash of the machine.
    """

    alias = "postgres"
    inner_port = 5432
    bear: ClassVar[tuple[type[Exception], ...]] = TROUBLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._blank: _Blank | None = None
        self.with_envs(POSTGRES_USER=USER, POSTGRES_PASSWORD=PASSWORD, POSTGRES_DB="postgres")
        settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "timezone": "IST-5:30"}
        settings["log_line_prefix"] = "%m [%p] %d "  # a line tells its database: whose trouble it is
        self.with_tmpfs_mount(CORNER, f"size={CORNER_SIZE},mode=1777")
        self.with_command(["postgres", *(part for k, v in settings.items() for part in ("-c", f"{k}={v}"))])

    async def probe(self) -> None:
        """Run a query."""
        connection = await self.connect()
        try:
            await connection.fetchval("SELECT 1")
        finally:
            await connection.close()

    async def connect(self, database: str = "postgres") -> "asyncpg.Connection[Any]":
        """Open a connection of the administrator to `database`."""
        return await asyncpg.connect(
            host=self.host, port=self.published_port, user=USER, password=PASSWORD, database=database, timeout=5
        )

    async def all_log_lines(self, since: float) -> list[str]:
        """Return what the server has logged since the moment `since` (Unix seconds), nothing of it still on its way.

        The engine may lag behind the server: a line that the server is asked to log last has to be there.
        """
        last = f"acceptance: the log up to here {uuid.uuid4()}"
        connection = await self.connect()
        try:
            await connection.execute(f"DO $$ BEGIN RAISE LOG '{last}'; END $$")
        finally:
            await connection.close()

        async def look() -> list[str]:
            lines = await self.log_lines(since)
            assert any(last in line for line in lines), "the engine has not shown all that PostgreSQL has logged"
            return lines

        return await self.patience.eventually(look)

    def connections(self, database: str) -> "AsyncEngine":
        """Return connections of the administrator to `database`, for whoever asks in SQLAlchemy's way."""
        from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 -- 0.2 s, not before the first step

        return create_async_engine(
            self.url(database),
            # Whoever looks is not hurried by timeouts that a scenario gives to the database.
            connect_args={
                "server_settings": {"application_name": SUITE, "statement_timeout": "0", "lock_timeout": "0"}
            },
            pool_pre_ping=True,  # a scenario may have killed the server
        )

    async def create_database(self, name: str, template: str | None = None) -> None:
        """Create the database `name`, empty or as a clone of `template` (which nobody may be connected to)."""
        connection = await self.connect()
        try:
            clone = f'TEMPLATE "{template}" STRATEGY file_copy' if template else ""
            await connection.execute(f'CREATE DATABASE "{name}" {clone}')
        finally:
            await connection.close()

    async def has_database(self, name: str) -> bool:
        """Tell whether there is a database `name`."""
        connection = await self.connect()
        try:
            return bool(await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name))
        finally:
            await connection.close()

    async def rename_database(self, name: str, new_name: str) -> None:
        """Give the database `name`, which nobody may be connected to, another name."""
        connection = await self.connect()
        try:
            await connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')
        finally:
            await connection.close()

    async def sweep(self, template: str) -> None:
        """Drop what runs that died have left, and templates but for `template` once they are many.

        Whoever calls it has the server for himself.
        """
        connection = await self.connect()
        try:
            found = await connection.fetch("SELECT datname FROM pg_database WHERE datname ~ $1", OURS)
            left = [row["datname"] for row in found if not row["datname"].startswith(TEMPLATE)]
            templates = [row["datname"] for row in found if row["datname"].startswith(TEMPLATE)]
            if len(templates) > MOST_TEMPLATES:
                left += [name for name in templates if name != template]
            for name in left:
                await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await connection.close()

    async def drop_database(self, name: str) -> None:
        """Drop the database `name` with all sessions on it."""
        connection = await self.connect()
        try:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        finally:
            await connection.close()

    async def emptied(self, database: str, template: str) -> bool:
        """Empty those tables of `database`, a clone of `template` (which nobody may be connected to), that were empty.

        Returns whether that is done; it is not where its schema has been changed since.
        """
        try:
            blank = await self._looked_at(template)
            connection = await self.connect(database)
            try:
                if await connection.fetchval(_SCHEMA) != blank.schema:
                    return False
                await connection.execute(f"SET lock_timeout = '1s'; TRUNCATE {', '.join(blank.empty)}")
            finally:
                await connection.close()
        except self.bear:
            return False
        return True

    async def _looked_at(self, template: str) -> _Blank:
        if self._blank is None or self._blank.name != template:
            connection = await self.connect(template)
            try:
                tables = [row["name"] for row in await connection.fetch(_TABLES)]
                has_rows = "SELECT EXISTS (SELECT FROM {})"  # of names that PostgreSQL quotes
                empty = [table for table in tables if not await connection.fetchval(has_rows.format(table))]
                self._blank = _Blank(template, await connection.fetchval(_SCHEMA), empty)
            finally:
                await connection.close()
        return self._blank

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of `database`, as seen from this machine."""
        return f"postgresql+asyncpg://{USER}:{PASSWORD}@{self.host}:{self.published_port}/{database}"
