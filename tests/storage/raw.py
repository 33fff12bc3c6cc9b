"""Raw SQL, past the application, in the dialect of the connected database."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from models.clients import Client
from models.database import database, placeholder, speaks_postgres
from models.trackers import Tracker

NOON = datetime.fromisoformat("2026-03-04T12:00:00+00:00")


def bound(value: object) -> object:
    """Return the value as the database's driver takes it."""
    if speaks_postgres() or value is None or isinstance(value, bool | int):
        return value
    return str(value)


async def insert(table: str, **values: object) -> None:
    """Insert one row."""
    places = ", ".join(placeholder(place) for place in range(1, len(values) + 1))
    await database().execute_query(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", [bound(value) for value in values.values()]
    )


async def execute(statement: str, *values: object) -> None:
    """Run a statement whose parameters are written `?`."""
    parts = statement.split("?")
    text = "".join(f"{part}{placeholder(place)}" for place, part in enumerate(parts[:-1], start=1)) + parts[-1]
    await database().execute_query(text, [bound(value) for value in values])


async def rows_in(table: str) -> int:
    """Count a table's rows."""
    found = await database().execute_query_dict(f"SELECT count(*) AS rows FROM {table}")
    return int(found[0]["rows"])


def tracker_row(client: Client, **others: object) -> Mapping[str, Any]:
    """Return a tracker's columns that every constraint accepts, but for `others`."""
    return {
        "id": uuid4(),
        "practice_id": client.practice_id,
        "client_id": client.id,
        "slot": 1,
        "session_limit": 12,
        "begin_date": date(2026, 3, 1),
        "end_date": date(2026, 3, 31),
        "color": "#336699",
        "auto_reset": False,
        "anchor_begin": date(2026, 3, 1),
        "anchor_number": 1,
        "period_number": 1,
        "used": 0,
        "remaining": 12,
        "state": "ACTIVE",
        "noticed_limit": None,
        "end_noticed": False,
        "created_at": NOON,
        "updated_at": NOON,
        **others,
    }


def client_row(practice_id: UUID, **others: object) -> Mapping[str, Any]:
    """Return a client's columns."""
    fixed = {"id": uuid4(), "practice_id": practice_id, "name": "Jonas Frei", "time_zone": "Europe/Zurich"}
    return {**fixed, "created_at": NOON, "revision": 0, "changed_because": "SNAPSHOT", **others}


def appointment_row(client: Client, **others: object) -> Mapping[str, Any]:
    """Return an appointment's columns."""
    return {
        "id": uuid4(),
        "practice_id": client.practice_id,
        "client_id": client.id,
        "starts_at": NOON,
        "ends_at": NOON,
        "service_date": NOON.date(),
        "status": "SCHEDULED",
        "created_at": NOON,
        **others,
    }


def staff_row(practice_id: UUID, **others: object) -> Mapping[str, Any]:
    """Return a staff member's columns."""
    fixed = {"id": uuid4(), "practice_id": practice_id, "name": "Ida Sommer", "email": "ida@harbour.example"}
    return {**fixed, "role": "STAFF", "active": True, "created_at": NOON, **others}


def task_row(tracker: Tracker, assignee_id: UUID, **others: object) -> Mapping[str, Any]:
    """Return a task's columns."""
    return {
        "id": uuid4(),
        "practice_id": tracker.practice_id,
        "client_id": tracker.client_id,
        "tracker_id": tracker.id,
        "period_number": 1,
        "title": "Call",
        "assignee_id": assignee_id,
        "reason": "COUNT_REACHED",
        "status": "OPEN",
        "rearmed": False,
        "created_at": NOON,
        **others,
    }


def closed_period_row(tracker: Tracker, **others: object) -> Mapping[str, Any]:
    """Return a closed period's columns."""
    return {
        "id": uuid4(),
        "practice_id": tracker.practice_id,
        "tracker_id": tracker.id,
        "number": 1,
        "begin_date": date(2026, 2, 1),
        "end_date": date(2026, 2, 28),
        "session_limit": 12,
        "used": 0,
        "closed_at": NOON,
        **others,
    }
