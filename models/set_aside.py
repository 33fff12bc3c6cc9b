"""Clients that could not be settled: set aside with the reason, in nobody's way, and tried again later."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.database import database, key_parameter, key_read, placeholder

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
MAX_REASON: Final = 500


class SetAside(Model):
    """A client whose last settling failed, until one succeeds."""

    client_id = fields.UUIDField(primary_key=True)
    practice_id = fields.UUIDField()
    reason = fields.CharField(max_length=MAX_REASON)
    failures = fields.IntField()
    since = fields.DatetimeField()
    retry_at = fields.DatetimeField()

    class Meta:
        table = "set_aside"


async def set_aside(client_id: UUID, *, reason: str, now: datetime) -> None:
    """Note that the client could not be settled; it is to be tried again in a minute, then after ever longer waits."""
    known = await SetAside.get_or_none(client_id=client_id)
    failures = known.failures + 1 if known else 1
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    said, counted, since, retry_at, key = map(placeholder, range(1, 6))
    await database().execute_query(
        "INSERT INTO set_aside (client_id, practice_id, reason, failures, since, retry_at) "
        f"SELECT id, practice_id, {said}, {counted}, {since}, {retry_at} FROM client WHERE id = {key} "
        "ON CONFLICT (client_id) DO UPDATE SET "
        "reason = excluded.reason, failures = excluded.failures, retry_at = excluded.retry_at",
        [reason[:MAX_REASON], failures, now, now + wait, key_parameter(client_id)],
    )


async def take_back(client_ids: Collection[UUID]) -> None:
    """Forget that these clients could not be settled."""
    await SetAside.filter(client_id__in=list(client_ids)).delete()


async def those_set_aside(*, now: datetime) -> list[SetAside]:
    """Return who is due and could not be settled, the longest first."""
    due = f"SELECT id FROM client WHERE due_at <= {placeholder(1)}"
    _, rows = await database().execute_query(
        f"SELECT client_id FROM set_aside WHERE client_id IN ({due}) ORDER BY since, client_id", [now]
    )
    known = {row.client_id: row for row in await SetAside.filter(client_id__in=[key for (key,) in rows])}
    return [known[key_read(key)] for (key,) in rows]
