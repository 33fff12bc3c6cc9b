"""Mutations of trackers and tasks."""

from collections.abc import Awaitable, Callable
from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any

import strawberry

from graph.context import Info
from graph.ids import key_of
from graph.mutations.inputs import (
    CreateTrackerInput,
    ReassignTaskInput,
    ReorderTrackersInput,
    TaskIdInput,
    TaskRuleInput,
    TrackerIdInput,
    UpdateTrackerInput,
    given,
)
from graph.mutations.payloads import ClientPayload, TaskPayload, TrackerPayload, answer
from models.clients import Client
from models.errors import DomainError, Invalid, refuse
from models.practices import StaffMember
from models.tasks import Task
from models.text import tidy
from models.tracker_settings import TaskRule, TrackerSettings
from models.trackers import DEFAULT_COLOR, Tracker
from resolvers import tasks, tracker_edits, trackers

CANNOT_BE_CLEARED = {"session_limit": "sessionLimit", "begin_date": "beginDate"}


def read_rule(rule: TaskRuleInput | None) -> TaskRule | None:
    """Return the rule with a key for the id."""
    if rule is None:
        return None
    return TaskRule(key_of(StaffMember, rule.assignee_id, "taskRule", "assigneeId"), rule.trigger)


def read_changes(changes: dict[str, Any]) -> tracker_edits.TrackerChanges:
    """Return what an update names; null clears, where there is something to clear."""
    problems: list[DomainError] = [
        Invalid("This cannot be cleared: leave it out to keep it.", path=[field])
        for name, field in CANNOT_BE_CLEARED.items()
        if name in changes and changes[name] is None
    ]
    refuse(problems)
    settings = TrackerSettings(
        session_limit=changes.get("session_limit", 1),
        begin_date=changes.get("begin_date", date.min),
        end_date=changes.get("end_date"),
        note=tidy(changes.get("note")),
        color=changes.get("color") or DEFAULT_COLOR,
        auto_reset=bool(changes.get("auto_reset")),
        task_rule=read_rule(changes.get("task_rule")),
    )
    return tracker_edits.TrackerChanges(frozenset(changes), settings)


@strawberry.type
class TrackerMutations:
    """What changes trackers and tasks."""

    @strawberry.mutation(
        graphql_type=TrackerPayload, description="Set a tracker on a client, in the lowest free of 8 slots."
    )
    async def create_tracker(
        self, info: Info, input: Annotated[CreateTrackerInput, strawberry.argument(description="The tracker.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Tracker:
            settings = TrackerSettings(
                session_limit=input.session_limit,
                begin_date=input.begin_date,
                end_date=input.end_date,
                note=tidy(input.note),
                color=input.color or DEFAULT_COLOR,
                auto_reset=bool(input.auto_reset),
                task_rule=read_rule(input.task_rule),
            )
            key = key_of(Client, input.client_id, "clientId")
            return await trackers.create(viewer=context.viewer, client_id=key, settings=settings, now=context.now)

        return await answer(info.context, "tracker", work)

    @strawberry.mutation(
        graphql_type=TrackerPayload,
        description="Edit a tracker's current period; closed periods keep what they had, the count is taken anew.",
    )
    async def update_tracker(
        self, info: Info, input: Annotated[UpdateTrackerInput, strawberry.argument(description="What to change.")]
    ) -> SimpleNamespace:
        context, changes = info.context, given(input)

        async def work() -> Tracker:
            key = key_of(Tracker, changes.pop("tracker_id"), "trackerId")
            expected = changes.pop("expected_updated_at")
            return await tracker_edits.update(
                viewer=context.viewer,
                tracker_id=key,
                changes=read_changes(changes),
                expected_updated_at=expected,
                now=context.now,
            )

        return await answer(info.context, "tracker", work)

    @strawberry.mutation(
        graphql_type=TrackerPayload, description="Remove a tracker: its slot is free; history and tasks stay."
    )
    async def remove_tracker(
        self, info: Info, input: Annotated[TrackerIdInput, strawberry.argument(description="The tracker.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Tracker:
            key = key_of(Tracker, input.tracker_id, "trackerId")
            return await trackers.remove(viewer=context.viewer, tracker_id=key, now=context.now)

        return await answer(info.context, "tracker", work)

    @strawberry.mutation(graphql_type=ClientPayload, description="Put a client's trackers in another order.")
    async def reorder_trackers(
        self, info: Info, input: Annotated[ReorderTrackersInput, strawberry.argument(description="The order.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Client:
            return await trackers.reorder(
                viewer=context.viewer,
                client_id=key_of(Client, input.client_id, "clientId"),
                tracker_ids=[key_of(Tracker, node_id, "trackerIds") for node_id in input.tracker_ids],
                now=context.now,
            )

        return await answer(info.context, "client", work)

    @strawberry.mutation(graphql_type=TaskPayload, description="Mark a task done.")
    async def complete_task(
        self, info: Info, input: Annotated[TaskIdInput, strawberry.argument(description="The task.")]
    ) -> SimpleNamespace:
        return await answer(info.context, "task", _on_task(info, input.task_id, tasks.complete))

    @strawberry.mutation(graphql_type=TaskPayload, description="Mark a task to do again.")
    async def reopen_task(
        self, info: Info, input: Annotated[TaskIdInput, strawberry.argument(description="The task.")]
    ) -> SimpleNamespace:
        return await answer(info.context, "task", _on_task(info, input.task_id, tasks.reopen))

    @strawberry.mutation(graphql_type=TaskPayload, description="Hand a task to another staff member.")
    async def reassign_task(
        self, info: Info, input: Annotated[ReassignTaskInput, strawberry.argument(description="To whom.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Task:
            return await tasks.reassign(
                viewer=context.viewer,
                task_id=key_of(Task, input.task_id, "taskId"),
                assignee_id=key_of(StaffMember, input.assignee_id, "assigneeId"),
                now=context.now,
            )

        return await answer(info.context, "task", work)


def _on_task(info: Info, task_id: str, change: Callable[..., Awaitable[Task]]) -> Callable[[], Awaitable[Task]]:
    async def work() -> Task:
        return await change(viewer=info.context.viewer, task_id=key_of(Task, task_id, "taskId"), now=info.context.now)

    return work
