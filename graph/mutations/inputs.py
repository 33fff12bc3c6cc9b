"""The inputs of mutations. In updates what is absent stays unchanged, and null clears."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any

import strawberry
from strawberry import UNSET

from graph.mutations.once import ARGUMENT, Keyed
from graph.scalars import Color, TimeZone
from models.terms import Role, TaskTrigger


def given(update: object) -> dict[str, Any]:
    """Return the fields of an update that were given, null or not, by their Python names; the key is none of them."""
    values = {field.name: getattr(update, field.name) for field in fields(update)}  # type: ignore[arg-type]  # an input
    return {name: value for name, value in values.items() if value is not UNSET and name != ARGUMENT}


@strawberry.input(description="Names an appointment.")
class AppointmentIdInput(Keyed):
    """Of the mutations that say what became of it."""

    appointment_id: strawberry.ID = strawberry.field(description="The appointment.")


@strawberry.input(description="A session to book.")
class ScheduleAppointmentInput(Keyed):
    """Of scheduleAppointment."""

    client_id: strawberry.ID = strawberry.field(description="Whose session it is.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends: after its start, at most a day later.")
    practitioner_id: strawberry.ID | None = strawberry.field(default=None, description="Who gives it.")
    service: str | None = strawberry.field(default=None, description="What kind of session, up to 200 characters.")
    external_id: str | None = strawberry.field(default=None, description="Its id elsewhere, unique in the practice.")


@strawberry.input(description="Where to move an appointment.")
class RescheduleAppointmentInput(Keyed):
    """Of rescheduleAppointment."""

    appointment_id: strawberry.ID = strawberry.field(description="The appointment.")
    starts_at: datetime = strawberry.field(description="When it is to start.")
    ends_at: datetime = strawberry.field(description="When it is to end: after its start, at most a day later.")


@strawberry.input(description="A client to create.")
class CreateClientInput(Keyed):
    """Of createClient."""

    name: str = strawberry.field(description="The person's name, up to 200 characters.")
    external_id: str | None = strawberry.field(default=None, description="The id elsewhere, unique in the practice.")


@strawberry.input(description="What to change of a client. What is absent stays.")
class UpdateClientInput(Keyed):
    """Of updateClient."""

    client_id: strawberry.ID = strawberry.field(description="The client.")
    name: str | None = strawberry.field(default=UNSET, description="The person's name, up to 200 characters.")
    external_id: str | None = strawberry.field(default=UNSET, description="The id elsewhere; null clears it.")


@strawberry.input(description="For whom to create a task, and when.")
class TaskRuleInput:
    """Of a tracker."""

    assignee_id: strawberry.ID = strawberry.field(description="An active staff member.")
    trigger: TaskTrigger = strawberry.field(description="When the task is created.")


@strawberry.input(description="A tracker to set on a client.")
class CreateTrackerInput(Keyed):
    """Of createTracker."""

    client_id: strawberry.ID = strawberry.field(description="The client; at most 8 trackers fit.")
    session_limit: int = strawberry.field(description="How many sessions a period allows: 1 or more.")
    begin_date: date = strawberry.field(description="The first day; completed sessions since then count at once.")
    end_date: date | None = strawberry.field(
        default=None, description="The last day; needed for an automatic reset and for a task on the end date."
    )
    note: str | None = strawberry.field(default=None, description="Shown on the banner; up to 1,000 characters.")
    color: Color | None = strawberry.field(default=None, description="Its identifying colour; #3366CC when absent.")
    auto_reset: bool | None = strawberry.field(
        default=False, description="Whether a new period begins after the end date."
    )
    task_rule: TaskRuleInput | None = strawberry.field(default=None, description="Whether a task is created.")


@strawberry.input(description="What to change of a tracker's current period. What is absent stays, null clears.")
class UpdateTrackerInput(Keyed):
    """Of updateTracker."""

    tracker_id: strawberry.ID = strawberry.field(description="The tracker.")
    session_limit: int | None = strawberry.field(default=UNSET, description="1 or more; cannot be cleared.")
    begin_date: date | None = strawberry.field(default=UNSET, description="The first day; cannot be cleared.")
    end_date: date | None = strawberry.field(default=UNSET, description="The last day; null lets the period run on.")
    note: str | None = strawberry.field(default=UNSET, description="Up to 1,000 characters; null clears it.")
    color: Color | None = strawberry.field(default=UNSET, description="Null gives the colour #3366CC.")
    auto_reset: bool | None = strawberry.field(default=UNSET, description="Null switches it off.")
    task_rule: TaskRuleInput | None = strawberry.field(default=UNSET, description="Null: no task is created.")
    expected_updated_at: datetime | None = strawberry.field(
        default=None, description="`updatedAt` as last seen: CONFLICT when somebody else edited since."
    )


@strawberry.input(description="Names a tracker.")
class TrackerIdInput(Keyed):
    """Of removeTracker."""

    tracker_id: strawberry.ID = strawberry.field(description="The tracker.")


@strawberry.input(description="The order of a client's trackers.")
class ReorderTrackersInput(Keyed):
    """Of reorderTrackers."""

    client_id: strawberry.ID = strawberry.field(description="The client.")
    tracker_ids: list[strawberry.ID] = strawberry.field(
        description="All trackers that are not removed, each once: they take slots 1, 2, 3 …"
    )


@strawberry.input(description="Names a task.")
class TaskIdInput(Keyed):
    """Of completeTask and reopenTask."""

    task_id: strawberry.ID = strawberry.field(description="The task.")


@strawberry.input(description="To whom to hand a task.")
class ReassignTaskInput(Keyed):
    """Of reassignTask."""

    task_id: strawberry.ID = strawberry.field(description="The task.")
    assignee_id: strawberry.ID = strawberry.field(description="An active staff member.")


@strawberry.input(description="What to change of the practice. What is absent stays.")
class UpdatePracticeInput(Keyed):
    """Of updatePractice."""

    name: str | None = strawberry.field(default=UNSET, description="Up to 200 characters.")
    time_zone: TimeZone | None = strawberry.field(
        default=UNSET, description="Service dates and the ends of running periods move with it."
    )


@strawberry.input(description="A staff member to add.")
class CreateStaffMemberInput(Keyed):
    """Of createStaffMember."""

    name: str = strawberry.field(description="Up to 200 characters.")
    email: str = strawberry.field(description="Unique in the practice.")
    role: Role = strawberry.field(description="What the person may do.")


@strawberry.input(description="What to change of a staff member. What is absent stays.")
class UpdateStaffMemberInput(Keyed):
    """Of updateStaffMember."""

    staff_member_id: strawberry.ID = strawberry.field(description="The staff member.")
    name: str | None = strawberry.field(default=UNSET, description="Up to 200 characters.")
    email: str | None = strawberry.field(default=UNSET, description="Unique in the practice.")
    role: Role | None = strawberry.field(default=UNSET, description="What the person may do.")
    active: bool | None = strawberry.field(default=UNSET, description="Whether the person may sign in and get work.")
