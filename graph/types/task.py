"""Tasks."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.context import Info
from graph.types.node import Node, reads
from graph.types.practice import StaffMember
from graph.types.tracker import Period, Tracker, all_periods
from models import periods as facts
from models import tasks as rows
from models.clients import Client as ClientRow
from models.practices import StaffMember as StaffMemberRow
from models.terms import TaskReason, TaskStatus
from models.trackers import Tracker as TrackerRow

if TYPE_CHECKING:
    from graph.types.client import Client


@strawberry.type(description="A to-do for one staff member; a tracker has at most one for each period.")
class Task(Node):
    """Reads a row of `models.tasks`."""

    is_type_of = reads(rows.Task)

    title: str = strawberry.field(description="What it is about, in words.")

    @strawberry.field(
        graphql_type=Annotated["Client", strawberry.lazy("graph.types.client")], description="Whom it is about."
    )
    async def client(root: strawberry.Parent[rows.Task], info: Info) -> ClientRow:
        return await info.context.loaders.clients.load(root.client_id)

    @strawberry.field(graphql_type=Tracker, description="The tracker whose trigger created it.")
    async def tracker(root: strawberry.Parent[rows.Task], info: Info) -> TrackerRow:
        return await info.context.loaders.trackers.load(root.tracker_id)

    @strawberry.field(graphql_type=Period, description="The period whose count or end created it.")
    async def period(root: strawberry.Parent[rows.Task], info: Info) -> facts.Period:
        loaders = info.context.loaders
        tracker = await loaders.trackers.load(root.tracker_id)
        if tracker.period_number < root.period_number:
            # The tracker was read before the reset that made this task.
            loaders.trackers.clear(root.tracker_id)
            tracker = await loaders.trackers.load(root.tracker_id)
        periods = await all_periods(tracker, info)
        return next(period for period in periods if period.number == root.period_number)

    @strawberry.field(graphql_type=StaffMember, description="Who is to do it.")
    async def assignee(root: strawberry.Parent[rows.Task], info: Info) -> StaffMemberRow:
        return await info.context.loaders.staff.load(root.assignee_id)

    reason: TaskReason = strawberry.field(description="What fired it.")
    status: TaskStatus = strawberry.field(description="Whether it is still to do.")
    created_at: datetime = strawberry.field(description="When the trigger first fired.")
    closed_at: datetime | None = strawberry.field(description="When it was done or withdrawn.")
