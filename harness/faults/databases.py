"""What a PostgreSQL that runs can do to those who work with it."""

from harness.containers.postgres import SUITE, PostgresContainer
from harness.faults.fault import Fault


class ReadOnly(Fault):
    """A server that takes no changes from any session, old or new, as one that is about to be replaced."""

    def __init__(self, postgres: PostgresContainer) -> None:
        self._postgres = postgres

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._postgres.alias} takes no changes"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._configure("ALTER SYSTEM SET default_transaction_read_only = on")
        await self._postgres.patience.eventually(self.prove)

    async def prove(self) -> None:
        """See `Fault`."""
        if not await self._is_read_only():
            raise AssertionError(f"{self._postgres.alias} takes changes")

    async def heal(self) -> None:
        """See `Fault`."""
        await self._configure("ALTER SYSTEM RESET default_transaction_read_only")
        await self._postgres.patience.eventually(self._takes_changes)

    async def _takes_changes(self) -> None:
        if await self._is_read_only():
            raise AssertionError(f"{self._postgres.alias} takes no changes yet")

    async def _configure(self, statement: str) -> None:
        connection = await self._postgres.connect()
        try:
            await connection.execute(statement)
            await connection.execute("SELECT pg_reload_conf()")
        finally:
            await connection.close()

    async def _is_read_only(self) -> bool:
        connection = await self._postgres.connect()
        try:
            return bool(await connection.fetchval("SELECT current_setting('default_transaction_read_only') = 'on'"))
        finally:
            await connection.close()


class SessionsEnded(Fault):
    """The sessions of a database, save the suite's own, that the server has ended; who comes back gets new ones."""

    def __init__(self, postgres: PostgresContainer, database: str) -> None:
        self._postgres, self._database = postgres, database
        self._ended = 0

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"{self._ended or 'the'} sessions of {self._database} have been ended"

    async def cause(self) -> None:
        """See `Fault`."""
        connection = await self._postgres.connect()
        try:
            self._ended = await connection.fetchval(
                "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = $1 AND application_name <> $2 AND pid <> pg_backend_pid()",
                self._database,
                SUITE,
            )
        finally:
            await connection.close()

    async def prove(self) -> None:
        """See `Fault`."""
        if not self._ended:
            raise AssertionError(f"there was no session of {self._database} to be ended")

    async def heal(self) -> None:
        """See `Fault`: there is nothing to mend."""
