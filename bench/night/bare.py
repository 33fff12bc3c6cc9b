"""The floors: what the same database takes for the rows alone, in a few bare statements."""

import time
from collections.abc import Sequence
from typing import Final

from tortoise.indexes import Index
from tortoise.models import Model

from models.clients import Client
from models.database import database, speaks_postgres
from models.history import HistoryEntry
from models.outbox import OutboxHint
from models.tasks import Task
from models.trackers import ClosedPeriod, Tracker

NIGHTLY: Final[tuple[type[Model], ...]] = (ClosedPeriod, Tracker, Task, Client, HistoryEntry, OutboxHint)
"""The tables that a night writes."""

CHANGES: Final = """
    UPDATE bare_tracker SET begin_date = coalesce(end_date, begin_date),
      end_date = CASE WHEN end_date IS NULL THEN end_date ELSE '2027-12-31' END,
      period_number = period_number + 1, used = 0, remaining = session_limit, state = 'ACTIVE', noticed_limit = NULL,
      end_noticed = NOT end_noticed
"""
"""The columns that settling writes of a tracker."""


async def bare_update() -> float:
    """Return how many seconds a bare UPDATE of all trackers takes, on a copy with their indexes."""
    await _copy(Tracker)
    await _come_to_rest([Tracker])
    seconds = await timed(CHANGES)
    await database().execute_query("DROP TABLE bare_tracker")
    await _come_to_rest([])
    return seconds


class SameRows:
    """Copies of tables as they are now, into which what is then written to the tables is written again, bare.

    PostgreSQL only. The copies have the indexes and the foreign keys of the tables.
    """

    def __init__(self, models: Sequence[type[Model]]) -> None:
        self._models = models

    async def copy(self) -> None:
        """Copy the tables of the connected database."""
        for model in self._models:
            await _copy(model)
            await _add_foreign_keys(model._meta.db_table)
        await _come_to_rest(self._models)

    async def write_again(self) -> float:
        """Return how many seconds it takes to insert and update in the copies what differs: two statements a table."""
        statements = [statement for model in self._models for statement in await _differences(model)]
        await _come_to_rest([])
        return sum([await timed(statement) for statement in statements])


async def timed(statement: str) -> float:
    """Return how many seconds the statement takes."""
    begun = time.perf_counter()
    await database().execute_query(statement)
    return time.perf_counter() - begun


async def _copy(model: type[Model]) -> None:
    table = model._meta.db_table
    if speaks_postgres():
        await database().execute_query(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
    else:
        await database().execute_query(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WHERE false")
        await database().execute_query(f"CREATE UNIQUE INDEX bare_{table}_key ON bare_{table} (id)")
        for index in model._meta.indexes:
            assert isinstance(index, Index), "our indexes have names"
            columns = ", ".join(index.fields)
            await database().execute_query(f"CREATE INDEX bare_{index.name} ON bare_{table} ({columns})")
    await database().execute_query(f"INSERT INTO bare_{table} SELECT * FROM {table}")


async def _add_foreign_keys(table: str) -> None:
    _, keys = await database().execute_query(
        f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'f'"
    )
    for (key,) in keys:
        await database().execute_query(f"ALTER TABLE bare_{table} ADD {key} NOT VALID")


async def _differences(model: type[Model]) -> list[str]:
    """Put aside the rows that are new or changed, and return the statements that write them into the copy."""
    table = model._meta.db_table
    columns = [name for name in model._meta.fields_db_projection if name != "id"]
    for kind, join, condition in (
        ("new", "LEFT JOIN", "old.id IS NULL"),
        ("changed", "JOIN", f"({_listed('now', columns)}) IS DISTINCT FROM ({_listed('old', columns)})"),
    ):
        await database().execute_query(
            f"CREATE TABLE {kind}_{table} AS SELECT now.* FROM {table} AS now "
            f"{join} bare_{table} AS old USING (id) WHERE {condition}"
        )
        await database().execute_query(f"ANALYZE {kind}_{table}")
    assignments = ", ".join(f'"{name}" = given."{name}"' for name in columns)
    return [
        f"INSERT INTO bare_{table} SELECT * FROM new_{table}",
        f"UPDATE bare_{table} AS known SET {assignments} FROM changed_{table} AS given WHERE known.id = given.id",
    ]


def _listed(table: str, columns: Sequence[str]) -> str:
    return ", ".join(f'{table}."{name}"' for name in columns)


async def _come_to_rest(copies: Sequence[type[Model]]) -> None:
    if speaks_postgres():
        for model in copies:
            await database().execute_query(f"VACUUM ANALYZE bare_{model._meta.db_table}")
        await database().execute_query("CHECKPOINT")
