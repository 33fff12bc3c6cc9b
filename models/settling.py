"""Settling a client: the rule walked through every due moment up to now, for all of the client's trackers."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from models.calendar import first_instant, local_date
from models.spans import ONE_DAY
from models.standing import Standing, next_due, settle

Key = TypeVar("Key", bound=Hashable)


class Days(NamedTuple):
    """The service dates of one client's appointments, each list sorted, one entry per appointment.

    `completed` are those that can count; `booked` are all, whatever their status: on its day each begins to show a
    banner.
    """

    completed: Sequence[date]
    booked: Sequence[date]


class Closing(NamedTuple, Generic[Key]):
    """A period of one tracker that came to its end, with its final count, and the moment it ended."""

    tracker: Key
    standing: Standing
    closed_at: datetime


@dataclass(slots=True)
class Course(Generic[Key]):
    """What happened to a client's trackers on the way to now, and when the next thing is due.

    `before` is how they stood; `task_moments` holds when a period's task, or what rearms it, last changed, by tracker
    and period number.
    """

    before: Mapping[Key, Standing]
    standings: dict[Key, Standing]
    closings: list[Closing[Key]] = field(default_factory=list)
    task_moments: dict[tuple[Key, int], datetime] = field(default_factory=dict)
    due_at: datetime | None = None


def run_course(
    standings: Mapping[Key, Standing],
    *,
    days: Days,
    zone: ZoneInfo,
    due_at: datetime | None,
    now: datetime,
    quiet: Iterable[Key] = (),
) -> Course[Key]:
    """Settle a client's trackers at each moment that was due and at last now: the outcome of running day by day.

    `due_at` is what the last settling returned; `quiet` names trackers a person has just created or edited.
    """
    course = Course(standings, dict(standings))
    silent, settled_for = frozenset(quiet), None
    while due_at is not None and due_at < now:
        settled_for = local_date(due_at, zone=zone)
        _settle_at(course, days=days, zone=zone, today=settled_for, moment=due_at, quiet=silent)
        due_at = course.due_at
    if settled_for != (today := local_date(now, zone=zone)):
        _settle_at(course, days=days, zone=zone, today=today, moment=now, quiet=silent)
    return course


def _settle_at(
    course: Course[Key], *, days: Days, zone: ZoneInfo, today: date, moment: datetime, quiet: frozenset[Key]
) -> None:
    for key, before in course.standings.items():
        settled = settle(before, completed=days.completed, today=today, quiet=key in quiet)
        if settled.standing is before:
            continue
        course.standings[key] = settled.standing
        known = before
        for period in (*settled.closed, settled.standing):
            if period.task != (known.task if period.number == known.number else None):
                course.task_moments[key, period.number] = moment
        course.closings += (
            Closing(key, period, closed_at=_end_instant(period, zone=zone)) for period in settled.closed
        )
    course.due_at = _next_due(course.standings.values(), days=days, zone=zone, today=today)


def _end_instant(period: Standing, *, zone: ZoneInfo) -> datetime:
    assert period.span.end is not None, "only a period with an end date closes"
    return first_instant(period.span.end + ONE_DAY, zone=zone)


def _next_due(standings: Iterable[Standing], *, days: Days, zone: ZoneInfo, today: date) -> datetime | None:
    own = [next_due(standing, today=today) for standing in standings]
    if not own:
        return None
    upcoming = days.booked[(after := bisect_right(days.booked, today)) : after + 1]
    dates = [day for day in (*own, *upcoming) if day is not None]
    return first_instant(min(dates), zone=zone) if dates else None
