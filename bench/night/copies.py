"""Multiplies a filled database inside PostgreSQL: each generation is a copy of the first with keys of its own."""

from typing import Final

from tortoise import fields
from tortoise.models import Model

from models.appointments import Appointment
from models.clients import Client
from models.database import database
from models.history import HistoryEntry
from models.tasks import Task
from models.trackers import ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work

TABLES: Final[tuple[type[Model], ...]] = (Client, Tracker, ClosedPeriod, Appointment, Task, HistoryEntry)
OWN_KEYS: Final = {"id", "client_id", "tracker_id", "subject_id"}
"""Keys of rows that each generation has itself; practices and their staff are those of all."""


async def multiply(times: int) -> None:
    """Have the connected database hold so many times the clients that it holds, and what belongs to them.

    A key is time-ordered: in the n-th generation its moment lies n milliseconds later, and the rest is the same, so
    that references stay consistent. They are not checked, which would take most of the time.
    """

    async def work() -> None:
        await database().execute_query("SET LOCAL session_replication_role = replica")
        for model in TABLES:
            table = model._meta.db_table
            await database().execute_query(f"CREATE TEMP TABLE first_{table} ON COMMIT DROP AS SELECT * FROM {table}")
        for generation in range(1, times):
            for model in TABLES:
                await database().execute_query(_copying(model), [generation])

    if times > 1:
        await unit_of_work(work, announced=False)


def _copying(model: type[Model]) -> str:
    columns = list(model._meta.fields_db_projection)
    values = [_later(f'"{name}"') if _is_own_key(model, name) else f'"{name}"' for name in columns]
    listed = ", ".join(f'"{name}"' for name in columns)
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({listed}) SELECT {", ".join(values)} FROM first_{table}'


def _is_own_key(model: type[Model], name: str) -> bool:
    return name in OWN_KEYS and isinstance(model._meta.fields_map[name], fields.UUIDField)


def _later(key: str) -> str:
    milliseconds = f"('x' || left({key}::text, 8) || substr({key}::text, 10, 4))::bit(48)::bigint + $1::bigint"
    return f"(lpad(to_hex({milliseconds}), 12, '0') || substr({key}::text, 15))::uuid"
