"""Clients."""

from datetime import date
from typing import Annotated

import strawberry

from graph.context import Info
from graph.types.appointment import Appointment
from graph.types.node import Connection, Node, reads
from graph.types.task import Task
from graph.types.tracker import Tracker
from models import clients as rows
from models.appointments import Appointment as AppointmentRow
from models.paging import DEFAULT_PAGE, Page
from models.tasks import Task as TaskRow
from models.terms import TaskStatus
from models.trackers import Tracker as TrackerRow
from models.windows import Window

First = Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]
FromDate = Annotated[date | None, strawberry.argument(name="from", description="The first service date.")]
ToDate = Annotated[date | None, strawberry.argument(name="to", description="The last service date.")]


def size(first: int | None) -> int:
    """Return how many to read: null is as good as absent."""
    return DEFAULT_PAGE if first is None else first


@strawberry.type(description="The person who receives care.")
class Client(Node):
    """Reads a row of `models.clients`."""

    is_type_of = reads(rows.Client)

    name: str = strawberry.field(description="The person's name.")
    external_id: str | None = strawberry.field(description="The id in another system, unique within the practice.")
    revision: int = strawberry.field(description="Grows with every visible change of the client.")

    @strawberry.field(graphql_type=list[Tracker], description="Those that are not removed, in slot order.")
    async def trackers(root: strawberry.Parent[rows.Client], info: Info) -> list[TrackerRow]:
        return await info.context.loaders.trackers_of_client.load(root.id)

    @strawberry.field(graphql_type=Connection[Appointment], description="By their start; dates are service dates.")
    async def appointments(
        root: strawberry.Parent[rows.Client],
        info: Info,
        from_date: FromDate = None,
        to_date: ToDate = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Page[AppointmentRow]:
        return await info.context.loaders.appointments_of_client.load(
            Window(root.id, size(first), after, from_date=from_date, to_date=to_date)
        )

    @strawberry.field(graphql_type=list[Task], description="Newest first.")
    async def tasks(
        root: strawberry.Parent[rows.Client],
        info: Info,
        status: Annotated[
            list[TaskStatus] | None, strawberry.argument(description="Only these; all when absent.")
        ] = None,
    ) -> list[TaskRow]:
        tasks = await info.context.loaders.tasks_of_client.load(root.id)
        return tasks if status is None else [task for task in tasks if task.status in status]
