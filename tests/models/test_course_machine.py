"""The rule against its naive twin: whatever happens in whatever order, one catch-up equals every day lived."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from models.terms import AppointmentStatus, TaskStatus, TaskTrigger
from tests.models import choices
from tests.models.choices import Draft
from tests.models.driven import DrivenClient
from tests.models.naive import NaiveClient, NaiveTerms
from tests.models.naive_dates import DAY, midnight_of

MICROSECOND = timedelta(microseconds=1)


class CourseMachine(RuleBasedStateMachine):
    """A client's life: appointments, trackers, tasks and the passing of time, in any order."""

    @initialize(start=choices.moments, booked=st.lists(choices.offsets, max_size=8), draft=choices.drafts)
    def open_a_client(self, start: tuple[str, datetime], booked: list[int], draft: Draft) -> None:
        zone, now = ZoneInfo(start[0]), start[1]
        self.appointments: dict[int, tuple[date, AppointmentStatus]] = {}
        self.naive = NaiveClient(zone, now, self.appointments)
        self.driven = DrivenClient(zone, now, self.appointments)
        for key, offset in enumerate(booked):
            self.appointments[key] = (self._service_date(offset), AppointmentStatus.COMPLETED)
        self.appointment_key, self.tracker_key = len(booked), 0
        self.create_a_tracker(draft=draft)

    @rule(offset=choices.offsets, status=choices.statuses, copies=st.integers(1, 3))
    def book(self, offset: int, status: AppointmentStatus, copies: int) -> None:
        self.driven.catch_up()
        for _ in range(copies):
            self.appointments[self.appointment_key] = (self._service_date(offset), status)
            self.appointment_key += 1
        self._settle()

    @precondition(lambda self: self.appointments)
    @rule(pick=choices.picks, status=choices.statuses)
    def complete_undo_cancel_or_miss(self, pick: int, status: AppointmentStatus) -> None:
        self.driven.catch_up()
        key = self._appointment(pick)
        self.appointments[key] = (self.appointments[key][0], status)
        self._settle()

    @precondition(lambda self: self.appointments)
    @rule(pick=choices.picks, offset=choices.offsets)
    def move(self, pick: int, offset: int) -> None:
        self.driven.catch_up()
        key = self._appointment(pick)
        self.appointments[key] = (self._service_date(offset), self.appointments[key][1])
        self._settle()

    @precondition(lambda self: self.appointments)
    @rule(pick=choices.picks)
    def delete(self, pick: int) -> None:
        self.driven.catch_up()
        del self.appointments[self._appointment(pick)]
        self._settle()

    @precondition(lambda self: len(self.naive.trackers) < 4)
    @rule(draft=choices.drafts)
    def create_a_tracker(self, draft: Draft) -> None:
        terms = draft.terms(today=self.naive.today)
        self.driven.catch_up()
        self.naive.create(key=self.tracker_key, terms=terms)
        self.driven.create(key=self.tracker_key, terms=terms)
        self.tracker_key += 1

    @precondition(lambda self: self.naive.trackers)
    @rule(pick=choices.picks, limit=choices.limits)
    def edit_the_limit(self, pick: int, limit: int) -> None:
        key, terms = self._tracker(pick)
        self._edit(key, replace(terms, limit=limit))

    @precondition(lambda self: self.naive.trackers)
    @rule(pick=choices.picks, begin=choices.offsets | st.none(), end=choices.near | choices.lengths)
    def edit_the_dates(self, pick: int, begin: int | None, end: int | tuple[str, int] | None) -> None:
        key, terms = self._tracker(pick)
        first = terms.begin if begin is None else self.naive.today + begin * DAY
        last = self.naive.today + end * DAY if isinstance(end, int) else choices.end_of(first, end)
        self._edit(key, replace(terms, begin=first, end=last))

    @precondition(lambda self: self.naive.trackers)
    @rule(pick=choices.picks, trigger=choices.triggers, auto_reset=st.booleans())
    def edit_the_rule_or_the_reset(self, pick: int, trigger: TaskTrigger | None, auto_reset: bool) -> None:
        key, terms = self._tracker(pick)
        self._edit(key, replace(terms, trigger=trigger, auto_reset=auto_reset))

    @precondition(lambda self: self.naive.trackers)
    @rule(pick=choices.picks, draft=choices.drafts)
    def edit_everything(self, pick: int, draft: Draft) -> None:
        self._edit(self._tracker(pick)[0], draft.terms(today=self.naive.today))

    @precondition(lambda self: len(self.naive.trackers) > 1)
    @rule(pick=choices.picks)
    def remove_a_tracker(self, pick: int) -> None:
        self.driven.catch_up()
        key, _ = self._tracker(pick)
        del self.driven.standings[key], self.naive.trackers[key]
        self._settle()

    @precondition(lambda self: self._tasks(TaskStatus.OPEN))
    @rule(pick=choices.picks)
    def mark_a_task_done(self, pick: int) -> None:
        self._mark(self._tasks(TaskStatus.OPEN), pick, TaskStatus.DONE)

    @precondition(lambda self: self._tasks(TaskStatus.DONE))
    @rule(pick=choices.picks)
    def reopen_a_task(self, pick: int) -> None:
        self._mark(self._tasks(TaskStatus.DONE), pick, TaskStatus.OPEN)

    @rule(minutes=st.integers(1, 1500))
    def let_hours_pass(self, minutes: int) -> None:
        self._live_until(self.naive.now + timedelta(minutes=minutes))

    @rule(early=st.booleans())
    def let_midnight_strike(self, early: bool) -> None:
        midnight = midnight_of(self.naive.today + DAY, zone=self.naive.zone)
        self._live_until(midnight - MICROSECOND if early else midnight)

    @rule(days=st.integers(2, 8) | st.integers(9, 130))
    def be_down_for_days(self, days: int) -> None:
        self._live_until(self.naive.now + days * DAY)

    @rule(name=choices.zones)
    def move_the_practice_to_another_zone(self, name: str) -> None:
        self.driven.catch_up()
        self.naive.zone = self.driven.zone = ZoneInfo(name)
        for key, (day, status) in self.appointments.items():
            self.appointments[key] = (self._existing(day), status)
        self._settle()

    @invariant()
    def the_rule_agrees_with_its_twin(self) -> None:
        assert self.driven.standings.keys() == self.naive.trackers.keys()
        for key in self.naive.trackers:
            assert self.driven.view(key=key) == self.naive.view(key=key)

    @invariant()
    def the_next_due_moment_lies_ahead(self) -> None:
        assert self.driven.due_at is None or self.driven.due_at > self.driven.now

    def _live_until(self, now: datetime) -> None:
        assume(now >= self.naive.now)
        self.naive.live_until(now=now)
        self.driven.live_until(now=now)

    def _settle(self) -> None:
        self.naive.settle()
        self.driven.settle()

    def _edit(self, key: int, terms: NaiveTerms) -> None:
        self.driven.catch_up()
        self.naive.edit(key=key, terms=choices.allowed(terms))
        self.driven.edit(key=key, terms=choices.allowed(terms))

    def _tasks(self, status: TaskStatus) -> list[tuple[int, int]]:
        """Return tracker and period of the tasks of that status."""
        views = {key: self.naive.view(key=key) for key in self.naive.trackers}
        return [(key, n) for key, view in views.items() for n, task in view.tasks.items() if task.status is status]

    def _mark(self, tasks: list[tuple[int, int]], pick: int, status: TaskStatus) -> None:
        key, number = tasks[pick % len(tasks)]
        self.driven.catch_up()
        self.naive.mark_task(key=key, number=number, status=status)
        self.driven.mark_task(key=key, number=number, status=status)
        self._settle()

    def _service_date(self, offset: int) -> date:
        return self._existing(self.naive.today + offset * DAY)

    def _existing(self, day: date) -> date:
        """Return the day, or the next one where the zone's calendar leaves it out."""
        return midnight_of(day, zone=self.naive.zone).astimezone(self.naive.zone).date()

    def _appointment(self, pick: int) -> int:
        return list(self.appointments)[pick % len(self.appointments)]

    def _tracker(self, pick: int) -> tuple[int, NaiveTerms]:
        """Return a tracker and its terms with the dates of its current period."""
        key = list(self.naive.trackers)[pick % len(self.naive.trackers)]
        tracker = self.naive.trackers[key]
        return key, replace(tracker.terms, begin=tracker.periods[-1].begin, end=tracker.periods[-1].end)


TestCourse = CourseMachine.TestCase
