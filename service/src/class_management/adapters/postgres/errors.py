"""Which failure of the database is which: the one table that decides between retrying and giving up.

Retried are troubles of the database, for they pass; refused is what is wrong with the values themselves, for
that stays. What the table does not know is retried: waiting loses nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from class_management.application.ports import RefusedError, UnavailableError


class Verdict(Enum):
    """What a failure means for the work in hand."""

    RETRY = auto()
    REFUSED = auto()


SQLSTATES = {
    "08": Verdict.RETRY,  # connection exception
    "0A": Verdict.RETRY,  # feature not supported: a cached plan that the schema has outrun
    "22": Verdict.REFUSED,  # data exception: out of range, \u0000 in text, ...
    "23": Verdict.REFUSED,  # integrity constraint violation
    "25": Verdict.RETRY,  # invalid transaction state: read-only, idle in transaction for too long
    "28": Verdict.RETRY,  # invalid authorization: a password being changed; at start it is an error at once
    "3D": Verdict.RETRY,  # database does not exist (any more)
    "40": Verdict.RETRY,  # rollback: deadlock, serialization failure, unknown completion
    "42": Verdict.RETRY,  # syntax or access: a table or a privilege is missing; no message's fault
    "44": Verdict.REFUSED,  # check option violation
    "53": Verdict.RETRY,  # insufficient resources: disk full, memory, no connection slots
    "54": Verdict.REFUSED,  # program limit exceeded: a value too large to be stored
    "55": Verdict.RETRY,  # object not in prerequisite state: lock not available, in use
    "57": Verdict.RETRY,  # operator intervention: cancelled, statement timeout, shutdown, starting up
    "58": Verdict.RETRY,  # system error: input and output
    "P0": Verdict.REFUSED,  # raised by a trigger
    "XX": Verdict.RETRY,  # internal error
}
"""Verdict by class of SQLSTATE."""

TROUBLE = (
    OSError,  # cannot connect; includes TimeoutError
    SQLAlchemyError,  # no connection became free, a connection was invalidated
    asyncpg.InterfaceError,  # the connection was closed under the client
    asyncpg.InternalClientError,  # the connection was cut in the middle of an answer
)
"""Failures without SQLSTATE that are retried; InterfaceError only where it is no ValueError."""


def verdict(error: Exception) -> Verdict | None:
    """What `error` means, or None if it is none of the database's."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return SQLSTATES.get(state[:2], Verdict.RETRY)
        cause = error.orig.__cause__ if error.orig else None
        return Verdict.REFUSED if isinstance(cause, ValueError) else Verdict.RETRY
    if isinstance(error, asyncpg.PostgresError):
        return SQLSTATES.get((error.sqlstate or "")[:2], Verdict.RETRY)
    return Verdict.RETRY if isinstance(error, TROUBLE) else None


def describe(error: Exception) -> str:
    """What happened, without the values that it happened to (S1)."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    cause = getattr(origin, "__cause__", None) or origin
    state = getattr(origin, "sqlstate", None)
    constraint = getattr(cause, "constraint_name", None)
    parts = [
        type(cause).__name__,
        f"SQLSTATE {state}" if state else "",
        f"constraint {constraint}" if constraint else "",
    ]
    return ", ".join(part for part in parts if part)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's exceptions into the two that the application knows; let others pass."""
    try:
        yield
    except Exception as error:
        match verdict(error):
            case Verdict.REFUSED:
                cause = getattr(getattr(error, "orig", None), "__cause__", None)
                raise RefusedError(describe(error), getattr(cause, "constraint_name", None)) from error
            case Verdict.RETRY:
                raise UnavailableError(f"database: {describe(error)}") from error
            case None:
                raise
