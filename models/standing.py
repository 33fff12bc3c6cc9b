"""The rule: what a tracker's settings, the completed appointments and today make of its period and task.

Pure functions on tuples, of which a big night makes millions. They read no clock and no database. `settling` walks them
through the days of a client, `ledger` applies the outcome.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from models.spans import ONE_DAY, Span, nth_after
from models.terms import COUNT_TRIGGERS, END_TRIGGERS, TaskReason, TaskStatus, TaskTrigger, TrackerState

SPEAKS_AGAIN: Final = 0
"""As a noticed limit: the count had reached a limit, but its rule is new and has not heard of it."""


class TaskStanding(NamedTuple):
    """The one task of a tracker's period.

    `rearmed` is set when an edit changed the limit or the end date since the task last fired: the next firing then
    reopens it even when it is done.
    """

    status: TaskStatus
    reason: TaskReason
    rearmed: bool = False


class Standing(NamedTuple):
    """A tracker as last settled: its settings and its current period.

    `anchor` is the span a person last set and `anchor_number` the number of that period; later periods are computed
    from it. `noticed_limit` is the limit that the count had reached when last settled, None when it was below;
    `end_noticed` tells that the period's end has had its say. So each fires once, and only a fall withdraws.
    """

    session_limit: int
    span: Span
    auto_reset: bool
    trigger: TaskTrigger | None
    anchor: Span
    number: int = 1
    anchor_number: int = 1
    used: int = 0
    state: TrackerState = TrackerState.UPCOMING
    noticed_limit: int | None = None
    end_noticed: bool = False
    task: TaskStanding | None = None


class Settled(NamedTuple):
    """What settling made of a tracker: the periods it closed, oldest first, and how it stands now."""

    closed: tuple[Standing, ...]
    standing: Standing


def sessions_counted(completed: Sequence[date], *, span: Span, today: date) -> int:
    """Count the service dates of completed appointments that lie in the span and are today or earlier.

    `completed` is sorted and has one entry per appointment: two sessions in one day are two.
    """
    last = today if span.end is None else min(span.end, today)
    return max(0, bisect_right(completed, last) - bisect_left(completed, span.begin))


def remaining(*, session_limit: int, used: int) -> int:
    """Return how many sessions are left: never below zero."""
    return max(0, session_limit - used)


def over(*, session_limit: int, used: int) -> int:
    """Return how many sessions were used past the limit: never below zero."""
    return max(0, used - session_limit)


def settle(standing: Standing, *, completed: Sequence[date], today: date, quiet: bool = False) -> Settled:
    """Bring a tracker into line with the completed appointments and with today.

    Closes every period that is over when there is an automatic reset, else expires. `quiet` is for a tracker a person
    has just created or edited: ends that are already past fire no task.
    """
    closed: list[Standing] = []
    while standing.auto_reset and standing.span.is_over(today=today):
        standing = _counted(standing, completed=completed, today=today, fires=not quiet)
        standing = _ended(standing, fires=not quiet)
        closed.append(standing)
        standing = _next_period(standing)
    standing = _counted(standing, completed=completed, today=today, fires=True)
    if standing.span.is_over(today=today):
        standing = _ended(standing, fires=not quiet)
    elif standing.end_noticed:
        standing = standing._replace(end_noticed=False)
    if (state := _state(standing, today=today)) is not standing.state:
        standing = standing._replace(state=state)
    return Settled(tuple(closed), standing)


def next_due(standing: Standing, *, today: date) -> date | None:
    """Return the next day on which the tracker changes by itself, or None."""
    if today < standing.span.begin:
        return standing.span.begin
    if standing.span.end is None or standing.span.is_over(today=today):
        return None
    return standing.span.end + ONE_DAY


def _counted(standing: Standing, *, completed: Sequence[date], today: date, fires: bool) -> Standing:
    used = sessions_counted(completed, span=standing.span, today=today)
    noticed, task = standing.session_limit if used >= standing.session_limit else None, standing.task
    if used == standing.used and noticed == standing.noticed_limit:
        return standing
    if noticed is None:
        task = _withdrawn(task) if standing.noticed_limit is not None else task
    elif fires and noticed != standing.noticed_limit and standing.trigger in COUNT_TRIGGERS:
        task = _fired(task, reason=TaskReason.COUNT_REACHED)
    return standing._replace(used=used, noticed_limit=noticed, task=task)


def _ended(standing: Standing, *, fires: bool) -> Standing:
    task = standing.task
    if fires and not standing.end_noticed and standing.trigger in END_TRIGGERS:
        task = _fired(task, reason=TaskReason.END_DATE)
    return standing._replace(end_noticed=True, task=task)


def _next_period(standing: Standing) -> Standing:
    number = standing.number + 1
    return standing._replace(
        number=number,
        span=nth_after(standing.anchor, number - standing.anchor_number),
        used=0,
        noticed_limit=None,
        end_noticed=False,
        task=None,
    )


def _state(standing: Standing, *, today: date) -> TrackerState:
    if today < standing.span.begin:
        return TrackerState.UPCOMING
    if standing.span.is_over(today=today):
        return TrackerState.EXPIRED
    return TrackerState.LIMIT_REACHED if standing.used >= standing.session_limit else TrackerState.ACTIVE


def _fired(task: TaskStanding | None, *, reason: TaskReason) -> TaskStanding:
    """Return the period's task after a firing: made, reopened, or left as it is when open or done for good."""
    if task is None or task.status is TaskStatus.WITHDRAWN or (task.status is TaskStatus.DONE and task.rearmed):
        return TaskStanding(TaskStatus.OPEN, reason)
    return task._replace(rearmed=False)


def _withdrawn(task: TaskStanding | None) -> TaskStanding | None:
    if task and task.status is TaskStatus.OPEN and task.reason is TaskReason.COUNT_REACHED:
        return task._replace(status=TaskStatus.WITHDRAWN)
    return task
