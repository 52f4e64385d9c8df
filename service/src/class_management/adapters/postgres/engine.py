"""The pool of connections (D7)."""

import asyncio

from sqlalchemy.exc import TimeoutError as ExhaustedError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from class_management.settings import Settings

CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 4.0
TAKING = 4
"""So many at once take a connection out of the pool. If each of a burst did at the same moment, as many would be opened
as there may be, and a server with little time to spare would need longer for each than CONNECT_SECONDS; one after the
other they find what others have given back meanwhile, and few are opened."""
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


class Pool:
    """The pool, out of which a burst takes connections in turn."""

    def __init__(self, engine: AsyncEngine):
        self._engine = engine
        self._turn = asyncio.Semaphore(TAKING)
        self._in_vain = 0

    async def take(self) -> AsyncConnection:
        """Take a connection, which goes back when it is closed; raises what SQLAlchemy and the driver raise.

        Who has waited for a turn while somebody else got no answer is not to wait as long again: TimeoutError.
        """
        in_vain = self._in_vain
        async with self._turn:
            if self._in_vain > in_vain:
                raise TimeoutError
            try:
                return await self._engine.connect().start()
            except (TimeoutError, ExhaustedError):
                self._in_vain += 1
                raise
