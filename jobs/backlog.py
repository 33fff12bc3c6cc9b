"""What waits to be done: clients that are due, those set aside, and hints that nobody has heard yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from models.database import database, placeholder

IS_SET_ASIDE: Final = "set_aside.client_id = client.id AND set_aside.due_at = client.due_at"


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits: `behind` is how long the first who is due has been so. Who is set aside is not among the due."""

    due: int
    behind: timedelta
    set_aside: int
    hints: int


async def read_backlog(*, now: datetime) -> Backlog:
    """Return what waits."""
    due, since = await _row(
        f"SELECT count(*), min(client.due_at) FROM client LEFT JOIN set_aside ON {IS_SET_ASIDE} "
        f"WHERE client.due_at <= {placeholder(1)} AND set_aside.client_id IS NULL",
        now,
    )
    (aside,) = await _row(
        f"SELECT count(*) FROM set_aside JOIN client ON {IS_SET_ASIDE} WHERE client.due_at <= {placeholder(1)}", now
    )
    (hints,) = await _row("SELECT count(*) FROM outbox_hint")
    return Backlog(due, now - _moment(since) if due else timedelta(), aside, hints)


async def _row(query: str, *parameters: object) -> tuple[Any, ...]:
    _, [row] = await database().execute_query(query, list(parameters))
    return tuple(row)


def _moment(value: datetime | str) -> datetime:
    """Return a moment that the connected database has answered with."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
