"""Clients: who receives care, with the revision of what is shown of them and the moment they are due."""

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.practices import Practice
from models.terms import ChangeReason


class Client(Model):
    """A person who receives care.

    `revision` grows with every visible change; `changed_because` says why it last did. `due_at` is the next instant
    at which something of the client changes by itself; a client is due when it is not after now. `settled_at` is the
    moment as of which it was last settled: no later settling goes back behind it. `time_zone` is where the service
    dates are kept and the client was settled last, which while a practice moves is not yet where that is.
    """

    id = fields.UUIDField(primary_key=True)
    practice: fields.ForeignKeyRelation[Practice] = fields.ForeignKeyField(
        "models.Practice", on_delete=fields.OnDelete.RESTRICT
    )
    practice_id: UUID
    name = fields.CharField(max_length=200)
    external_id = fields.CharField(max_length=200, null=True)
    revision = fields.BigIntField(default=0)
    changed_because = fields.CharEnumField(ChangeReason, max_length=16, default=ChangeReason.SNAPSHOT)
    due_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)
    time_zone = fields.CharField(max_length=64)
    created_at = fields.DatetimeField()

    class Meta:
        table = "client"
        constraints = (UniqueConstraint(fields=("practice_id", "external_id"), name="client_external_id_is_unique"),)
        indexes = (
            Index(fields=("due_at", "id"), name="client_by_due_moment"),
            Index(fields=("practice_id", "due_at", "id"), name="client_by_practice_and_due_moment"),
            Index(fields=("practice_id", "name", "id"), name="client_by_name"),
        )

    def told(self) -> dict[str, object]:
        """Return the client as history records them."""
        return {"name": self.name, "externalId": self.external_id}
