"""The practice (the tenant) and its staff members."""

from uuid import UUID

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.terms import Role


class Practice(Model):
    """The tenant: nothing of one practice is ever visible to another.

    `moved_at` is when it last changed its time zone. Its clients follow one after another.
    """

    id = fields.UUIDField(primary_key=True)
    name = fields.CharField(max_length=200)
    time_zone = fields.CharField(max_length=64)
    moved_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "practice"
        constraints = (CheckConstraint(check="length(name) > 0", name="practice_name_is_given"),)


class StaffMember(Model):
    """A person of the practice who signs in."""

    id = fields.UUIDField(primary_key=True)
    practice: fields.ForeignKeyRelation[Practice] = fields.ForeignKeyField(
        "models.Practice", on_delete=fields.OnDelete.RESTRICT
    )
    practice_id: UUID
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=254)
    role = fields.CharEnumField(Role, max_length=16)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "staff_member"
        constraints = (UniqueConstraint(fields=("practice_id", "email"), name="staff_member_email_is_unique"),)
