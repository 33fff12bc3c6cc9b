"""What is compared of a tracker: one view for the rule under test and for its naive twin."""

from dataclasses import dataclass
from datetime import date, datetime

from models.terms import TaskReason, TaskStatus, TrackerState


@dataclass(frozen=True)
class ClosedView:
    """A period that is over, with its final count."""

    begin: date
    end: date | None
    limit: int
    used: int
    closed_at: datetime


@dataclass(frozen=True)
class TaskView:
    """A period's task, with the moment it last changed."""

    status: TaskStatus
    reason: TaskReason
    moment: datetime


@dataclass(frozen=True)
class TrackerView:
    """A tracker now, its closed periods and all its tasks by period number."""

    state: TrackerState
    number: int
    begin: date
    end: date | None
    limit: int
    used: int
    closed: dict[int, ClosedView]
    tasks: dict[int, TaskView]
