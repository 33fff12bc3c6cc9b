"""The outbox: hints that a client changed, written with the change and relayed after the commit."""

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
