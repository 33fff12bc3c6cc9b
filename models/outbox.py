"""The outbox: hints that a client changed, written with the change and relayed after the commit."""

from typing import NamedTuple
from uuid import UUID

from tortoise import fields
from tortoise.models import Model


class OutboxHint(Model):
    """A client reached a revision. It carries no state, so that repeats and gaps are harmless."""

    id = fields.BigIntField(primary_key=True, generated=True)
    client_id = fields.UUIDField()
    practice_id = fields.UUIDField()
    revision = fields.BigIntField()

    class Meta:
        table = "outbox_hint"


class NewHint(NamedTuple):
    """A hint that is to be saved."""

    client_id: UUID
    practice_id: UUID
    revision: int
