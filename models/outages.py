"""Outages: which failures mean that the database cannot be reached now, and what is told then."""

from typing import Final

import asyncpg
from tortoise.exceptions import DBConnectionError

from models.errors import Unavailable

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
