"""Which failure of the database is retried, and which is the data's own fault."""

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from class_management.adapters.postgres.errors import SQLSTATES, Verdict, describe, translated, verdict
from class_management.application.ports import RefusedError, UnavailableError

RETRIED = [
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.TooManyConnectionsError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.StatementCompletionUnknownError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidPasswordError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.UndefinedTableError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.FeatureNotSupportedError,
    asyncpg.PostgresIOError,
    asyncpg.InternalServerError,
]
REFUSED = [
    asyncpg.UniqueViolationError,
    asyncpg.ForeignKeyViolationError,
    asyncpg.CheckViolationError,
    asyncpg.NotNullViolationError,
    asyncpg.StringDataRightTruncationError,
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.NumericValueOutOfRangeError,
    asyncpg.RaiseError,
    asyncpg.ProgramLimitExceededError,
]


def as_sqlalchemy_tells_it(error: Exception) -> DBAPIError:
    """Wrap `error` as SQLAlchemy's dialect does."""
    adapted = AsyncAdapt_asyncpg_dbapi(asyncpg).Error(str(error), error)
    adapted.__cause__ = error
    return DBAPIError("INSERT", {"name": "Åsa"}, adapted, hide_parameters=True)


@pytest.mark.parametrize("kind", RETRIED, ids=lambda kind: kind.__name__)
def test_troubles_of_the_database_are_retried(kind: type[asyncpg.PostgresError]) -> None:
    assert verdict(kind("x")) is Verdict.RETRY
    assert verdict(as_sqlalchemy_tells_it(kind("x"))) is Verdict.RETRY


@pytest.mark.parametrize("kind", REFUSED, ids=lambda kind: kind.__name__)
def test_faults_of_the_data_are_refused(kind: type[asyncpg.PostgresError]) -> None:
    assert verdict(kind("x")) is Verdict.REFUSED
    assert verdict(as_sqlalchemy_tells_it(kind("x"))) is Verdict.REFUSED


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        TimeoutError(),
        PoolTimeoutError(),
        PendingRollbackError("x"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        as_sqlalchemy_tells_it(asyncpg.InterfaceError("connection is closed")),
        as_sqlalchemy_tells_it(asyncpg.InternalClientError("unknown protocol state")),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_lost_connection_is_retried(error: Exception) -> None:
    assert verdict(error) is Verdict.RETRY


def test_a_value_that_cannot_even_be_sent_is_refused() -> None:
    class CannotEncodeError(asyncpg.InterfaceError, ValueError):
        """As asyncpg raises it for a value that does not fit its column."""

    assert verdict(as_sqlalchemy_tells_it(CannotEncodeError("x"))) is Verdict.REFUSED


def test_an_unknown_state_is_retried_and_a_mistake_of_ours_is_neither() -> None:
    unknown = asyncpg.PostgresError("x")
    unknown.sqlstate = "ZZ000"
    assert verdict(unknown) is Verdict.RETRY
    assert verdict(KeyError("x")) is None
    assert all(len(state) == len("08") for state in SQLSTATES)


def test_the_description_names_the_fault_and_not_the_values() -> None:
    error = asyncpg.UniqueViolationError("duplicate key")
    error.detail = "Key (email)=(asa@example.org) already exists."
    error.constraint_name = "uix_student_email_user"
    told = describe(as_sqlalchemy_tells_it(error))
    assert told == "UniqueViolationError, SQLSTATE 23505, constraint uix_student_email_user"


def test_the_application_sees_its_own_two_errors() -> None:
    error = asyncpg.UniqueViolationError("x")
    error.constraint_name = "uix_student_email_user"
    with pytest.raises(RefusedError) as refused, translated():
        raise as_sqlalchemy_tells_it(error)
    assert refused.value.constraint == "uix_student_email_user"
    with pytest.raises(UnavailableError), translated():
        raise OSError
    with pytest.raises(KeyError), translated():
        raise KeyError
