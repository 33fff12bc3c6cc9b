"""Precedence: those who wait for an answer go before those who settle what is due, and can be seen to wait."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from models.database import APPLICATION, database, speaks_postgres
from models.unit_of_work import unit_of_work

T = TypeVar("T")

NAME: Final = f"{APPLICATION} (nobody waits)"
TAKE_THE_NAME: Final = f"SET LOCAL application_name = '{NAME}'"
UNNAMED: Final = "^(BEGIN|SET LOCAL|COMMIT|ROLLBACK)"


async def behind_others(work: Callable[[], Awaitable[T]], *, announced: bool = True) -> T:
    """Run a unit of work that nobody waits for, and that the database knows as such; return what it returns."""

    async def named() -> T:
        if speaks_postgres():
            await database().execute_query(TAKE_THE_NAME)
        return await work()

    return await unit_of_work(named, announced=announced)


async def is_somebody_waiting() -> bool:
    """Tell whether the database is at work for somebody who waits for an answer, of whatever process.

    On SQLite nobody can be seen to wait: there, one unit of work follows another.
    """
    if not speaks_postgres():
        return False

    async def look() -> bool:
        _, rows = await database().execute_query(
            # A transaction has its name neither while it begins and is being named, nor while it ends.
            f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state <> 'idle' AND query !~ '{UNNAMED}' "
            f"AND datname = current_database() AND application_name = '{APPLICATION}')"
        )
        return bool(rows[0][0])

    return await behind_others(look, announced=False)
