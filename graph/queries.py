"""The queries: each authorizes and reads in its resolver."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import strawberry
from tortoise.models import Model

from graph.audit import AuditLogFilter
from graph.context import Info
from graph.ids import key_if_given, key_of, node_key
from graph.types.appointment import Appointment
from graph.types.client import After, Client, First, FromDate, ToDate, size
from graph.types.history import HistoryEntry
from graph.types.node import Connection, Node
from graph.types.practice import Practice, StaffMember, Viewer
from graph.types.task import Task
from graph.types.tracker import Tracker
from models import access
from models import appointments as appointment_rows
from models import clients as client_rows
from models import history as history_rows
from models import practices as practice_rows
from models import tasks as task_rows
from models import trackers as tracker_rows
from models.paging import DEFAULT_PAGE, Page
from models.terms import AppointmentStatus, TaskStatus, TrackerOrder, TrackerState
from resolvers import appointments, audit, clients, nodes, practices, staff, tasks, tracker_lists
from resolvers.permissions import Operation, authorize

Id = Annotated[strawberry.ID, strawberry.argument(description="The id, as it was returned.")]


@strawberry.input(description="Which trackers to list; what is absent does not narrow.")
class TrackerFilter:
    """Read into `tracker_lists.TrackerFilter`."""

    state: list[TrackerState] | None = strawberry.field(
        default=None, description="Only these states; when absent, all but REMOVED."
    )
    client_id: strawberry.ID | None = strawberry.field(default=None, description="Only this client's.")
    remaining_at_most: int | None = strawberry.field(default=None, description="With so many sessions left, or fewer.")
    ends_on_or_before: date | None = strawberry.field(default=None, description="With an end date up to this day.")

    def read(self) -> tracker_lists.TrackerFilter:
        """Return the filter with keys for ids."""
        client_id = key_if_given(client_rows.Client, self.client_id, "filter", "clientId")
        return tracker_lists.TrackerFilter(self.state, client_id, self.remaining_at_most, self.ends_on_or_before)


@strawberry.input(description="Which tasks to list; what is absent does not narrow.")
class TaskFilter:
    """Read into `tasks.TaskFilter`."""

    status: list[TaskStatus] | None = strawberry.field(default=None, description="Only these.")
    assignee_id: strawberry.ID | None = strawberry.field(default=None, description="Only this person's.")
    client_id: strawberry.ID | None = strawberry.field(default=None, description="Only those about this client.")

    def read(self) -> tasks.TaskFilter:
        """Return the filter with keys for ids."""
        return tasks.TaskFilter(
            self.status,
            key_if_given(practice_rows.StaffMember, self.assignee_id, "filter", "assigneeId"),
            key_if_given(client_rows.Client, self.client_id, "filter", "clientId"),
        )


@strawberry.type(description="What can be read. Everything is of the viewer's practice.")
class Query:
    """The root of queries."""

    @strawberry.field(graphql_type=Viewer, description="Who is signed in, in which practice, with which role.")
    async def viewer(self, info: Info) -> access.Viewer:
        authorize(info.context.viewer, Operation.VIEWER)
        return info.context.viewer

    @strawberry.field(graphql_type=Node | None, description="Anything by its id; null when there is no such thing.")
    async def node(self, info: Info, id: Id) -> Model | None:
        model, key = node_key(id)
        return await nodes.get(model, key, viewer=info.context.viewer, now=info.context.now)

    @strawberry.field(graphql_type=list[Node | None], description="Several things by their ids, in order; up to 100.")
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Up to 100 ids.")]
    ) -> Sequence[Model | None]:
        keys = [node_key(node_id) for node_id in ids]
        return await nodes.get_many(keys, viewer=info.context.viewer, now=info.context.now)

    @strawberry.field(graphql_type=Practice, description="The viewer's practice.")
    async def practice(self, info: Info) -> practice_rows.Practice:
        return await practices.get(viewer=info.context.viewer)

    @strawberry.field(graphql_type=Client | None, description="A client; null when there is no such client.")
    async def client(self, info: Info, id: Id) -> client_rows.Client | None:
        key = key_of(client_rows.Client, id, "id")
        return await clients.get(viewer=info.context.viewer, client_id=key, now=info.context.now)

    @strawberry.field(graphql_type=Connection[Client], description="Clients by name.")
    async def clients(
        self,
        info: Info,
        search: Annotated[
            str | None, strawberry.argument(description="Part of a name, or a whole external id.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Page[client_rows.Client]:
        return await clients.page(
            viewer=info.context.viewer, search=search, first=size(first), after=after, now=info.context.now
        )

    @strawberry.field(graphql_type=Appointment | None, description="An appointment; null when there is none.")
    async def appointment(self, info: Info, id: Id) -> appointment_rows.Appointment | None:
        key = key_of(appointment_rows.Appointment, id, "id")
        return await appointments.get(viewer=info.context.viewer, appointment_id=key, now=info.context.now)

    @strawberry.field(graphql_type=Connection[Appointment], description="Appointments by their start.")
    async def appointments(
        self,
        info: Info,
        from_date: FromDate = None,
        to_date: ToDate = None,
        status: Annotated[list[AppointmentStatus] | None, strawberry.argument(description="Only these.")] = None,
        client_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this client's.")] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Page[appointment_rows.Appointment]:
        return await appointments.page(
            viewer=info.context.viewer,
            from_date=from_date,
            to_date=to_date,
            status=status,
            client_id=key_if_given(client_rows.Client, client_id, "clientId"),
            first=size(first),
            after=after,
            now=info.context.now,
        )

    @strawberry.field(graphql_type=Connection[Tracker], description="The practice's trackers.")
    async def trackers(
        self,
        info: Info,
        filter: Annotated[TrackerFilter | None, strawberry.argument(description="Which to list.")] = None,
        order_by: Annotated[
            TrackerOrder | None, strawberry.argument(description="In which order.")
        ] = TrackerOrder.LEAST_REMAINING,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Page[tracker_rows.Tracker]:
        return await tracker_lists.page(
            viewer=info.context.viewer,
            only=(filter or TrackerFilter()).read(),
            order=order_by or TrackerOrder.LEAST_REMAINING,
            first=size(first),
            after=after,
            now=info.context.now,
        )

    @strawberry.field(graphql_type=Connection[Task], description="The practice's tasks, newest first.")
    async def tasks(
        self,
        info: Info,
        filter: Annotated[TaskFilter | None, strawberry.argument(description="Which to list.")] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Page[task_rows.Task]:
        only = (filter or TaskFilter()).read()
        return await tasks.page(
            viewer=info.context.viewer, only=only, first=size(first), after=after, now=info.context.now
        )

    @strawberry.field(graphql_type=Connection[StaffMember], description="The practice's staff members by name.")
    async def staff(
        self, info: Info, first: First = DEFAULT_PAGE, after: After = None
    ) -> Page[practice_rows.StaffMember]:
        return await staff.page(viewer=info.context.viewer, first=size(first), after=after)

    @strawberry.field(
        graphql_type=Connection[HistoryEntry],
        description="For ADMIN: every change in the practice, who made it and when; newest first.",
    )
    async def audit_log(
        self,
        info: Info,
        filter: Annotated[AuditLogFilter | None, strawberry.argument(description="Which to list.")] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Page[history_rows.HistoryEntry]:
        only = (filter or AuditLogFilter()).read()
        return await audit.page(
            viewer=info.context.viewer, only=only, first=size(first), after=after, now=info.context.now
        )
