"""Reading inboxes: the open tasks of several people at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from models.access import within
from models.database import database, placeholder
from models.tasks import Task
from models.terms import TaskStatus

LISTED: Final = 100
"""How many tasks an inbox lists at most."""


@dataclass(frozen=True, slots=True)
class TaskInbox:
    """A person's open tasks: how many there are, and the newest of them, newest first."""

    open_count: int
    tasks: Sequence[Task]


async def read_inboxes(assignee_ids: Collection[UUID], *, practice_id: UUID) -> dict[UUID, TaskInbox]:
    """Return the inbox of each person, in two statements for all."""
    newest, counts = await _newest(assignee_ids, practice_id=practice_id)
    tasks: dict[UUID, list[Task]] = defaultdict(list)
    # A task that is done or handed over between the statements is not shown to who has it no more.
    rows = within(Task, practice_id=practice_id).filter(id__in=newest, status=TaskStatus.OPEN)
    for row in await rows.order_by("-created_at", "-id"):
        tasks[row.assignee_id].append(row)
    return {key: _inbox(tasks[key], counts.get(str(key), 0)) for key in assignee_ids}


async def _newest(assignee_ids: Collection[UUID], *, practice_id: UUID) -> tuple[list[str], dict[str, int]]:
    """Return the ids of the tasks to list, and how many are open by assignee."""
    places = ", ".join(placeholder(place) for place in range(2, len(assignee_ids) + 2))
    rows = await database().execute_query_dict(
        "SELECT id, assignee_id, open_count FROM (SELECT id, assignee_id, "
        "count(*) OVER (PARTITION BY assignee_id) AS open_count, "
        "row_number() OVER (PARTITION BY assignee_id ORDER BY created_at DESC, id DESC) AS place "
        f"FROM task WHERE practice_id = {placeholder(1)} AND assignee_id IN ({places}) AND status = 'OPEN') AS placed "
        f"WHERE place <= {LISTED}",
        [str(practice_id), *map(str, assignee_ids)],
    )
    return [str(row["id"]) for row in rows], {str(row["assignee_id"]): row["open_count"] for row in rows}


def _inbox(tasks: Sequence[Task], open_count: int) -> TaskInbox:
    return TaskInbox(open_count if open_count > LISTED else len(tasks), tasks)
