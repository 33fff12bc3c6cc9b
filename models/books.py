"""A client's book: everything on record that the rule needs, read in a handful of statements for many clients."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments import Appointment
from models.calendar import zone_named
from models.clients import Client
from models.practices import Practice
from models.settling import Days
from models.spans import Span
from models.standing import Standing, TaskStanding, remaining
from models.tasks import Task
from models.terms import AppointmentStatus
from models.tracker_settings import TrackerSettings
from models.trackers import ClosedPeriod, Tracker


@dataclass(frozen=True, slots=True)
class Book:
    """One client with its trackers that are not removed, their closed periods, and the tasks of current periods."""

    client: Client
    zone: ZoneInfo
    trackers: dict[UUID, Tracker]
    closed: list[ClosedPeriod]
    tasks: dict[UUID, Task]
    days: Days

    def standings(self) -> dict[UUID, Standing]:
        """Return each tracker as the rule sees it."""
        return {key: standing_of(row, task=self.tasks.get(key)) for key, row in self.trackers.items()}


async def read_books(clients: Sequence[Client]) -> list[Book]:
    """Read the books of these clients, in their order; within a unit of work that has locked them, they stand still."""
    ids = [client.id for client in clients]
    zones = await _zones(clients)
    trackers = await Tracker.filter(client_id__in=ids, removed_at=None).order_by("slot")
    tracker_ids = [tracker.id for tracker in trackers]
    closed = await ClosedPeriod.filter(tracker_id__in=tracker_ids).order_by("number") if trackers else []
    tasks = await Task.filter(tracker_id__in=tracker_ids) if trackers else []
    days = await _days([tracker.client_id for tracker in trackers], since=_earliest(trackers, closed))
    numbers = {tracker.id: tracker.period_number for tracker in trackers}
    current_tasks = {task.tracker_id: task for task in tasks if task.period_number == numbers[task.tracker_id]}
    of_client: dict[UUID, dict[UUID, Tracker]] = defaultdict(dict)
    closed_of: dict[UUID, list[ClosedPeriod]] = defaultdict(list)
    for tracker in trackers:
        of_client[tracker.client_id][tracker.id] = tracker
    for period in closed:
        closed_of[period.tracker_id].append(period)
    return [
        Book(
            client=client,
            zone=zones[client.practice_id],
            trackers=(own := of_client[client.id]),
            closed=[period for key in own for period in closed_of[key]],
            tasks={key: current_tasks[key] for key in own if key in current_tasks},
            days=days[client.id],
        )
        for client in clients
    ]


def standing_of(tracker: Tracker, *, task: Task | None) -> Standing:
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


STANDING_COLUMNS = (
    *("session_limit", "begin_date", "end_date", "auto_reset", "task_trigger"),
    *("anchor_begin", "anchor_end", "anchor_number", "period_number"),
    *("used", "remaining", "state", "noticed_limit", "end_noticed"),
)


def write_standing(tracker: Tracker, standing: Standing) -> None:
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


async def _zones(clients: Sequence[Client]) -> dict[UUID, ZoneInfo]:
    practices = await Practice.filter(id__in={client.practice_id for client in clients})
    return {practice.id: zone_named(practice.time_zone) for practice in practices}


def _earliest(trackers: Sequence[Tracker], closed: Sequence[ClosedPeriod]) -> date:
    begins = [tracker.begin_date for tracker in trackers] + [period.begin_date for period in closed]
    return min(begins, default=date.max)


async def _days(client_ids: Sequence[UUID], *, since: date) -> dict[UUID, Days]:
    found: dict[UUID, Days] = defaultdict(lambda: Days([], []))
    if not client_ids:
        return found
    rows = (
        await Appointment.filter(client_id__in=set(client_ids), service_date__gte=since)
        .order_by("service_date")
        .values_list("client_id", "service_date", "status")
    )
    booked: dict[UUID, list[date]] = defaultdict(list)
    completed: dict[UUID, list[date]] = defaultdict(list)
    for client_id, service_date, status in rows:
        booked[client_id].append(service_date)
        if status is AppointmentStatus.COMPLETED:
            completed[client_id].append(service_date)
    found.update((client_id, Days(completed[client_id], dates)) for client_id, dates in booked.items())
    return found
