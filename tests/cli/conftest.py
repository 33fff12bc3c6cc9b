"""The console script with a database of each kind."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.tool import Tool
from tests.conftest import drop_postgres_database, execute, make_postgres_database
from tests.redis_server import RedisServer


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """Return the console script, with a SQLite file that is not there yet."""
    return Tool(tmp_path)


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database."""
    asyncio.run(execute(postgres, "CREATE DATABASE of_the_command_line"))
    yield postgres.replace("/postgres?", "/of_the_command_line?")
    asyncio.run(execute(postgres, "DROP DATABASE of_the_command_line WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgresql"])
def either_tool(request: pytest.FixtureRequest, tmp_path: Path) -> Tool:
    """Return the console script, once with SQLite, once with PostgreSQL."""
    if request.param == "sqlite":
        return Tool(tmp_path)
    return Tool(tmp_path, DATABASE_URL=request.getfixturevalue("empty_postgres"))


@pytest.fixture
def workshop(tmp_path: Path, postgres: str) -> Iterator[Tool]:
    """Return the console script with a migrated PostgreSQL and a Redis."""
    redis = RedisServer()
    redis.start()
    url = asyncio.run(make_postgres_database(postgres))
    try:
        yield Tool(tmp_path, DATABASE_URL=url, REDIS_URL=redis.url)
    finally:
        asyncio.run(drop_postgres_database(postgres, url))
        redis.kill()
