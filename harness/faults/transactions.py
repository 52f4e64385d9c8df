"""What a PostgreSQL that runs can do to a transaction, by triggers put on a table and taken off again."""

from typing import TYPE_CHECKING, Any

from harness.containers.postgres import SUITE, PostgresContainer
from harness.faults.fault import Fault

if TYPE_CHECKING:
    import asyncpg

NAME = "acceptance_trouble"
LOCK = 7_406_195
"""The number of an advisory lock that nobody else uses."""
_HOLD = f"PERFORM pg_advisory_xact_lock_shared({LOCK})"
_BREAK_OFF = f"""IF nextval('{NAME}') <= %d THEN
    RAISE EXCEPTION 'the suite has this transaction broken off' USING ERRCODE = '%s'; END IF"""
_FUNCTION = f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN NEW; END $$"
_AT_ONCE = f"CREATE TRIGGER {NAME} BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION {NAME}()"
_AT_COMMIT = (
    f"CREATE CONSTRAINT TRIGGER {NAME} AFTER INSERT ON %s DEFERRABLE INITIALLY DEFERRED"
    f" FOR EACH ROW EXECUTE FUNCTION {NAME}()"
)
_TAKEN_OFF = (f"DROP FUNCTION IF EXISTS {NAME} CASCADE", f"DROP SEQUENCE IF EXISTS {NAME}")
_IS_THERE = "SELECT count(*) FROM pg_trigger WHERE tgname = $1"
_CALLED = "SELECT coalesce(last_value, 0) FROM pg_sequences WHERE sequencename = $1"
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"


class _Triggered(Fault):
    """A table with a trigger on it, on inserting a row, or on committing what was inserted."""

    def __init__(self, postgres: PostgresContainer, database: str, table: str) -> None:
        self._postgres, self._database, self._table = postgres, database, table

    async def _put_on(self, body: str, *, at_commit: bool) -> None:
        trigger = _AT_COMMIT if at_commit else _AT_ONCE
        await self._run(f"CREATE SEQUENCE {NAME}", _FUNCTION % body, trigger % self._table)

    async def prove(self) -> None:
        """See `Fault`."""
        connection = await self._postgres.connect(self._database)
        try:
            there = await connection.fetchval(_IS_THERE, NAME)
        finally:
            await connection.close()
        assert there, f"there is no trigger on the table {self._table} of {self._database}"

    async def heal(self) -> None:
        """See `Fault`."""
        await self._run(*_TAKEN_OFF)

    async def _run(self, *statements: str) -> None:
        connection = await self._postgres.connect(self._database)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


class HeldCommits(_Triggered):
    """Every commit of a transaction that has put rows into a table waits at the server until it is mended."""

    _holder: "asyncpg.Connection[Any] | None" = None

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"commits to {self._table} are held up"

    async def cause(self) -> None:
        """See `Fault`."""
        self._holder = await self._postgres.connect(self._database)
        await self._holder.execute(f"SET application_name = '{SUITE}'")
        await self._holder.execute(f"SELECT pg_advisory_lock({LOCK})")
        await self._put_on(_HOLD, at_commit=True)

    async def is_met(self) -> None:
        """Raise AssertionError unless a commit waits."""
        assert self._holder is not None, "commits are not held up"
        assert await self._holder.fetchval(_WAITING, LOCK), f"no transaction with rows for {self._table} commits"

    async def heal(self) -> None:
        """See `Fault`; what waits is committed before this returns."""
        holder, self._holder = self._holder, None
        if holder is not None:
            await holder.close()
        await super().heal()


class BrokenOff(_Triggered):
    """The next transactions that put rows into a table are broken off, `times` of them, with a SQLSTATE as the reason.

    `at_commit` tells whether that comes at their end, or with the row.
    """

    def __init__(
        self,
        postgres: PostgresContainer,
        database: str,
        table: str,
        sqlstate: str,
        *,
        at_commit: bool = False,
        times: int = 1,
    ) -> None:
        super().__init__(postgres, database, table)
        self._sqlstate, self._at_commit, self._times = sqlstate, at_commit, times

    @property
    def what(self) -> str:
        """See `Fault`."""
        return f"transactions on {self._table} are broken off with {self._sqlstate}"

    async def cause(self) -> None:
        """See `Fault`."""
        await self._put_on(_BREAK_OFF % (self._times, self._sqlstate), at_commit=self._at_commit)

    async def has_come(self) -> None:
        """Raise AssertionError unless all transactions that were to be have been broken off, and one came again."""
        connection = await self._postgres.connect(self._database)
        try:
            called = await connection.fetchval(_CALLED, NAME)
        finally:
            await connection.close()
        assert called > self._times, f"{called} rows were to be put into {self._table}, {self._times} of them in vain"
