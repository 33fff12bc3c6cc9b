"""Outages: which failures mean that the database cannot be reached now, or is at fault; and what is told then."""

import sqlite3
from typing import Final

import asyncpg
from tortoise.exceptions import BaseORMException, DBConnectionError, IntegrityError

from models.errors import Conflict, Unavailable

AWAY: Final = (
    OSError,  # refused, reset, unreachable, and every timeout
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,  # a statement on a connection that the server ended while it lay in the pool
    DBConnectionError,
)
ENDED: Final = ("is closed", "is closing", "was closed", "been released")


def outage_of(error: BaseException | None) -> Unavailable | None:
    """Return what to tell when the error means that the database cannot be reached; None for any other error."""
    ended = isinstance(error, asyncpg.InterfaceError) and any(phrase in str(error) for phrase in ENDED)
    if not ended and not isinstance(error, AWAY):
        return None
    return Unavailable("The database cannot be reached: try again shortly.")


def is_of_the_rows(error: Exception) -> bool:
    """Tell whether the rows at hand are the reason why they could not be written, so that others could be."""
    if isinstance(error, IntegrityError) or isinstance(error.__cause__, (IntegrityError, asyncpg.DataError)):
        return True
    of_the_database = (BaseORMException, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error, Conflict)
    return outage_of(error) is None and not isinstance(error, (*of_the_database, MemoryError))
