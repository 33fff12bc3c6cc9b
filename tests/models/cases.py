"""A front desk told in dates: one client, one tracker, and what the rule makes of the days that pass."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.calendar import first_instant
from models.terms import AppointmentStatus, TaskStatus, TaskTrigger
from tests.models.driven import DrivenClient
from tests.models.naive import NaiveTerms
from tests.models.views import ClosedView, TaskView, TrackerView

TRACKER = 1


def day(text: str | None) -> date | None:
    """Read a date; nothing is no date."""
    return None if text is None else date.fromisoformat(text)


@dataclass
class Desk:
    """The client of a practice at noon of `today`, with the service dates of completed appointments."""

    today: str
    completed: tuple[str, ...] = ()
    zone: str = "UTC"
    client: DrivenClient = field(init=False)
    terms: NaiveTerms = field(init=False)

    def __post_init__(self) -> None:
        """Open the client's file."""
        self.client = DrivenClient(ZoneInfo(self.zone), self.at(self.today), {})
        self._book(*self.completed)

    @property
    def view(self) -> TrackerView:
        """Show the tracker as it was last settled."""
        return self.client.view(key=TRACKER)

    @property
    def task(self) -> TaskView | None:
        """Show the task of the current period."""
        return self.view.tasks.get(self.view.number)

    def at(self, text: str) -> datetime:
        """Return noon of the day in the practice's zone."""
        return datetime.combine(date.fromisoformat(text), time(12), tzinfo=ZoneInfo(self.zone))

    def midnight(self, text: str) -> datetime:
        """Return the first instant of the day in the practice's zone."""
        return first_instant(date.fromisoformat(text), zone=ZoneInfo(self.zone))

    def create(
        self,
        *,
        limit: int = 3,
        begin: str = "2026-01-01",
        end: str | None = "2026-01-31",
        auto_reset: bool = False,
        trigger: TaskTrigger | None = None,
    ) -> "Desk":
        """Create the tracker now."""
        self.terms = NaiveTerms(limit, date.fromisoformat(begin), day(end), auto_reset, trigger)
        self.client.catch_up()
        self.client.create(key=TRACKER, terms=self.terms)
        return self

    def edit(self, **changes: Any) -> None:
        """Edit what is named of the tracker's current period, dates written as text; everything else stays."""
        self.client.catch_up()
        changes |= {name: day(changes[name]) for name in ("begin", "end") if name in changes}
        current = replace(self.terms, begin=self.view.begin, end=self.view.end)
        self.terms = replace(current, **changes)
        self.client.edit(key=TRACKER, terms=self.terms)

    def complete(self, *days: str) -> None:
        """Complete an appointment on each of these days."""
        self.client.catch_up()
        self._book(*days)
        self.client.settle()

    def undo(self, *days: str) -> None:
        """Undo one completion on each of these days."""
        self.client.catch_up()
        for text in days:
            wanted = (date.fromisoformat(text), AppointmentStatus.COMPLETED)
            key = next(key for key, appointment in self.client.appointments.items() if appointment == wanted)
            self.client.appointments[key] = (wanted[0], AppointmentStatus.SCHEDULED)
        self.client.settle()

    def live_until(self, text: str) -> None:
        """Let time pass until noon of the day, and catch up in one go."""
        self.live_until_instant(self.at(text))

    def live_until_instant(self, now: datetime) -> None:
        """Let time pass, and catch up in one go."""
        self.client.live_until(now=now)

    def mark_task(self, status: TaskStatus) -> None:
        """Set the status of the current period's task by hand."""
        self.client.catch_up()
        self.client.mark_task(key=TRACKER, number=self.view.number, status=status)
        self.client.settle()

    def closed(self, begin: str, end: str, *, used: int, limit: int = 3) -> ClosedView:
        """Return the closed period of these dates, ended on time."""
        last = date.fromisoformat(end)
        ended = first_instant(last + timedelta(days=1), zone=ZoneInfo(self.zone))
        return ClosedView(date.fromisoformat(begin), last, limit, used, ended)

    def _book(self, *days: str) -> None:
        for text in days:
            key = len(self.client.appointments)
            self.client.appointments[key] = (date.fromisoformat(text), AppointmentStatus.COMPLETED)
