"""Which failures mean that the database cannot be reached."""

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, OperationalError

from models.outages import outage_of


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        ConnectionResetError(104, "Connection reset by peer"),
        FileNotFoundError(2, "No such file or directory"),
        OSError("Multiple exceptions: [Errno 111] Connect call failed"),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.ConnectionFailureError("unexpected connection_lost() call"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        asyncpg.CrashShutdownError("terminating connection because of crash of another server process"),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.InterfaceError("cannot call Connection.fetch(): connection is closed"),
        asyncpg.InterfaceError("cannot call Connection.fetch(): connection has been released back to the pool"),
        asyncpg.InterfaceError("pool is closing"),
        DBConnectionError("Can't establish connection to database tracker"),
    ],
    ids=repr,
)
def test_a_database_that_is_away_is_told_as_such(error: Exception) -> None:
    """With the code and a message that names no detail."""
    outage = outage_of(error)
    assert outage is not None
    assert (outage.code, outage.message) == ("UNAVAILABLE", "The database cannot be reached: try again shortly.")


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("connection is closed"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.UndefinedTableError("relation does not exist"),
        asyncpg.QueryCanceledError("canceling statement due to user request"),
        OperationalError("no such table: client"),
    ],
    ids=repr,
)
def test_any_other_failure_is_a_fault_of_ours(error: Exception | None) -> None:
    """Which is to be found, not to be waited for."""
    assert outage_of(error) is None
