"""History: each change, who made it, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry.scalars import JSON
from tortoise.models import Model

from graph.context import Info
from graph.ids import global_id
from graph.types.node import Node
from graph.types.practice import StaffMember
from models import history as rows
from models.appointments import Appointment as AppointmentRow
from models.clients import Client as ClientRow
from models.practices import Practice as PracticeRow
from models.practices import StaffMember as StaffMemberRow
from models.tasks import Task as TaskRow
from models.trackers import Tracker as TrackerRow

if TYPE_CHECKING:
    from graph.types.client import Client

SUBJECTS: Final[Mapping[str, type[Model]]] = {
    "appointment": AppointmentRow,
    "client": ClientRow,
    "period": TrackerRow,
    "practice": PracticeRow,
    "staff_member": StaffMemberRow,
    "task": TaskRow,
    "tracker": TrackerRow,
    "trackers": ClientRow,
}
"""What was changed, by the first word of `what`: a period is its tracker's, the order of trackers their client's."""

NAMED: Final[Mapping[str, type[Model]]] = {
    "assignee": StaffMemberRow,
    "assigneeId": StaffMemberRow,
    "clientId": ClientRow,
    "practitionerId": StaffMemberRow,
    **{str(slot): TrackerRow for slot in range(1, 9)},
}
"""Whose keys are told under these names; a number is a slot."""


def subject_of(entry: rows.HistoryEntry) -> tuple[type[Model], UUID]:
    """Return the table and the key of what an entry is about."""
    return SUBJECTS[entry.what.partition(".")[0]], entry.subject_id


def with_ids(told: Mapping[str, object] | None) -> Any:
    """Return what history tells of a state, with global ids for the keys in it."""
    return told and {name: _with_id(name, value) for name, value in told.items()}


def _with_id(name: str, value: object) -> object:
    if isinstance(value, Mapping):
        return with_ids(value)
    return global_id(NAMED[name].__name__, UUID(value)) if name in NAMED and isinstance(value, str) else value


@strawberry.type(description="Who made a change: a person of the practice, or a system.")
class Actor:
    """Reads the entry's own row."""

    @strawberry.field(description="The person's name at that time, or what the system is called.")
    def label(root: strawberry.Parent[rows.HistoryEntry]) -> str:
        return root.actor

    @strawberry.field(graphql_type=StaffMember | None, description="The person; absent for a system.")
    async def staff_member(root: strawberry.Parent[rows.HistoryEntry], info: Info) -> StaffMemberRow | None:
        return await info.context.loaders.staff.load(root.staff_member_id) if root.staff_member_id else None


@strawberry.type(description="One change. Nobody can alter or delete what is told of it.")
class HistoryEntry:
    """Reads a row of `models.history`."""

    @strawberry.field(description="Opaque, and unique among all entries.")
    def id(root: strawberry.Parent[rows.HistoryEntry]) -> strawberry.ID:
        return global_id("HistoryEntry", root.id)

    at: datetime = strawberry.field(description="When it was made; of the end of a period, when that was.")
    what: str = strawberry.field(
        description="What was done, as subject.verb, such as appointment.completed, tracker.updated or period.closed."
    )

    @strawberry.field(graphql_type=Actor, description="Who made it.")
    def actor(root: strawberry.Parent[rows.HistoryEntry]) -> rows.HistoryEntry:
        return root

    @strawberry.field(description="The id of what was changed, also when that was deleted since.")
    def subject_id(root: strawberry.Parent[rows.HistoryEntry]) -> strawberry.ID:
        model, key = subject_of(root)
        return global_id(model.__name__, key)

    @strawberry.field(graphql_type=Node | None, description="What was changed, as it is now; null when it was deleted.")
    async def subject(root: strawberry.Parent[rows.HistoryEntry], info: Info) -> Model | None:
        return await info.context.loaders.nodes.load(subject_of(root))

    @strawberry.field(
        graphql_type=Annotated["Client", strawberry.lazy("graph.types.client")] | None,
        description="The client whom it is about; absent for the practice and its staff.",
    )
    async def client(root: strawberry.Parent[rows.HistoryEntry], info: Info) -> ClientRow | None:
        return await info.context.loaders.clients.load(root.client_id) if root.client_id else None

    @strawberry.field(graphql_type=JSON | None, description="How it was before; null for what is new.")
    def before(root: strawberry.Parent[rows.HistoryEntry]) -> Any:
        return with_ids(root.before)

    @strawberry.field(graphql_type=JSON | None, description="How it was afterwards; null for what was taken away.")
    def after(root: strawberry.Parent[rows.HistoryEntry]) -> Any:
        return with_ids(root.after)
