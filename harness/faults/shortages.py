"""What a PostgreSQL that runs can run out of."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import asyncpg

from harness.containers.postgres import CORNER, SUITE, PostgresContainer
from harness.faults.fault import Fault

if TYPE_CHECKING:
    from asyncpg import Connection

SPACE = "acceptance_corner"
FILLER = f"{CORNER}/filler"
MOST_ROUNDS, BETWEEN_ROUNDS, AT_A_TIME = 100, 0.02, 16
_OTHERS = (
    "FROM pg_stat_activity WHERE datname = $1 AND application_name <> $2 AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid()"
)
_ALL_ARE_SEEN = (
    "SELECT count(*) >= current_setting('max_connections')::int FROM pg_stat_activity"
    " WHERE backend_type = 'client backend'"
)
"""Who is just coming or going has a slot all the same, and is not among those that are seen."""
_LIES_IN = "SELECT t.spcname FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid = $1::regclass"
_SETTING = "SELECT current_setting($1)"


class NoSlots(Fault):
    """A server on which all connections are taken, and none belongs to those who work with a database."""

    def __init__(self, postgres: PostgresContainer, database: str) -> None:
        self._postgres, self._database = postgres, database
        self._taken: list[Connection[Any]] = []

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._postgres.alias} has no connection left"

    async def cause(self) -> None:
        """See `Fault`; whoever is quicker than the suite loses his connection once more."""
        await self._take_what_is_left()
        for _ in range(MOST_ROUNDS):
            ended = await self._taken[0].fetchval(
                f"SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) {_OTHERS}", self._database, SUITE
            )
            await self._take_what_is_left()
            if not ended and await self._taken[0].fetchval(_ALL_ARE_SEEN):
                return
            await asyncio.sleep(BETWEEN_ROUNDS)
        raise AssertionError(f"in {MOST_ROUNDS} rounds not all connections could be taken")

    async def prove(self) -> None:
        """See `Fault`."""
        others = (
            await self._taken[0].fetchval(f"SELECT count(*) {_OTHERS}", self._database, SUITE) if self._taken else 1
        )
        if others or await self._has_connected():
            raise AssertionError(f"{self._postgres.alias} still has connections for others")

    async def heal(self) -> None:
        """See `Fault`."""
        taken, self._taken = self._taken, []
        for connection in taken:
            connection.terminate()
        await self._postgres.until_ready(5)

    async def _take_what_is_left(self) -> None:
        while all(await asyncio.gather(*(self._has_connected() for _ in range(AT_A_TIME)))):
            pass

    async def _has_connected(self) -> bool:
        try:
            self._taken.append(await self._postgres.connect())
        except asyncpg.TooManyConnectionsError:
            return False
        return True


class DiskFull(Fault):
    """A table, still without rows, on a disk that is full; the others have room."""

    def __init__(self, postgres: PostgresContainer, database: str, table: str) -> None:
        self._postgres, self._database, self._table = postgres, database, table

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"the disk with the table {self._table} is full"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._shell(f"mkdir {CORNER}/data && chown postgres {CORNER}/data && chmod 700 {CORNER}/data")
        await self._run(
            f"CREATE TABLESPACE {SPACE} LOCATION '{CORNER}/data'", f"ALTER TABLE {self._table} SET TABLESPACE {SPACE}"
        )
        await self._shell(f"cat /dev/zero > {FILLER} 2> /dev/null; true")

    async def prove(self) -> None:
        """See `Fault`."""
        connection = await self._postgres.connect(self._database)
        try:
            space = await connection.fetchval(_LIES_IN, self._table)
            size = await connection.fetchval("SELECT pg_relation_size($1::regclass)", self._table)
        finally:
            await connection.close()
        assert space == SPACE, f"the table {self._table} lies elsewhere"
        assert not size, f"the table {self._table} has {size} bytes already, where there may be room for rows"
        left = await self._shell(f"df --output=avail {CORNER} | tail -n 1")
        assert left.strip() == "0", f"{left.strip()} KB are left on the disk with the table {self._table}"

    async def heal(self) -> None:
        """See `Fault`."""
        await self._shell(f"rm -f {FILLER}")
        await self._run(f"ALTER TABLE {self._table} SET TABLESPACE pg_default", f"DROP TABLESPACE IF EXISTS {SPACE}")
        await self._shell(f"rm -rf {CORNER}/data")

    async def _run(self, *statements: str) -> None:
        connection = await self._postgres.connect(self._database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def _shell(self, command: str) -> str:
        done = await self._postgres.engine(lambda container: container.exec_run(["sh", "-c", command], user="root"))
        printed = str(done.output.decode(errors="replace"))
        assert done.exit_code == 0, f"`{command}` failed in {self._postgres.alias}: {printed}"
        return printed


class Impatient(Fault):
    """A database with settings of its own, such as a timeout, for all sessions save the suite's."""

    def __init__(self, postgres: PostgresContainer, database: str, settings: Mapping[str, str]) -> None:
        self._postgres, self._database, self._settings = postgres, database, settings

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._database} has {', '.join(f'{name} = {value}' for name, value in self._settings.items())}"

    async def cause(self) -> None:
        """See `Fault`; who is connected has to come again."""
        await self._configure(*(f"SET {name} = '{value}'" for name, value in self._settings.items()))

    async def prove(self) -> None:
        """See `Fault`."""
        connection = await self._postgres.connect(self._database)
        try:
            seen = {name: await connection.fetchval(_SETTING, name) for name in self._settings}
        finally:
            await connection.close()
        assert seen == dict(self._settings), f"{self._database} has {seen}"

    async def heal(self) -> None:
        """See `Fault`."""
        await self._configure(*(f"RESET {name}" for name in self._settings))

    async def _configure(self, *changes: str) -> None:
        connection = await self._postgres.connect()
        try:
            for change in changes:
                await connection.execute(f'ALTER DATABASE "{self._database}" {change}')
            await connection.execute(f"SELECT pg_terminate_backend(pid) {_OTHERS}", self._database, SUITE)
        finally:
            await connection.close()
