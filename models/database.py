"""Where the data lives: connecting to SQLite or PostgreSQL, and bringing its schema up to date."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import require_context
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import BaseSchemaEditor
from tortoise.transactions import in_transaction

TABLES: Final = [
    "models.practices",
    "models.clients",
    "models.appointments",
    "models.trackers",
    "models.tasks",
    "models.history",
    "models.outbox",
    "models.set_aside",
    "models.idempotency",
    "models.demo",
]
APPLICATION: Final = "session-tracker"
SQLITE_BUSY_MILLISECONDS: Final = 10_000
POSTGRES_CONNECTIONS: Final = 10
CONNECT_SECONDS: Final = 3.0
LONGEST_PAUSE_MILLISECONDS: Final = "5000"
"""A process that stands still longer in the middle of a transaction loses it, so that others go on."""

MIGRATION_LOCK: Final = 0x5E55_1045
MIGRATION_SECONDS: Final = 120
MIGRATIONS: Final[dict[str, Any]] = {
    "connections": {"sqlite": "sqlite://:memory:"},
    "apps": {"models": {"models": TABLES, "default_connection": "sqlite", "migrations": "models.migrations"}},
}


def is_sqlite(url: str) -> bool:
    """Tell whether the address names a SQLite file."""
    return url.startswith("sqlite://")


@asynccontextmanager
async def connected(url: str, *, statement_seconds: float | None = None) -> AsyncIterator[None]:
    """Connect the tables to the database at `sqlite://PATH` or `postgresql://…` for the time of the block.

    A statement that PostgreSQL answers later than after `statement_seconds` fails with a TimeoutError. The folder of a
    SQLite file is created. Raises OSError or asyncpg's errors when the server cannot be reached.
    """
    # The library keeps the statements it has made by the connection's name, so each dialect has its own name.
    name = "sqlite" if is_sqlite(url) else "postgresql"
    await Tortoise.init(
        config={"connections": {name: _connection(url, statement_seconds)}, "apps": _apps(name), "use_tz": True},
        _enable_global_fallback=True,
    )
    try:
        await database().execute_query("SELECT 1")
        yield
    finally:
        await Tortoise.close_connections()


def database() -> BaseDBAsyncClient:
    """Return the connection of the current context: inside a unit of work, its transaction."""
    return require_context().db()


def speaks_postgres() -> bool:
    """Tell whether the connected database is PostgreSQL."""
    return database().capabilities.dialect == "postgres"


def placeholder(place: int) -> str:
    """Return how the connected database writes its `place`-th parameter, from 1."""
    return f"${place}" if speaks_postgres() else "?"


def among(place: int) -> str:
    """Return how the connected database asks whether a key is one of those in its `place`-th parameter, from 1."""
    return f"= ANY(${place}::uuid[])" if speaks_postgres() else "IN (SELECT value FROM json_each(?))"


def key_parameter(key: UUID) -> UUID | str:
    """Return a key as the connected database takes it for a parameter."""
    return key if speaks_postgres() else str(key)


def keys_parameter(keys: Iterable[UUID]) -> list[UUID] | str:
    """Return keys as the connected database takes them for the parameter of `among`."""
    return list(keys) if speaks_postgres() else orjson.dumps([str(key) for key in keys]).decode()


def key_read(value: UUID | str) -> UUID:
    """Return a key that the connected database has answered with."""
    return value if isinstance(value, UUID) else UUID(value)


async def migrate(url: str, *, progress: Callable[[str, str, str], object] | None = None) -> None:
    """Apply the migrations that are missing, all or none; one process at a time."""
    async with _one_at_a_time(url):
        await _recording_executor()
        async with in_transaction():
            executor = _executor()
            executor.recorder = _SureRecorder(executor.connection)
            await executor.migrate(direction="forward", progress=progress)


async def pending_migrations() -> list[str]:
    """Return the names of the migrations that the connected database lacks, in order."""
    return [step.migration.name for step in await (await _recording_executor()).plan()]


class _SureRecorder(MigrationRecorder):
    """Knows that its table is there: to make sure of it again would commit SQLite's transaction half-way."""

    async def ensure_schema(self, schema_editor: BaseSchemaEditor) -> None:
        """Do nothing."""


async def _recording_executor() -> MigrationExecutor:
    """Return an executor whose table of applied migrations is there; to look for it breaks a transaction."""
    executor = _executor()
    await executor.recorder.ensure_schema(executor._schema_editor(atomic=False))
    return executor


def _executor() -> MigrationExecutor:
    connection = database()
    return MigrationExecutor(connection, _apps(connection.connection_name))


def _apps(connection_name: str) -> dict[str, dict[str, Any]]:
    return {"models": {**MIGRATIONS["apps"]["models"], "default_connection": connection_name}}


def _connection(url: str, statement_seconds: float | None = None) -> dict[str, Any]:
    connection = expand_db_url(url)
    credentials = connection["credentials"]
    if is_sqlite(url):
        path = Path(credentials["file_path"]).absolute()
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: name a file in it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        connection["engine"] = "models.sqlite_client"
        credentials |= {"busy_timeout": SQLITE_BUSY_MILLISECONDS, "synchronous": "NORMAL"}
    else:
        connection["engine"] = "models.postgres_client"
        credentials |= {
            "maxsize": POSTGRES_CONNECTIONS,
            "timeout": CONNECT_SECONDS,
            "command_timeout": statement_seconds,
            "application_name": APPLICATION,
            "server_settings": {"timezone": "UTC", "idle_in_transaction_session_timeout": LONGEST_PAUSE_MILLISECONDS},
        }
    return connection


@asynccontextmanager
async def _one_at_a_time(url: str) -> AsyncIterator[None]:
    """Hold a lock that the migrating processes share: SQLite's on a file beside, PostgreSQL's advisory one."""
    if is_sqlite(url):
        beside = await asyncio.to_thread(_locked_file, f"{_connection(url)['credentials']['file_path']}-migrating")
        try:
            yield
        finally:
            beside.close()
    else:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
            yield
        finally:
            await connection.close()


def _locked_file(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=MIGRATION_SECONDS, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    return connection
