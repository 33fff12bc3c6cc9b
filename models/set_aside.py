"""Clients that could not be settled: set aside with the reason, in nobody's way, and tried again later."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.clients import Client
from models.database import database

FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=1)
MAX_REASON: Final = 500


class SetAside(Model):
    """A client whose last settling failed. It holds while the client is still due since `due_at`."""

    client_id = fields.UUIDField(primary_key=True)
    practice_id = fields.UUIDField()
    due_at = fields.DatetimeField()
    reason = fields.CharField(max_length=MAX_REASON)
    failures = fields.IntField()
    since = fields.DatetimeField()
    retry_at = fields.DatetimeField()

    class Meta:
        table = "set_aside"


async def set_aside(client_id: UUID, *, reason: str, now: datetime) -> None:
    """Note that the client could not be settled; it is to be tried again in a minute, then after ever longer waits."""
    client = await Client.get_or_none(id=client_id)
    if client is None or client.due_at is None:
        return
    known = await SetAside.get_or_none(client_id=client_id, due_at=client.due_at)
    failures, since = (known.failures + 1, known.since) if known else (1, now)
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    row = SetAside(
        client_id=client_id,
        practice_id=client.practice_id,
        due_at=client.due_at,
        reason=reason[:MAX_REASON],
        failures=failures,
        since=since,
        retry_at=now + wait,
    )
    columns = ["practice_id", "due_at", "reason", "failures", "since", "retry_at"]
    await SetAside.bulk_create([row], on_conflict=["client_id"], update_fields=columns)


async def take_back(client_ids: Collection[UUID]) -> None:
    """Forget that these clients could not be settled."""
    await SetAside.filter(client_id__in=list(client_ids)).delete()


async def forget_those_settled_otherwise() -> None:
    """Forget whom something else has settled since, as a read does, or who is there no more."""
    # Hardly ever is anybody set aside; to look for it first spares SQLite a write at each pass.
    if await SetAside.exists():
        await database().execute_query(
            "DELETE FROM set_aside WHERE NOT EXISTS "
            "(SELECT 1 FROM client WHERE client.id = set_aside.client_id AND client.due_at = set_aside.due_at)"
        )


async def those_set_aside(*, now: datetime) -> list[SetAside]:
    """Return who is due and could not be settled, the longest first."""
    rows = await SetAside.all().order_by("since", "client_id")
    clients = await Client.filter(due_at__lte=now, id__in=[row.client_id for row in rows])
    due = {client.id: client.due_at for client in clients}
    return [row for row in rows if due.get(row.client_id) == row.due_at]
