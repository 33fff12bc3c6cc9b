"""The rule under test, driven for one client as the ledger drives it."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.editing import edited
from models.settling import Days, run_course
from models.spans import Span
from models.standing import Standing, sessions_counted
from models.terms import AppointmentStatus, TaskStatus
from tests.models.naive import NaiveTerms
from tests.models.views import ClosedView, TaskView, TrackerView


@dataclass
class DrivenClient:
    """A client who is settled when something is due and around each change, and left alone in between."""

    zone: ZoneInfo
    now: datetime
    appointments: dict[int, tuple[date, AppointmentStatus]]
    standings: dict[int, Standing] = field(default_factory=dict)
    closed: dict[int, dict[int, ClosedView]] = field(default_factory=dict)
    tasks: dict[int, dict[int, TaskView]] = field(default_factory=dict)
    due_at: datetime | None = None

    def live_until(self, *, now: datetime) -> None:
        """Let time pass, and catch up in one go if anything has come due."""
        self.now = now
        if self.due_at is not None and self.due_at <= now:
            self.catch_up()

    def catch_up(self) -> None:
        """Settle what was due up to now, before a change."""
        self._run(due_at=self.due_at)

    def settle(self, *, quiet: int | None = None) -> None:
        """Settle after a change; the quiet tracker was just created or edited."""
        self._run(due_at=None, quiet=quiet)

    def create(self, *, key: int, terms: NaiveTerms) -> None:
        """Create a tracker now."""
        span = Span(terms.begin, terms.end)
        self.closed[key], self.tasks[key] = {}, {}
        self.standings[key] = Standing(terms.limit, span, terms.auto_reset, terms.trigger, anchor=span)
        self.settle(quiet=key)

    def edit(self, *, key: int, terms: NaiveTerms) -> None:
        """Edit a tracker's current period now."""
        self.standings[key] = edited(
            self.standings[key],
            session_limit=terms.limit,
            span=Span(terms.begin, terms.end),
            auto_reset=terms.auto_reset,
            trigger=terms.trigger,
        )
        self.settle(quiet=key)

    def mark_task(self, *, key: int, number: int, status: TaskStatus) -> None:
        """Set a task's status by hand."""
        self.tasks[key][number] = replace(self.tasks[key][number], status=status, moment=self.now)
        standing = self.standings[key]
        if standing.number == number and standing.task is not None:
            self.standings[key] = standing._replace(task=standing.task._replace(status=status))

    def view(self, *, key: int) -> TrackerView:
        """Show a tracker as it was last settled."""
        standing = self.standings[key]
        return TrackerView(
            state=standing.state,
            number=standing.number,
            begin=standing.span.begin,
            end=standing.span.end,
            limit=standing.session_limit,
            used=standing.used,
            closed=dict(self.closed[key]),
            tasks=dict(self.tasks[key]),
        )

    def _run(self, *, due_at: datetime | None, quiet: int | None = None) -> None:
        course = run_course(
            self.standings,
            days=self._days(),
            zone=self.zone,
            due_at=due_at,
            now=self.now,
            quiet=() if quiet is None else (quiet,),
        )
        for closing in course.closings:
            span = closing.standing.span
            assert closing.standing.number not in self.closed[closing.tracker], "a period closes once"
            self.closed[closing.tracker][closing.standing.number] = ClosedView(
                span.begin, span.end, closing.standing.session_limit, closing.standing.used, closing.closed_at
            )
            self._keep_task(closing.tracker, closing.standing, moments=course.task_moments)
        for key, standing in course.standings.items():
            self._keep_task(key, standing, moments=course.task_moments)
        self.standings, self.due_at = course.standings, course.due_at
        self._recount_closed()

    def _keep_task(self, key: int, standing: Standing, *, moments: dict[tuple[int, int], datetime]) -> None:
        if standing.task is None:
            assert standing.number not in self.tasks[key], "a task is never lost"
            return
        kept, task = self.tasks[key].get(standing.number), standing.task
        if kept is None or (kept.status, kept.reason) != (task.status, task.reason):
            self.tasks[key][standing.number] = TaskView(task.status, task.reason, moments[key, standing.number])

    def _recount_closed(self) -> None:
        completed, today = self._days().completed, self.now.astimezone(self.zone).date()
        for periods in self.closed.values():
            for number, period in periods.items():
                used = sessions_counted(completed, span=Span(period.begin, period.end), today=today)
                periods[number] = replace(period, used=used)

    def _days(self) -> Days:
        dates = self.appointments.values()
        completed = sorted(day for day, status in dates if status is AppointmentStatus.COMPLETED)
        return Days(completed=completed, booked=sorted(day for day, _ in dates))
