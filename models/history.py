"""The append-only history: who changed what, when, from what to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.bulk import insert_rows
from models.identifiers import new_id


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change: a staff member by id, or a named system (`label`)."""

    label: str
    staff_member_id: UUID | None = None


BY_ITSELF = Actor("system")


class HistoryEntry(Model):
    """One change. The database refuses to update or delete it."""

    id = fields.UUIDField(primary_key=True)
    practice_id = fields.UUIDField()
    client_id = fields.UUIDField(null=True)
    subject_id = fields.UUIDField()
    what = fields.CharField(max_length=64)
    actor = fields.CharField(max_length=200)
    staff_member_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()
    before: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    after: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)

    class Meta:
        table = "history_entry"
        indexes = (
            Index(fields=("practice_id", "at", "id"), name="history_by_moment"),
            Index(fields=("subject_id", "at"), name="history_by_subject"),
        )


class Entry(NamedTuple):
    """An entry that is to be saved, in the transaction of the change."""

    id: UUID
    practice_id: UUID
    client_id: UUID | None
    subject_id: UUID
    what: str
    actor: str
    staff_member_id: UUID | None
    at: datetime
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


def entry(
    *,
    practice_id: UUID,
    client_id: UUID | None,
    subject_id: UUID,
    what: str,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> Entry:
    """Make an entry; values must be fit for JSON."""
    return Entry(
        id=new_id(now=at),
        practice_id=practice_id,
        client_id=client_id,
        subject_id=subject_id,
        what=what,
        actor=actor.label,
        staff_member_id=actor.staff_member_id,
        at=at,
        before=before,
        after=after,
    )


async def record(
    row: Model,
    what: str,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    """Save the entry of a change of a practice, or of a row of a practice, in the transaction of the change."""
    await insert_rows(HistoryEntry, [entry_of(row, what, actor=actor, at=at, before=before, after=after)])


def entry_of(
    row: Model,
    what: str,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> Entry:
    """Make the entry of a change of a row: its practice and its client are found in the row itself."""
    return entry(
        practice_id=getattr(row, "practice_id", row.pk),
        client_id=row.pk if row._meta.db_table == "client" else getattr(row, "client_id", None),
        subject_id=row.pk,
        what=what,
        actor=actor,
        at=at,
        before=before,
        after=after,
    )
