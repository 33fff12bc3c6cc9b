"""Tasks: list, do, reopen, hand over."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import F

from jobs.rollover import bring_practice_up_to_date
from models.access import Viewer, find, within
from models.clients import Client
from models.errors import TaskIsWithdrawn
from models.history import record
from models.ledger import enter, settle
from models.paging import Order, Page, read_page
from models.tasks import Task
from models.terms import ChangeReason, TaskStatus
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize
from resolvers.staff import active_staff_member

NEWEST_FIRST: Final = Order("tasks", F("created_at"), datetime, descending=True)
PATH: Final = ("taskId",)


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """Which tasks to list; what is absent does not narrow."""

    status: Sequence[TaskStatus] | None = None
    assignee_id: UUID | None = None
    client_id: UUID | None = None


async def page(*, viewer: Viewer, only: TaskFilter, first: int, after: str | None, now: datetime) -> Page[Task]:
    """Return the practice's tasks, newest first, all clients settled."""
    authorize(viewer, Operation.TASKS)
    await bring_practice_up_to_date(viewer.practice_id, now=now)
    rows = within(Task, practice_id=viewer.practice_id)
    if only.status is not None:
        rows = rows.filter(status__in=list(only.status))
    if only.assignee_id is not None:
        rows = rows.filter(assignee_id=only.assignee_id)
    if only.client_id is not None:
        rows = rows.filter(client_id=only.client_id)
    return await read_page(rows, order=NEWEST_FIRST, first=first, after=after)


async def complete(*, viewer: Viewer, task_id: UUID, now: datetime) -> Task:
    """Mark a task done; doing so again changes nothing.

    Raises NotFound, TaskIsWithdrawn.
    """
    authorize(viewer, Operation.COMPLETE_TASK)

    async def change(row: Task) -> None:
        row.status, row.closed_at = TaskStatus.DONE, now

    return await _change(viewer, task_id, "task.completed", change, unless=TaskStatus.DONE, now=now)


async def reopen(*, viewer: Viewer, task_id: UUID, now: datetime) -> Task:
    """Mark a task to do again; doing so again changes nothing.

    Raises NotFound, TaskIsWithdrawn.
    """
    authorize(viewer, Operation.REOPEN_TASK)

    async def change(row: Task) -> None:
        row.status, row.closed_at = TaskStatus.OPEN, None

    return await _change(viewer, task_id, "task.reopened", change, unless=TaskStatus.OPEN, now=now)


async def reassign(*, viewer: Viewer, task_id: UUID, assignee_id: UUID, now: datetime) -> Task:
    """Hand a task to another active staff member.

    Raises NotFound, InactiveStaffMember, TaskIsWithdrawn.
    """
    authorize(viewer, Operation.REASSIGN_TASK)

    async def change(row: Task) -> None:
        await active_staff_member(assignee_id, practice_id=row.practice_id, path=("assigneeId",))
        row.assignee_id = assignee_id

    return await _change(viewer, task_id, "task.reassigned", change, unless=None, now=now)


async def _change(
    viewer: Viewer,
    task_id: UUID,
    what: str,
    change: Callable[[Task], Awaitable[None]],
    *,
    unless: TaskStatus | None,
    now: datetime,
) -> Task:
    async def work() -> Task:
        client, row = await _enter(viewer, task_id, now=now)
        if row.status is TaskStatus.WITHDRAWN:
            raise TaskIsWithdrawn("This task was withdrawn: the count is below the limit again.", path=PATH)
        if row.status is unless:
            return row
        before = _told(row)
        await change(row)
        if _told(row) == before:
            return row
        await row.save(update_fields=["status", "closed_at", "assignee_id"])
        await record(row, what, actor=viewer.actor, at=now, before=before, after=_told(row))
        await settle([client], now=now, because=ChangeReason.CORRECTION, actor=viewer.actor)
        await row.refresh_from_db()
        return row

    return await unit_of_work(work)


async def _enter(viewer: Viewer, task_id: UUID, *, now: datetime) -> tuple[Client, Task]:
    row = await find(Task, task_id, practice_id=viewer.practice_id, path=PATH)
    client = await enter(row.client_id, practice_id=viewer.practice_id, now=now)
    await row.refresh_from_db()
    return client, row


def _told(row: Task) -> dict[str, object]:
    return {"status": row.status, "assignee": str(row.assignee_id)}
