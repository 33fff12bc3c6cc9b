"""The console script with a database of each kind."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.cli.tool import Tool
from tests.redis_server import RedisServer


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """Return the console script, with a SQLite file that is not there yet."""
    return Tool(tmp_path)


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database."""
    asyncio.run(_execute(postgres, "CREATE DATABASE of_the_command_line"))
    yield postgres.replace("/postgres?", "/of_the_command_line?")
    asyncio.run(_execute(postgres, "DROP DATABASE of_the_command_line WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgresql"])
def either_tool(request: pytest.FixtureRequest, tmp_path: Path) -> Tool:
    """Return the console script, once with SQLite, once with PostgreSQL."""
    if request.param == "sqlite":
        return Tool(tmp_path)
    return Tool(tmp_path, DATABASE_URL=request.getfixturevalue("empty_postgres"))


@pytest.fixture
def workshop(tmp_path: Path, empty_postgres: str) -> Iterator[Tool]:
    """Return the console script with a migrated PostgreSQL and a Redis."""
    redis = RedisServer()
    redis.start()
    try:
        tool = Tool(tmp_path, DATABASE_URL=empty_postgres, REDIS_URL=redis.url)
        tool("migrate")
        yield tool
    finally:
        redis.kill()


async def _execute(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
