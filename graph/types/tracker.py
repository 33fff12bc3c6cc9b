"""Trackers, their task rules and periods."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph.context import Info
from graph.scalars import Color
from graph.types.node import Connection, Node, reads
from graph.types.practice import StaffMember
from models import periods as facts
from models import trackers as rows
from models.clients import Client as ClientRow
from models.history import HistoryEntry as HistoryEntryRow
from models.pages_of_each import Portion
from models.paging import DEFAULT_PAGE, Page, page_of
from models.practices import StaffMember as StaffMemberRow
from models.tasks import Task as TaskRow
from models.terms import TaskTrigger, TrackerState

if TYPE_CHECKING:
    from graph.types.client import Client
    from graph.types.history import HistoryEntry
    from graph.types.task import Task


async def all_periods(tracker: rows.Tracker, info: Info) -> list[facts.Period]:
    """Return a tracker's periods, newest first."""
    closed = await info.context.loaders.closed_periods.load(tracker.id)
    return [facts.current(tracker), *map(facts.closed, closed)]


@strawberry.type(description="One counting window of a tracker: begin date to end date, both days included.")
class Period:
    """Reads a `models.periods.Period`."""

    number: int = strawberry.field(description="1 for the tracker's first period.")
    begin_date: date = strawberry.field(description="Its first day.")
    end_date: date | None = strawberry.field(description="Its last day; absent when it runs on.")
    session_limit: int = strawberry.field(description="How many sessions it allows.")
    used: int = strawberry.field(description="Sessions counted in it.")
    remaining: int = strawberry.field(description="Sessions left: never below zero.")
    over: int = strawberry.field(description="Sessions past the limit: never below zero.")
    closed_at: datetime | None = strawberry.field(
        description="When it ended and the next began; absent for the last period, open or expired."
    )

    @strawberry.field(
        graphql_type=Annotated["Task", strawberry.lazy("graph.types.task")] | None,
        description="The one task its trigger has created, whatever became of it.",
    )
    async def task(root: strawberry.Parent[facts.Period], info: Info) -> TaskRow | None:
        return await info.context.loaders.task_of_period.load((root.tracker_id, root.number))


@strawberry.type(description="For whom a task is created, and when.")
class TaskRule:
    """Reads the tracker's own row."""

    @strawberry.field(graphql_type=StaffMember, description="The person who gets the task.")
    async def assignee(root: strawberry.Parent[rows.Tracker], info: Info) -> StaffMemberRow:
        assert root.task_assignee_id is not None, "a rule has an assignee"
        return await info.context.loaders.staff.load(root.task_assignee_id)

    @strawberry.field(description="When the task is created.")
    def trigger(root: strawberry.Parent[rows.Tracker]) -> TaskTrigger:
        assert root.task_trigger is not None, "a rule has a trigger"
        return root.task_trigger


@strawberry.type(description="A session limit on one client; a client has at most 8 that are not removed.")
class Tracker(Node):
    """Reads a row of `models.trackers`."""

    is_type_of = reads(rows.Tracker)

    @strawberry.field(
        graphql_type=Annotated["Client", strawberry.lazy("graph.types.client")], description="Whose sessions it counts."
    )
    async def client(root: strawberry.Parent[rows.Tracker], info: Info) -> ClientRow:
        return await info.context.loaders.clients.load(root.client_id)

    slot: int = strawberry.field(description="Its place among the client's trackers, 1 to 8.")
    state: TrackerState = strawberry.field(description="Where it stands today.")
    session_limit: int = strawberry.field(description="How many sessions the current period allows.")
    begin_date: date = strawberry.field(description="The current period's first day.")
    end_date: date | None = strawberry.field(description="The current period's last day; absent when it runs on.")
    note: str | None = strawberry.field(description="Shown on the banner.")

    @strawberry.field(description="Its identifying colour.")
    def color(root: strawberry.Parent[rows.Tracker]) -> Color:
        return Color(root.color)

    auto_reset: bool = strawberry.field(description="Whether a new period begins the day after the end date.")

    @strawberry.field(graphql_type=TaskRule | None, description="Whether a task is created; absent: none is.")
    def task_rule(root: strawberry.Parent[rows.Tracker]) -> rows.Tracker | None:
        return None if root.task_trigger is None else root

    used: int = strawberry.field(description="Sessions counted in the current period.")
    remaining: int = strawberry.field(description="Sessions left in the current period: never below zero.")
    over: int = strawberry.field(description="Sessions past the limit in the current period: never below zero.")

    @strawberry.field(graphql_type=Period, description="The last period, open or expired.")
    def current_period(root: strawberry.Parent[rows.Tracker]) -> facts.Period:
        return facts.current(root)

    @strawberry.field(graphql_type=Connection[Period], description="All periods, newest first.")
    async def periods(
        root: strawberry.Parent[rows.Tracker],
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = DEFAULT_PAGE,
        after: Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")] = None,
    ) -> Page[Any]:
        return page_of(
            await all_periods(root, info),
            key=lambda period: period.number,
            first=DEFAULT_PAGE if first is None else first,
            after=after,
        )

    @strawberry.field(
        graphql_type=Connection[Annotated["HistoryEntry", strawberry.lazy("graph.types.history")]],
        description="Its own changes, who made them and when; newest first.",
    )
    async def history(
        root: strawberry.Parent[rows.Tracker],
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many, 1 to 100.")] = DEFAULT_PAGE,
        after: Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")] = None,
    ) -> Page[HistoryEntryRow]:
        return await info.context.loaders.history.load(
            Portion(root.id, DEFAULT_PAGE if first is None else first, after)
        )

    created_at: datetime = strawberry.field(description="When it was set.")
    updated_at: datetime = strawberry.field(description="When a person last edited it.")
