"""The pool of connections (D7)."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from class_management.settings import Settings

CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 4.0
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
