"""How a command runs: settings read, database connected, failures told in one line and by the exit code."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import NoReturn, TypeVar
from uuid import UUID

import asyncpg
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from tortoise.exceptions import BaseORMException
from uvicorn.loops.auto import auto_loop_factory

from models.clock import Clock, DemoClock, SystemClock
from models.database import connected, is_sqlite, migrate, pending_migrations
from models.demo import demo_state
from models.errors import DomainError
from models.practices import Practice
from models.settings import InvalidSettings, Settings, read_settings
from models.unit_of_work import all_finished

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


class Exit(IntEnum):
    """The exit codes of all commands."""

    DONE = 0
    FAILED = 1
    MISUSED = 2


def fail(message: str, code: Exit = Exit.FAILED) -> NoReturn:
    """Print the message to standard error and leave with the code."""
    err.print(message, markup=False)
    raise typer.Exit(code)


def settings_or_exit() -> Settings:
    """Return the settings, or leave telling which is wrong."""
    try:
        return read_settings()
    except InvalidSettings as error:
        fail(str(error), Exit.MISUSED)


def run(work: Callable[[Settings], Awaitable[T]]) -> T:
    """Run a command's work with the settings; expected failures end it with one line and exit code 1."""
    settings = settings_or_exit()

    async def whole() -> T:
        return await work(settings)

    try:
        with asyncio.Runner(loop_factory=auto_loop_factory()) as runner:
            return runner.run(whole())
    except DomainError as error:
        fail(str(error))
    except InvalidSettings as error:
        fail(str(error), Exit.MISUSED)
    except (OSError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError, BaseORMException) as error:
        fail(f"The database cannot be used ({type(error).__name__}): {error}")


@asynccontextmanager
async def open_database(settings: Settings, *, statement_seconds: float | None = None) -> AsyncIterator[None]:
    """Connect; a SQLite file is made and migrated by itself, a PostgreSQL database must have been migrated."""
    async with connected(settings.database_url, statement_seconds=statement_seconds):
        if is_sqlite(settings.database_url):
            await migrate(settings.database_url)
        elif pending := await pending_migrations():
            fail(f"The database lacks {len(pending)} migration(s): run `session-tracker migrate`.")
        try:
            yield
        finally:
            await all_finished()


async def clock_of(settings: Settings) -> Clock:
    """Return the practice's clock: in demo mode as far ahead as it was set."""
    if settings.demo_mode:
        return DemoClock(SystemClock(), days_ahead=(await demo_state()).days_ahead)
    return SystemClock()


async def practice_named(practice_id: str | None) -> Practice:
    """Return the practice of that id, or the only one there is."""
    if practice_id is None:
        practices = await Practice.all().limit(2)
        if len(practices) == 1:
            return practices[0]
        fail("Name the practice with --practice: there is not exactly one.", Exit.MISUSED)
    try:
        found = await Practice.get_or_none(id=UUID(practice_id))
    except ValueError:
        fail(
            f"{practice_id!r} is not the id of a practice, such as `session-tracker practice list` prints.",
            Exit.MISUSED,
        )
    if found is None:
        fail(f"There is no practice {practice_id}.")
    return found


def progress_bar() -> Progress:
    """Return a bar on standard error, shown on a terminal only."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
