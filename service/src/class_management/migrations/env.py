"""Runs migrations on the database that the environment names, one process at a time."""

import asyncio
import os

import sqlalchemy as sa
from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from class_management.adapters.postgres.tables import metadata
from class_management.settings import database_url

LOCK = 0x636D73  # "cms": the advisory lock that keeps two migrations from running at once


def migrate(connection: sa.Connection) -> None:
    """Run the migrations in one transaction, behind the lock; a second process then finds nothing left to do."""
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        context.run_migrations()


async def main() -> None:
    """Connect and migrate."""
    engine = create_async_engine(database_url(os.environ), poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(main())
