"""A client's book: everything on record that the rule needs, read in a handful of statements for many clients."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from models.bulk import select_rows
from models.calendar import zone_named
from models.clients import Client
from models.database import among, database, key_read, keys_parameter, speaks_postgres
from models.settling import Days
from models.spans import ONE_DAY, Span
from models.standing import Standing, TaskStanding, remaining
from models.tasks import Task
from models.terms import ChangeReason, TaskReason, TaskStatus, TaskTrigger, TrackerState
from models.tracker_settings import TrackerSettings
from models.trackers import ClosedPeriod, Tracker

POSTGRES_DAYS: Final = """
SELECT client_id, array_agg(service_date ORDER BY service_date) FILTER (WHERE status = 'COMPLETED'),
  array_agg(service_date ORDER BY service_date)
FROM appointment WHERE client_id = ANY($1::uuid[]) AND service_date >= $2 GROUP BY client_id
"""
SQLITE_DAYS: Final = """
SELECT client_id, group_concat(CASE status WHEN 'COMPLETED' THEN service_date END), group_concat(service_date)
FROM appointment WHERE client_id IN (SELECT value FROM json_each(?)) AND service_date >= ? GROUP BY client_id
"""
NO_DAYS: Final = Days((), ())


@dataclass(slots=True)
class ClientRow:
    """Of a client, what settling reads and writes."""

    id: UUID
    practice_id: UUID
    name: str
    revision: int
    changed_because: ChangeReason
    due_at: datetime | None
    settled_at: datetime | None
    time_zone: str


@dataclass(slots=True)
class TrackerRow:
    """Of a tracker that is not removed, what settling reads and writes."""

    id: UUID
    practice_id: UUID
    client_id: UUID
    session_limit: int
    begin_date: date
    end_date: date | None
    note: str | None
    auto_reset: bool
    task_assignee_id: UUID | None
    task_trigger: TaskTrigger | None
    anchor_begin: date
    anchor_end: date | None
    anchor_number: int
    period_number: int
    used: int
    remaining: int
    state: TrackerState
    noticed_limit: int | None
    end_noticed: bool


@dataclass(slots=True)
class ClosedPeriodRow:
    """A closed period, whole."""

    id: UUID
    practice_id: UUID
    tracker_id: UUID
    number: int
    begin_date: date
    end_date: date
    session_limit: int
    used: int
    closed_at: datetime


@dataclass(slots=True)
class TaskRow:
    """A task, whole."""

    id: UUID
    practice_id: UUID
    client_id: UUID
    tracker_id: UUID
    period_number: int
    title: str
    assignee_id: UUID
    reason: TaskReason
    status: TaskStatus
    rearmed: bool
    created_at: datetime
    closed_at: datetime | None


AnyClient = Client | ClientRow


@dataclass(frozen=True, slots=True)
class Book:
    """One client with its trackers that are not removed, their closed periods, and the tasks of current periods."""

    client: AnyClient
    zone: ZoneInfo
    trackers: dict[UUID, TrackerRow]
    closed: list[ClosedPeriodRow]
    tasks: dict[UUID, TaskRow]
    days: Days

    def standings(self) -> dict[UUID, Standing]:
        """Return each tracker as the rule sees it."""
        return {key: standing_of(row, task=self.tasks.get(key)) for key, row in self.trackers.items()}


async def read_books(clients: Sequence[AnyClient], *, with_past: bool) -> list[Book]:
    """Read the books of these clients, in their order; within a unit of work that has locked them, they stand still.

    Without their past, they have only the closed periods behind which the current one has not begun yet: a person has
    left a gap between them, or the practice has moved so far to the west that the last day is lived again.
    """
    of_clients, of_trackers = f"client_id {among(1)}", f"tracker_id {among(1)}"
    ids = keys_parameter(client.id for client in clients)
    trackers = await select_rows(TrackerRow, Tracker, f"{of_clients} AND removed_at IS NULL ORDER BY slot", ids)
    numbers = {tracker.id: tracker.period_number for tracker in trackers}
    keys = keys_parameter(numbers)
    behind = numbers if with_past else _yet_to_begin(trackers, clients)
    closed = []
    if behind:
        condition, parameter = f"{of_trackers} ORDER BY number", keys_parameter(behind)
        closed = await select_rows(ClosedPeriodRow, ClosedPeriod, condition, parameter)
    tasks = await select_rows(TaskRow, Task, of_trackers, keys) if numbers else []
    days = await _days({tracker.client_id for tracker in trackers}, since=_earliest(trackers, closed))
    current_tasks = {task.tracker_id: task for task in tasks if task.period_number == numbers[task.tracker_id]}
    of_client: dict[UUID, dict[UUID, TrackerRow]] = defaultdict(dict)
    closed_of: dict[UUID, list[ClosedPeriodRow]] = defaultdict(list)
    for tracker in trackers:
        of_client[tracker.client_id][tracker.id] = tracker
    for period in closed:
        closed_of[period.tracker_id].append(period)
    return [
        Book(
            client=client,
            zone=zone_named(client.time_zone),
            trackers=(own := of_client[client.id]),
            closed=[period for key in own if key in closed_of for period in closed_of[key]],
            tasks={key: current_tasks[key] for key in own if key in current_tasks},
            days=days.get(client.id, NO_DAYS),
        )
        for client in clients
    ]


def standing_of(tracker: Tracker | TrackerRow, *, task: Task | TaskRow | None) -> Standing:
    """Return the tracker, with the task of its current period, as the rule sees it."""
    return Standing(
        session_limit=tracker.session_limit,
        span=Span(tracker.begin_date, tracker.end_date),
        auto_reset=tracker.auto_reset,
        trigger=tracker.task_trigger,
        anchor=Span(tracker.anchor_begin, tracker.anchor_end),
        number=tracker.period_number,
        anchor_number=tracker.anchor_number,
        used=tracker.used,
        state=tracker.state,
        noticed_limit=tracker.noticed_limit,
        end_noticed=tracker.end_noticed,
        task=None if task is None else TaskStanding(task.status, task.reason, task.rearmed),
    )


SETTLED_COLUMNS: Final = (
    *("begin_date", "end_date", "period_number", "used", "remaining", "state", "noticed_limit", "end_noticed"),
)
"""What settling can change of a tracker."""


def write_standing(tracker: Tracker | TrackerRow, standing: Standing) -> None:
    """Put what the rule made of the tracker into its row; the row is not saved."""
    tracker.session_limit = standing.session_limit
    tracker.begin_date, tracker.end_date = standing.span.begin, standing.span.end
    tracker.auto_reset = standing.auto_reset
    tracker.task_trigger = standing.trigger
    tracker.anchor_begin, tracker.anchor_end = standing.anchor.begin, standing.anchor.end
    tracker.period_number, tracker.anchor_number = standing.number, standing.anchor_number
    tracker.used, tracker.state = standing.used, standing.state
    tracker.remaining = remaining(session_limit=standing.session_limit, used=standing.used)
    tracker.noticed_limit, tracker.end_noticed = standing.noticed_limit, standing.end_noticed


def write_settings(tracker: Tracker, settings: TrackerSettings, standing: Standing) -> None:
    """Put what a person has set, and the standing it gives, into the tracker's row; the row is not saved."""
    write_standing(tracker, standing)
    tracker.note, tracker.color = settings.note, settings.color.upper()
    tracker.task_assignee_id = settings.task_rule.assignee_id if settings.task_rule else None


def _yet_to_begin(trackers: Iterable[TrackerRow], clients: Iterable[AnyClient]) -> list[UUID]:
    """Return the trackers that have closed periods, and whose current one begins after their client's due moment."""
    # A day less, for the zones where that moment is of the next day already.
    days = {client.id: client.due_at.date() - ONE_DAY for client in clients if client.due_at is not None}
    return [row.id for row in trackers if row.period_number > 1 and row.begin_date > days.get(row.client_id, date.max)]


def _earliest(trackers: Iterable[TrackerRow], closed: Iterable[ClosedPeriodRow]) -> date:
    return min((row.begin_date for rows in (trackers, closed) for row in rows), default=date.max)


async def _days(client_ids: Collection[UUID], *, since: date) -> dict[UUID, Days]:
    if not client_ids:
        return {}
    query = POSTGRES_DAYS if speaks_postgres() else SQLITE_DAYS
    _, rows = await database().execute_query(query, [keys_parameter(client_ids), since])
    if speaks_postgres():
        return {key: Days(completed or (), booked) for key, completed, booked in rows}
    return {key_read(key): Days(_dates(completed), _dates(booked)) for key, completed, booked in rows}


def _dates(listed: str | None) -> list[date]:
    """Return the dates in a list that SQLite has made; it does not sort them."""
    return [date.fromisoformat(day) for day in sorted(listed.split(","))] if listed else []
