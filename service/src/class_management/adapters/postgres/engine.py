"""The pool of connections (D7)."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from class_management.settings import Settings

CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 4.0
AT_A_TIME, TURN_SECONDS = 2, 10.0
"""So many take a connection out of the pool at a time. If all of a burst did so at the same moment, as many as there
may be would be opened, and a server that is short of CPU would not let the last ones in within CONNECT_SECONDS."""
ABANDONED_MILLISECONDS = 4_000
"""A transaction in which nothing is done for so long is ended by the server: a replica that stands still or is cut off
would else keep its rows from those who take over its work (R5). It is asked for while connecting, and PgBouncer refuses
what it does not know: behind one, name it in `ignore_startup_parameters` and set it for the database's user instead."""
SESSION = {
    "timezone": "UTC",
    "application_name": "class_management_service",
    "idle_in_transaction_session_timeout": str(ABANDONED_MILLISECONDS),
}
"""Times without zone are UTC, whatever the server's zone (§5)."""


def create_engine(settings: Settings) -> AsyncEngine:
    """Make the pool; it connects at first use.

    A burst waits for a connection. A statement that does not come back in STATEMENT_SECONDS is given up, so that a
    connection whose other end has vanished is found out.
    """
    return create_async_engine(
        settings.database_url,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_max_overflow,
        pool_pre_ping=settings.database_pool_pre_ping,
        pool_recycle=settings.database_pool_recycle,
        hide_parameters=True,  # names and addresses of students stay out of error messages (S1)
        connect_args={"timeout": CONNECT_SECONDS, "command_timeout": STATEMENT_SECONDS, "server_settings": SESSION},
    )


class Turnstile:
    """The way to the pool: through it a burst goes in turn, which finds what others have given back meanwhile."""

    def __init__(self, engine: AsyncEngine):
        self._engine = engine
        self._turn = asyncio.Semaphore(AT_A_TIME)

    async def connection(self) -> AsyncConnection:
        """Take a connection, which goes back when it is closed; raises what SQLAlchemy and the driver raise.

        Who has had no turn for TURN_SECONDS goes without: those before him hang, and he may be luckier.
        """
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turn.acquire()
        except TimeoutError:
            return await self._engine.connect().start()
        try:
            return await self._engine.connect().start()
        finally:
            self._turn.release()
