"""Migrations: from nothing to what the models say, once, by however many."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from tortoise import Tortoise
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

import models.migrations
from models.clients import Client
from models.database import MIGRATIONS, connected, database, migrate, pending_migrations, speaks_postgres
from models.practices import Practice
from tests.storage.raw import NOON, client_row, insert

ALL = [
    "0001_initial",
    "0002_constraints",
    "0003_append_only_history",
    "0004_due_clients",
    "0005_clients_carry_their_zone",
    "0006_idempotency_keys",
]
MIGRATE = """
import asyncio, sys
from models.database import connected, migrate

async def main(url):
    async with connected(url):
        print("ready", flush=True)
        sys.stdin.readline()
        await migrate(url)

asyncio.run(main(sys.argv[1]))
"""
PROCESSES = 4


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Yield the address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'a folder to be made' / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgres")
    connection = await asyncpg.connect(server)
    await connection.execute("CREATE DATABASE empty")
    yield server.replace("/postgres?", "/empty?")
    await connection.execute("DROP DATABASE empty WITH (FORCE)")
    await connection.close()


async def tables() -> dict[str, list[str]]:
    """Return each table of the connected database with the names of its columns."""
    if speaks_postgres():
        rows = await database().execute_query_dict(
            "SELECT table_name AS held, column_name AS name FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
    else:
        rows = await database().execute_query_dict(
            "SELECT m.name AS held, c.name AS name FROM sqlite_master m, pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["held"], []).append(row["name"])
    return {held: sorted(names) for held, names in found.items()}


async def test_from_nothing_to_everything_and_again(empty_url: str) -> None:
    """Each migration is applied once, in order; a second run finds nothing to do and changes nothing."""
    applied: list[tuple[str, str]] = []
    async with connected(empty_url):
        assert await pending_migrations() == ALL
        await migrate(empty_url, progress=lambda event, _app, name: applied.append((event, name)))
        assert [name for event, name in applied if event == "apply_done"] == ALL
        assert await pending_migrations() == []
        before = await tables()
        applied.clear()
        await migrate(empty_url, progress=lambda event, _app, name: applied.append((event, name)))
        assert [name for event, name in applied if event == "apply_done"] == []
        assert await tables() == before
    async with connected(empty_url):
        assert await pending_migrations() == []


async def test_the_migrated_tables_are_those_of_the_models(empty_url: str) -> None:
    """No table and no column is missing or left over."""
    async with connected(empty_url):
        await migrate(empty_url)
        found = await tables()
        wanted = {
            str(model._meta.db_table): sorted(model._meta.fields_db_projection.values())
            for model in (Tortoise.apps or {})["models"].values()
        }
    assert {held: names for held, names in found.items() if held in wanted} == wanted
    assert len(found) == len(wanted) + 1  # the record of the migrations applied


async def test_the_models_have_no_change_without_a_migration() -> None:
    """What `tortoise makemigrations` would write: nothing."""
    folder = Path(models.migrations.__file__).parent
    before = sorted(folder.iterdir())
    await Tortoise.init(config=MIGRATIONS)
    try:
        detected = await MigrationAutodetector(Tortoise.apps, MIGRATIONS["apps"]).changes()
        assert [writer.as_string() for writer in detected] == []
    finally:
        await Tortoise.close_connections()
    assert sorted(folder.iterdir()) == before
    assert [path.stem for path in before if path.stem[0] == "0"] == ALL


async def test_clients_on_record_are_kept_where_their_practice_is(empty_url: str) -> None:
    """When a database of the time before clients had a zone of their own is brought up to date."""
    async with connected(empty_url):
        apps = {"models": {**MIGRATIONS["apps"]["models"], "default_connection": database().connection_name}}
        await MigrationExecutor(database(), apps).migrate([MigrationTarget("models", "0004_due_clients")])
        for zone in ("Europe/Zurich", "America/New_York"):
            key = uuid4()
            await insert("practice", id=key, name=zone, time_zone=zone, created_at=NOON)
            row = client_row(key, name=f"of {zone}")
            await insert("client", **{column: value for column, value in row.items() if column != "time_zone"})
        await migrate(empty_url)
        found = {row.name: row.time_zone for row in await Client.all()}
        assert found == {"of Europe/Zurich": "Europe/Zurich", "of America/New_York": "America/New_York"}
        assert [row.moved_at for row in await Practice.all()] == [None, None]


class Halt(BaseException):
    """Stops the process that migrates."""


async def test_a_run_that_was_stopped_is_taken_up_by_the_next(empty_url: str) -> None:
    """Stopped just after a migration was applied, the next run goes on from there."""

    def stop(event: str, _app: str, _name: str) -> None:
        if event == "apply_done":
            raise Halt

    async with connected(empty_url):
        for _ in ALL:
            with pytest.raises(Halt):
                await migrate(empty_url, progress=stop)
        await migrate(empty_url)
        assert await pending_migrations() == []


async def test_several_processes_migrate_at_once(empty_url: str) -> None:
    """As when several servers are started: all succeed, and the schema is whole."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MIGRATE, empty_url),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    outcomes = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [errors.decode() for _output, errors in outcomes] == [""] * PROCESSES
    assert [process.returncode for process in processes] == [0] * PROCESSES
    async with connected(empty_url):
        assert await pending_migrations() == []
        recorded = await database().execute_query_dict("SELECT name FROM tortoise_migrations ORDER BY id")
        assert [row["name"] for row in recorded] == ALL
