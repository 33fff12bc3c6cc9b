"""A naive twin of the rule, written from the domain's prose: one local day at a time, every count from scratch."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.terms import AppointmentStatus, TaskReason, TaskStatus, TaskTrigger, TrackerState
from tests.models.naive_dates import DAY, midnight_of, months_on, months_spanned
from tests.models.views import ClosedView, TaskView, TrackerView

FIRED_BY_COUNT = (TaskTrigger.COUNT_REACHED, TaskTrigger.WHICHEVER_COMES_FIRST)
FIRED_BY_END = (TaskTrigger.END_DATE, TaskTrigger.WHICHEVER_COMES_FIRST)


@dataclass
class NaiveTask:
    """A period's task, with the moment it last changed."""

    status: TaskStatus
    reason: TaskReason
    moment: datetime
    rearmed: bool = False


@dataclass
class NaivePeriod:
    """One counting window; closed once `closed_at` is set."""

    number: int
    begin: date
    end: date | None
    limit: int
    closed_at: datetime | None = None
    task: NaiveTask | None = None


@dataclass(frozen=True)
class NaiveTerms:
    """What a person sets when creating or editing a tracker."""

    limit: int
    begin: date
    end: date | None
    auto_reset: bool
    trigger: TaskTrigger | None


@dataclass
class NaiveTracker:
    """A tracker with all its periods, the current one last."""

    terms: NaiveTerms
    periods: list[NaivePeriod]
    anchor: NaivePeriod
    was_reached: bool = False
    count_heard: bool = False
    end_heard: bool = False


@dataclass
class NaiveClient:
    """A client whose every day is lived through in order."""

    zone: ZoneInfo
    now: datetime
    appointments: dict[int, tuple[date, AppointmentStatus]]
    trackers: dict[int, NaiveTracker] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """Return the local calendar date now."""
        return self.now.astimezone(self.zone).date()

    def live_until(self, *, now: datetime) -> None:
        """Let every midnight up to now strike, one after the other."""
        while (midnight := midnight_of(self.today + DAY, zone=self.zone)) <= now:
            self.now = midnight
            self.settle()
        self.now = now

    def used(self, *, period: NaivePeriod) -> int:
        """Count the completed appointments of the period up to today."""
        count = 0
        for day, status in self.appointments.values():
            in_period = period.begin <= day and (period.end is None or day <= period.end)
            if status is AppointmentStatus.COMPLETED and in_period and day <= self.today:
                count += 1
        return count

    def state(self, *, tracker: NaiveTracker) -> TrackerState:
        """Name where the tracker stands today."""
        period = tracker.periods[-1]
        if period.begin > self.today:
            return TrackerState.UPCOMING
        if period.end is not None and period.end < self.today:
            return TrackerState.EXPIRED
        return TrackerState.LIMIT_REACHED if self.used(period=period) >= period.limit else TrackerState.ACTIVE

    def create(self, *, key: int, terms: NaiveTerms) -> None:
        """Create a tracker now."""
        first = NaivePeriod(1, terms.begin, terms.end, terms.limit)
        self.trackers[key] = NaiveTracker(terms, [first], anchor=first)
        self.settle(quiet=key)

    def edit(self, *, key: int, terms: NaiveTerms) -> None:
        """Edit a tracker's current period now."""
        tracker = self.trackers[key]
        period, old = tracker.periods[-1], tracker.terms
        if period.task is not None and (terms.limit != old.limit or terms.end != period.end):
            period.task.rearmed = True
        if terms.limit != old.limit or terms.trigger is not old.trigger:
            tracker.count_heard = False
        if (terms.begin, terms.end) != (period.begin, period.end):
            tracker.anchor = NaivePeriod(period.number, terms.begin, terms.end, terms.limit)
        period.begin, period.end, period.limit = terms.begin, terms.end, terms.limit
        tracker.terms = terms
        self.settle(quiet=key)

    def mark_task(self, *, key: int, number: int, status: TaskStatus) -> None:
        """Set a task's status by hand."""
        task = self.trackers[key].periods[number - 1].task
        assert task is not None
        task.status, task.moment = status, self.now

    def view(self, *, key: int) -> TrackerView:
        """Show a tracker now, with every count taken from the appointments."""
        tracker = self.trackers[key]
        current = tracker.periods[-1]
        return TrackerView(
            state=self.state(tracker=tracker),
            number=current.number,
            begin=current.begin,
            end=current.end,
            limit=current.limit,
            used=self.used(period=current),
            closed={
                period.number: ClosedView(
                    period.begin, period.end, period.limit, self.used(period=period), period.closed_at
                )
                for period in tracker.periods
                if period.closed_at is not None
            },
            tasks={
                period.number: TaskView(period.task.status, period.task.reason, period.task.moment)
                for period in tracker.periods
                if period.task is not None
            },
        )

    def settle(self, *, quiet: int | None = None) -> None:
        """Bring all trackers into line; the quiet one was just created or edited."""
        for key, tracker in self.trackers.items():
            while self._step(tracker, quiet=key == quiet):
                pass

    def _step(self, tracker: NaiveTracker, *, quiet: bool) -> bool:
        """Bring the current period into line and tell whether another one followed it."""
        period = tracker.periods[-1]
        if period.end is None or period.end >= self.today:
            self._hear_count(tracker, silent=False)
            tracker.end_heard = False
            return False
        self._hear_count(tracker, silent=quiet and tracker.terms.auto_reset)
        if not quiet and not tracker.end_heard and tracker.terms.trigger in FIRED_BY_END:
            self._fire(period, reason=TaskReason.END_DATE)
        tracker.end_heard = True
        if not tracker.terms.auto_reset:
            return False
        period.closed_at = midnight_of(period.end + DAY, zone=self.zone)
        begin, end = following(tracker.anchor, number=period.number + 1)
        tracker.periods.append(NaivePeriod(period.number + 1, begin, end, period.limit))
        tracker.was_reached = tracker.count_heard = tracker.end_heard = False
        return True

    def _hear_count(self, tracker: NaiveTracker, *, silent: bool) -> None:
        period = tracker.periods[-1]
        reached = self.used(period=period) >= period.limit
        fell, task = tracker.was_reached and not reached, period.task
        if fell and task and task.status is TaskStatus.OPEN and task.reason is TaskReason.COUNT_REACHED:
            task.status, task.moment = TaskStatus.WITHDRAWN, self.now
        if reached and not tracker.count_heard and not silent and tracker.terms.trigger in FIRED_BY_COUNT:
            self._fire(period, reason=TaskReason.COUNT_REACHED)
        tracker.was_reached = tracker.count_heard = reached

    def _fire(self, period: NaivePeriod, *, reason: TaskReason) -> None:
        task = period.task
        if task is None:
            period.task = NaiveTask(TaskStatus.OPEN, reason, self.now)
            return
        if task.status is TaskStatus.WITHDRAWN or (task.status is TaskStatus.DONE and task.rearmed):
            task.status, task.reason, task.moment = TaskStatus.OPEN, reason, self.now
        task.rearmed = False


def following(anchor: NaivePeriod, *, number: int) -> tuple[date, date]:
    """Return begin and end of the period of that number, walked from the anchor's dates."""
    assert anchor.end is not None
    months = months_spanned(begin=anchor.begin, end=anchor.end)
    steps = number - anchor.number
    if months is not None:
        return months_on(anchor.begin, months * steps), months_on(anchor.begin, months * (steps + 1)) - DAY
    begin, end = anchor.begin, anchor.end
    for _ in range(steps):
        begin, end = end + DAY, end + DAY + (end - begin)
    return begin, end
