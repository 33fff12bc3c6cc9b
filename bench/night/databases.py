"""Databases for the time of a measurement: made, filled once, copied for each round, and removed."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncpg

from models.calendar import local_date
from models.clock import SystemClock
from models.database import connected, database, migrate, speaks_postgres
from models.demo import demo_state

Fill = Callable[[], Awaitable[None]]


class Filled(Protocol):
    """A filled database that rounds are measured on copies of."""

    def copy(self) -> AbstractAsyncContextManager[str]:
        """Copy it for the time of the block, and yield the copy's address."""


async def come_to_rest() -> None:
    """Have the connected database do at once what it would otherwise do in the middle of a measurement."""
    if speaks_postgres():
        await database().execute_query("VACUUM ANALYZE")
        await database().execute_query("CHECKPOINT")
    else:
        await database().execute_query("ANALYZE")
        await database().execute_query("PRAGMA wal_checkpoint(TRUNCATE)")


async def set_demo_clock(day: date, *, zone: ZoneInfo) -> None:
    """Let processes in demo mode on the connected database believe that today is this day in the zone."""
    state = await demo_state()
    state.days_ahead = (day - local_date(SystemClock().now(), zone=zone)).days
    await state.save(update_fields=["days_ahead"])


@dataclass(frozen=True, slots=True)
class PostgresFilled:
    """A database of a server, which is the copies' template."""

    server: str
    name: str

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """Copy its files."""
        async with _named(self.server, f"TEMPLATE {self.name} STRATEGY FILE_COPY") as name:
            yield _address(self.server, name)


@asynccontextmanager
async def postgres_filled(server: str, fill: Fill) -> AsyncIterator[Filled]:
    """Make and fill a database for the time of the block."""
    async with _named(server, "") as name:
        async with connected(_address(server, name)):
            await migrate(_address(server, name))
            await fill()
        yield PostgresFilled(server, name)


@dataclass(frozen=True, slots=True)
class SqliteFilled:
    """A file that is copied."""

    path: Path

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """Copy the file."""
        with tempfile.TemporaryDirectory(prefix="bench-night") as folder:
            yield f"sqlite://{shutil.copy(self.path, folder)}"


@asynccontextmanager
async def sqlite_filled(fill: Fill) -> AsyncIterator[Filled]:
    """Make and fill a file for the time of the block."""
    with tempfile.TemporaryDirectory(prefix="bench-night") as folder:
        path = Path(folder) / "night.sqlite3"
        async with connected(f"sqlite://{path}"):
            await migrate(f"sqlite://{path}")
            await fill()
        yield SqliteFilled(path)


@asynccontextmanager
async def _named(server: str, made_from: str) -> AsyncIterator[str]:
    name = f"night_{uuid4().hex}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name} {made_from}")
        try:
            yield name
        finally:
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


def _address(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")
