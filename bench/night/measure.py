"""Measures: the floor, then one worker or several, on a database filled for each measurement."""

import asyncio
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import orjson

from bench.night.due import fill
from bench.practice import SECRET
from bench.processes import READY
from jobs.verification import verify
from models.clock import SystemClock
from models.database import connected, database, migrate, speaks_postgres

CHANGES: Final = """
    UPDATE bare SET begin_date = coalesce(end_date, begin_date),
      end_date = CASE WHEN end_date IS NULL THEN end_date ELSE '2027-12-31' END,
      period_number = period_number + 1, used = 0, remaining = session_limit, state = 'ACTIVE', noticed_limit = NULL,
      end_noticed = NOT end_noticed
"""
"""The columns that settling writes of a tracker."""


@dataclass(frozen=True, slots=True)
class Night:
    """What one night took: `floor` is a bare UPDATE of as many trackers, in the same database, just before."""

    trackers: int
    workers: int
    seconds: float
    floor: float
    peak_bytes: int

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.seconds / self.floor

    @property
    def microseconds_each(self) -> float:
        """Per tracker."""
        return self.seconds / self.trackers * 1e6


async def measure(url: str, *, trackers: int, workers: int = 1) -> Night:
    """Fill the empty database, have that many workers settle it, and check the outcome.

    Raises RuntimeError when what they did is not right.
    """
    async with connected(url):
        await migrate(url)
        await fill(trackers)
        floor = await _bare_update()
        async with _workers(url, workers) as processes:
            begun = time.perf_counter()
            for process in processes:
                assert process.stdin is not None, "it is a pipe"
                process.stdin.write(b"\n")
            told = [orjson.loads(await _line(process)) for process in processes]
            seconds = time.perf_counter() - begun
        settled = sum(each["clients"] for each in told)
        if settled != trackers // 2 or any(each["failures"] for each in told):
            raise RuntimeError(f"{settled} clients were settled, and {trackers // 2} were due: {told}")
        if trackers <= 10_000:
            await _check()
    return Night(trackers, workers, seconds, floor, max(each["bytes"] for each in told))


async def _bare_update() -> float:
    """Return how many seconds a bare UPDATE of as many rows takes, on a copy of the trackers with their indexes."""
    if speaks_postgres():
        await database().execute_query("CREATE TABLE bare (LIKE tracker INCLUDING ALL)")
    else:
        await database().execute_query("CREATE TABLE bare AS SELECT * FROM tracker WHERE false")
        await database().execute_query("CREATE UNIQUE INDEX bare_key ON bare (id)")
        await database().execute_query("CREATE INDEX bare_by_remaining ON bare (practice_id, remaining, id)")
        await database().execute_query("CREATE INDEX bare_by_end_date ON bare (practice_id, end_date, id)")
    await database().execute_query("INSERT INTO bare SELECT * FROM tracker")
    if speaks_postgres():
        await database().execute_query("VACUUM ANALYZE bare")
        await database().execute_query("CHECKPOINT")
    begun = time.perf_counter()
    await database().execute_query(CHANGES)
    seconds = time.perf_counter() - begun
    await database().execute_query("DROP TABLE bare")
    if speaks_postgres():
        await database().execute_query("CHECKPOINT")
    return seconds


@asynccontextmanager
async def _workers(url: str, wanted: int) -> AsyncIterator[list[asyncio.subprocess.Process]]:
    command = [sys.executable, "-m", "bench.night.rolling"]
    environment = {"DATABASE_URL": url, "JWT_SECRET": SECRET}
    processes = []
    try:
        for _ in range(wanted):
            process = await asyncio.create_subprocess_exec(*command, env=environment, stdin=PIPE, stdout=PIPE)
            processes.append(process)
        for process in processes:
            if await _line(process) != READY:
                raise RuntimeError("A worker does not start.")
        yield processes
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None, "it is a pipe"
    return (await process.stdout.readline()).decode().strip()


async def _check() -> None:
    found = [each async for _, differences in verify(now=SystemClock().now()) for each in differences]
    if found:
        raise RuntimeError(f"The outcome is not right: {found[:3]}")


@asynccontextmanager
async def postgres_database(server: str, name: str) -> AsyncIterator[str]:
    """Make a database for the time of the block; yield its address."""
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield server.replace("/postgres?", f"/{name}?")
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@asynccontextmanager
async def sqlite_database() -> AsyncIterator[str]:
    """Name a file for the time of the block; yield its address."""
    with tempfile.TemporaryDirectory(prefix="bench-night") as folder:
        yield f"sqlite://{Path(folder) / 'night.sqlite3'}"
