"""What PostgreSQL can do to transactions, and run out of, takes effect, and is gone after it was healed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from harness.containers.postgres import TROUBLE, PostgresContainer
from harness.eventually import Patience
from harness.faults import BrokenOff, DiskFull, HeldCommits, Impatient, NoSlots

pytestmark = [pytest.mark.engine, pytest.mark.asyncio(loop_scope="module")]
INSERT = "INSERT INTO things VALUES (1)"


class Here:
    """A server, a database with a table, and a session on it."""

    def __init__(self, postgres: PostgresContainer) -> None:
        self.postgres, self.database = postgres, "things"

    async def connected(self) -> "asyncpg.Connection[Any]":
        return await self.postgres.connect(self.database)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(bench: Any) -> AsyncIterator[PostgresContainer]:
    postgres = PostgresContainer(bench.images.postgres(), bench.network, bench.labels, Patience())
    await postgres.up()
    yield postgres
    postgres.remove()


@pytest_asyncio.fixture(loop_scope="module")
async def here(server: PostgresContainer) -> AsyncIterator[Here]:
    here = Here(server)
    await server.create_database(here.database)
    connection = await here.connected()
    await connection.execute("CREATE TABLE things (it int)")
    await connection.close()
    yield here
    await server.drop_database(here.database)


@pytest.mark.parametrize("at_commit", [False, True])
async def test_a_transaction_is_broken_off_once(here: Here, at_commit: bool) -> None:
    session = await here.connected()
    async with BrokenOff(here.postgres, here.database, "things", "40001", at_commit=at_commit) as fault:
        with pytest.raises(AssertionError, match="0 rows were to be put into things"):
            await fault.has_come()
        with pytest.raises(asyncpg.SerializationError):
            await session.execute(INSERT)
        with pytest.raises(AssertionError, match="1 rows were to be put into things"):
            await fault.has_come()
        await session.execute(INSERT)
        await fault.has_come()
    await fault.heal()
    await session.execute(INSERT)
    assert await session.fetchval("SELECT count(*) FROM things") == 2
    with pytest.raises(AssertionError, match="no trigger on the table things of things"):
        await fault.prove()


async def test_a_commit_is_held_up_until_it_is_healed(here: Here) -> None:
    session, onlooker = await here.connected(), await here.connected()
    async with HeldCommits(here.postgres, here.database, "things") as fault:
        with pytest.raises(AssertionError, match="no transaction with rows for things commits"):
            await fault.is_met()
        committing = asyncio.create_task(session.execute(INSERT))
        await Patience().eventually(fault.is_met)
        assert await onlooker.fetchval("SELECT count(*) FROM things") == 0
    await committing
    assert await onlooker.fetchval("SELECT count(*) FROM things") == 1


async def test_a_full_disk_takes_no_row_and_the_others_do(here: Here) -> None:
    session = await here.connected()
    async with DiskFull(here.postgres, here.database, "things"):
        with pytest.raises(asyncpg.DiskFullError):
            await session.execute(INSERT)
        await session.execute("CREATE TABLE others AS SELECT 1 AS it")
    await session.execute(INSERT)
    assert not await session.fetchval("SELECT count(*) FROM pg_tablespace WHERE spcname LIKE 'acceptance%'")
    with pytest.raises(AssertionError, match="the table things lies elsewhere"):
        await DiskFull(here.postgres, here.database, "things").prove()
    with pytest.raises(AssertionError, match="the table others has 8192 bytes already"):
        await DiskFull(here.postgres, here.database, "others").__aenter__()
    assert await session.fetchval("SELECT it FROM others") == 1


async def test_a_database_has_a_timeout_of_its_own(here: Here) -> None:
    session, holder = await here.connected(), await here.connected()
    async with Impatient(here.postgres, here.database, {"lock_timeout": "50ms"}):
        with pytest.raises(TROUBLE):
            await session.fetchval("SELECT 1")
        session, holder = await here.connected(), await here.connected()
        async with holder.transaction():
            await holder.execute("LOCK TABLE things")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await session.execute(INSERT)
    session = await here.connected()
    assert await session.fetchval("SELECT current_setting('lock_timeout')") == "0"
    with pytest.raises(AssertionError, match=r"things has \{'lock_timeout': '0'\}"):
        await Impatient(here.postgres, here.database, {"lock_timeout": "50ms"}).prove()


async def test_all_connections_are_taken_those_of_others_too(here: Here) -> None:
    session = await here.connected()
    with pytest.raises(AssertionError, match="postgres still has connections for others"):
        await NoSlots(here.postgres, here.database).prove()
    async with NoSlots(here.postgres, here.database):
        with pytest.raises(TROUBLE):
            await session.fetchval("SELECT 1")
        with pytest.raises(asyncpg.TooManyConnectionsError):
            await here.connected()
    session = await here.connected()
    assert await session.fetchval("SELECT 1") == 1
