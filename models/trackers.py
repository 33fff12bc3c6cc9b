"""Trackers and the periods they have closed."""

from typing import cast
from uuid import UUID

from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from models.clients import Client
from models.practices import Practice, StaffMember
from models.standing import over
from models.terms import TaskTrigger, TrackerState
from models.tracker_settings import TaskRule, TrackerSettings

MAX_TRACKERS = 8
DEFAULT_COLOR = "#3366CC"


class Tracker(Model):
    """A session limit on one client: its settings and, in the same row, its current period.

    Only the ledger writes the current period's columns. `anchor_*` is the span a person last set, and which period
    it was; `noticed_limit` and `end_noticed` are the rule's memory of what has fired.
    """

    id = fields.UUIDField(primary_key=True)
    practice: fields.ForeignKeyRelation[Practice] = fields.ForeignKeyField(
        "models.Practice", on_delete=fields.OnDelete.RESTRICT
    )
    practice_id: UUID
    client: fields.ForeignKeyRelation[Client] = fields.ForeignKeyField(
        "models.Client", on_delete=fields.OnDelete.RESTRICT
    )
    client_id: UUID
    slot = fields.SmallIntField()
    session_limit = fields.IntField()
    begin_date = fields.DateField()
    end_date = fields.DateField(null=True)
    note = fields.CharField(max_length=1000, null=True)
    color = fields.CharField(max_length=7)
    auto_reset = fields.BooleanField()
    task_assignee: fields.ForeignKeyNullableRelation[StaffMember] = fields.ForeignKeyField(
        "models.StaffMember", null=True, on_delete=fields.OnDelete.RESTRICT
    )
    task_assignee_id: UUID | None
    task_trigger = cast("TaskTrigger | None", fields.CharEnumField(TaskTrigger, max_length=24, null=True))
    anchor_begin = fields.DateField()
    anchor_end = fields.DateField(null=True)
    anchor_number = fields.IntField(default=1)
    period_number = fields.IntField(default=1)
    used = fields.IntField(default=0)
    remaining = fields.IntField()
    state = fields.CharEnumField(TrackerState, max_length=16)
    noticed_limit = cast("int | None", fields.IntField(null=True))
    end_noticed = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "tracker"
        constraints = (
            UniqueConstraint(fields=("client_id", "slot"), name="tracker_slot_is_free", condition="removed_at IS NULL"),
            CheckConstraint(check=f"slot BETWEEN 1 AND {MAX_TRACKERS}", name="tracker_slot_is_one_of_eight"),
            CheckConstraint(check="session_limit >= 1", name="tracker_limit_is_positive"),
            CheckConstraint(check="end_date IS NULL OR begin_date <= end_date", name="tracker_begins_before_it_ends"),
            CheckConstraint(
                check="end_date IS NOT NULL OR (NOT auto_reset AND coalesce(task_trigger, 'COUNT_REACHED') = "
                "'COUNT_REACHED')",
                name="tracker_end_date_is_given_where_needed",
            ),
            CheckConstraint(
                check="(task_trigger IS NULL) = (task_assignee_id IS NULL)", name="tracker_task_rule_is_whole"
            ),
        )
        indexes = (
            Index(fields=("practice_id", "remaining", "id"), name="tracker_by_remaining"),
            Index(fields=("practice_id", "end_date", "id"), name="tracker_by_end_date"),
        )

    @property
    def settings(self) -> TrackerSettings:
        """What a person has set on it."""
        rule = None
        if self.task_trigger is not None and self.task_assignee_id is not None:
            rule = TaskRule(self.task_assignee_id, self.task_trigger)
        return TrackerSettings(
            session_limit=self.session_limit,
            begin_date=self.begin_date,
            end_date=self.end_date,
            note=self.note,
            color=self.color,
            auto_reset=self.auto_reset,
            task_rule=rule,
        )

    def told(self) -> dict[str, object]:
        """Return the tracker's settings and place as history records them."""
        return {**self.settings.told(), "slot": self.slot}

    @property
    def over(self) -> int:
        """How many sessions were used past the limit."""
        return over(session_limit=self.session_limit, used=self.used)


class ClosedPeriod(Model):
    """A period that ended with an automatic reset. Corrections still change its count."""

    id = fields.UUIDField(primary_key=True)
    practice: fields.ForeignKeyRelation[Practice] = fields.ForeignKeyField(
        "models.Practice", on_delete=fields.OnDelete.RESTRICT
    )
    practice_id: UUID
    tracker: fields.ForeignKeyRelation[Tracker] = fields.ForeignKeyField(
        "models.Tracker", on_delete=fields.OnDelete.RESTRICT
    )
    tracker_id: UUID
    number = fields.IntField()
    begin_date = fields.DateField()
    end_date = fields.DateField()
    session_limit = fields.IntField()
    used = fields.IntField()
    closed_at = fields.DatetimeField()

    class Meta:
        table = "closed_period"
        constraints = (
            UniqueConstraint(fields=("tracker_id", "number"), name="closed_period_number_is_unique"),
            CheckConstraint(check="begin_date <= end_date", name="closed_period_begins_before_it_ends"),
        )
