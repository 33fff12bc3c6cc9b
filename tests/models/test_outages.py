"""Which failures mean that the database cannot be reached."""

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError

from models.errors import Conflict
from models.outages import is_of_the_rows, outage_of


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


def caused(error: Exception, cause: Exception) -> Exception:
    """Return the error as it is when another one led to it."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_of_rows"),
    [
        (IntegrityError("UNIQUE constraint failed"), True),
        (
            caused(Conflict("Something this refers to was deleted."), IntegrityError("FOREIGN KEY constraint failed")),
            True,
        ),
        (caused(OperationalError("out of range"), asyncpg.NumericValueOutOfRangeError("out of range")), True),
        (ValueError("'Mars/Olympus' is not the name of an IANA time zone"), True),
        (Conflict("Others are writing right now: try again."), False),
        (OperationalError('relation "closed_period" does not exist'), False),
        (asyncpg.DiskFullError("No space left on device"), False),
        (asyncpg.CannotConnectNowError("the database system is starting up"), False),
        (TimeoutError(), False),
        (MemoryError(), False),
    ],
    ids=repr,
)
def test_which_failures_come_from_the_rows(error: Exception, is_of_rows: bool) -> None:
    """For those alone a client is set aside: others can be written."""
    assert is_of_the_rows(error) is is_of_rows
