"""Tasks: to-dos for one staff member, at most one for each tracker and period."""

from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from models.clients import Client
from models.practices import Practice, StaffMember
from models.terms import TaskReason, TaskStatus
from models.trackers import Tracker


class Task(Model):
    """A to-do created when a tracker's trigger fires, for the period whose count or end fired it."""

    id = fields.UUIDField(primary_key=True)
    practice: fields.ForeignKeyRelation[Practice] = fields.ForeignKeyField(
        "models.Practice", on_delete=fields.OnDelete.RESTRICT
    )
    practice_id: UUID
    client: fields.ForeignKeyRelation[Client] = fields.ForeignKeyField(
        "models.Client", on_delete=fields.OnDelete.RESTRICT
    )
    client_id: UUID
    tracker: fields.ForeignKeyRelation[Tracker] = fields.ForeignKeyField(
        "models.Tracker", on_delete=fields.OnDelete.RESTRICT
    )
    tracker_id: UUID
    period_number = fields.IntField()
    title = fields.CharField(max_length=300)
    assignee: fields.ForeignKeyRelation[StaffMember] = fields.ForeignKeyField(
        "models.StaffMember", on_delete=fields.OnDelete.RESTRICT
    )
    assignee_id: UUID
    reason = fields.CharEnumField(TaskReason, max_length=16)
    status = fields.CharEnumField(TaskStatus, max_length=16)
    rearmed = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "task"
        constraints = (UniqueConstraint(fields=("tracker_id", "period_number"), name="task_is_one_per_period"),)
        indexes = (
            Index(fields=("practice_id", "created_at", "id"), name="task_by_creation"),
            Index(fields=("client_id",), name="task_by_client"),
            Index(fields=("assignee_id", "status"), name="task_by_assignee"),
        )
