"""The banner: what an appointment's dialog shows about the client's trackers. A pure rule."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from models.spans import Span
from models.standing import over, remaining
from models.terms import ChangeReason, TrackerState


class PeriodOnRecord(NamedTuple):
    """A closed period, as a banner needs it."""

    session_limit: int
    used: int
    begin_date: date
    end_date: date


class TrackerOnRecord(NamedTuple):
    """A tracker with its current period, as a banner needs it."""

    id: UUID
    state: TrackerState
    session_limit: int
    used: int
    begin_date: date
    end_date: date | None
    note: str | None
    color: str


class BannerTracker(NamedTuple):
    """One tracker on a banner: the period that holds the service date, and the appointment's number in it."""

    tracker_id: UUID
    state: TrackerState
    session_limit: int
    used: int
    remaining: int
    over: int
    session_number: int | None
    begin_date: date
    end_date: date | None
    note: str | None
    color: str


@dataclass(frozen=True, slots=True)
class Banner:
    """What the dialog of one appointment shows, as of the client's revision."""

    appointment_id: UUID
    client_id: UUID
    revision: int
    reason: ChangeReason
    trackers: tuple[BannerTracker, ...]

    @property
    def primary(self) -> BannerTracker | None:
        """The first tracker, in slot order."""
        return self.trackers[0] if self.trackers else None

    @property
    def more_count(self) -> int:
        """How many trackers are behind the "show all" link."""
        return max(0, len(self.trackers) - 1)


@dataclass(frozen=True, slots=True)
class SessionNumber:
    """Numbers one appointment among those counted: `earlier` are the service dates up to its own, in order.

    None when the appointment itself does not count.
    """

    service_date: date
    earlier: Sequence[date] | None

    def within(self, span: Span) -> int | None:
        """Return the appointment's number in the period, from 1, or None when it is not counted there."""
        if self.earlier is None or not span.holds(self.service_date):
            return None
        return len(self.earlier) - bisect_left(self.earlier, span.begin)


def shown_tracker(
    tracker: TrackerOnRecord,
    closed: Sequence[PeriodOnRecord],
    *,
    service_date: date,
    today: date,
    number_in: SessionNumber,
) -> BannerTracker | None:
    """Return the tracker as the banner of an appointment shows it, or None when it does not.

    Shown from the first period's begin on: the period that holds the service date; for an expired tracker and a later
    date its last period; where no period holds the date, the current one. `closed` are the tracker's closed periods,
    of which the first and the one that holds the date suffice.
    """
    if tracker.begin_date > service_date and all(period.begin_date > service_date for period in closed):
        return None
    for period in closed:
        if period.begin_date <= service_date <= period.end_date:
            reached = period.used >= period.session_limit
            state = TrackerState.LIMIT_REACHED if reached else TrackerState.ACTIVE
            return _told(tracker, period, state=state, number_in=number_in)
    return None if tracker.begin_date > today else _told(tracker, tracker, state=tracker.state, number_in=number_in)


def _told(
    tracker: TrackerOnRecord, period: TrackerOnRecord | PeriodOnRecord, *, state: TrackerState, number_in: SessionNumber
) -> BannerTracker:
    return BannerTracker(
        tracker_id=tracker.id,
        state=state,
        session_limit=period.session_limit,
        used=period.used,
        remaining=remaining(session_limit=period.session_limit, used=period.used),
        over=over(session_limit=period.session_limit, used=period.used),
        session_number=number_in.within(Span(period.begin_date, period.end_date)),
        begin_date=period.begin_date,
        end_date=period.end_date,
        note=tracker.note,
        color=tracker.color,
    )
