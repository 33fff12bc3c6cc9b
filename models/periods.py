"""Periods as they are told: the current one stands in the tracker's row, the closed ones in rows of their own."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.standing import over, remaining
from models.trackers import ClosedPeriod, Tracker


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a tracker, closed or current."""

    tracker_id: UUID
    number: int
    begin_date: date
    end_date: date | None
    session_limit: int
    used: int
    closed_at: datetime | None

    @property
    def remaining(self) -> int:
        """Sessions left."""
        return remaining(session_limit=self.session_limit, used=self.used)

    @property
    def over(self) -> int:
        """Sessions past the limit."""
        return over(session_limit=self.session_limit, used=self.used)


def current(tracker: Tracker) -> Period:
    """Return the tracker's last period, open or expired."""
    return Period(
        tracker_id=tracker.id,
        number=tracker.period_number,
        begin_date=tracker.begin_date,
        end_date=tracker.end_date,
        session_limit=tracker.session_limit,
        used=tracker.used,
        closed_at=None,
    )


def closed(period: ClosedPeriod) -> Period:
    """Return a period that has ended."""
    return Period(
        tracker_id=period.tracker_id,
        number=period.number,
        begin_date=period.begin_date,
        end_date=period.end_date,
        session_limit=period.session_limit,
        used=period.used,
        closed_at=period.closed_at,
    )
