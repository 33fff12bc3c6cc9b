"""The end of a period: at the first instant of the next day, once and only once, and in order after downtime."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.settling import Closing, Course, Days, run_course
from models.spans import Span
from models.standing import Standing
from models.terms import AppointmentStatus, TaskReason, TaskStatus, TaskTrigger, TrackerState
from tests.models.cases import Desk
from tests.models.views import ClosedView, TaskView

MICROSECOND = timedelta(microseconds=1)
NIGHTS = [
    ("Europe/Zurich", "2026-10-25", "2026-10-25T23:00Z"),
    ("America/Santiago", "2023-09-02", "2023-09-03T04:00Z"),
    ("America/Santiago", "2024-04-06", "2024-04-07T04:00Z"),
    ("Africa/Cairo", "2024-04-25", "2024-04-25T22:00Z"),
    ("Asia/Beirut", "2022-03-26", "2022-03-26T22:00Z"),
    ("America/Havana", "2025-11-01", "2025-11-02T04:00Z"),
    ("America/Nuuk", "2025-03-29", "2025-03-30T01:00Z"),
    ("Pacific/Apia", "2011-12-29", "2011-12-30T10:00Z"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z"),
    ("Pacific/Apia", "2011-12-31", "2011-12-31T10:00Z"),
]


@pytest.mark.parametrize("auto_reset", [True, False])
@pytest.mark.parametrize(("zone", "end", "instant"), NIGHTS)
def test_a_period_ends_at_the_first_instant_of_the_day_after_its_end_date(
    zone: str, end: str, instant: str, auto_reset: bool
) -> None:
    """End on the microsecond, and not one earlier, also in nights without a midnight."""
    # Given a week that ends on a date of interest, at noon of its first day
    last, ends = date.fromisoformat(end), datetime.fromisoformat(instant)
    begin = (last - timedelta(days=6)).isoformat()
    desk = Desk(today=begin, zone=zone).create(
        begin=begin, end=end, auto_reset=auto_reset, trigger=TaskTrigger.END_DATE
    )
    assert desk.client.due_at == ends

    # When the last microsecond of the week has come
    desk.live_until_instant(ends - MICROSECOND)

    # Then the period still runs
    assert (desk.view.number, desk.view.state) == (1, TrackerState.ACTIVE)
    assert (desk.view.closed, desk.view.tasks) == ({}, {})

    # And at the next one it is over
    desk.live_until_instant(ends)
    assert desk.view.tasks == {1: TaskView(TaskStatus.OPEN, TaskReason.END_DATE, ends)}
    assert [closed.closed_at for closed in desk.view.closed.values()] == ([ends] if auto_reset else [])
    assert (desk.view.number, desk.view.state) == (
        (2, TrackerState.ACTIVE) if auto_reset else (1, TrackerState.EXPIRED)
    )


def test_the_next_period_begins_the_day_after_and_counts_from_zero() -> None:
    """Keep limit, rule and reset, and carry nothing over."""
    desk = Desk(today="2026-01-31", completed=("2026-01-05",) * 5).create(limit=3, auto_reset=True)
    assert (desk.view.used, desk.view.state) == (5, TrackerState.LIMIT_REACHED)

    desk.live_until("2026-02-01")

    assert desk.view.closed == {1: desk.closed("2026-01-01", "2026-01-31", used=5)}
    assert (desk.view.begin, desk.view.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (desk.view.number, desk.view.limit) == (2, 3)
    assert (desk.view.used, desk.view.state) == (0, TrackerState.ACTIVE)
    assert desk.client.standings[1].auto_reset


@pytest.mark.parametrize("times", [1, 5])
def test_a_period_ends_once_however_often_it_is_settled(times: int) -> None:
    """Leave history, task and state alone the second time."""
    desk = Desk(today="2026-01-31").create(auto_reset=True, trigger=TaskTrigger.END_DATE)
    desk.live_until("2026-02-01")
    once = desk.view
    for _ in range(times):
        desk.client.catch_up()
        desk.client.settle()

    assert desk.view == once


@pytest.mark.parametrize(
    ("begin", "end", "today", "spans"),
    [
        (
            "2026-01-31",
            "2026-02-27",
            "2026-06-01",
            ["01-31..02-27", "02-28..03-30", "03-31..04-29", "04-30..05-30", "05-31..06-29"],
        ),
        ("2026-01-05", "2026-01-18", "2026-02-02", ["01-05..01-18", "01-19..02-01", "02-02..02-15"]),
        ("2026-02-01", "2026-02-28", "2026-04-30", ["02-01..02-28", "03-01..03-31", "04-01..04-30"]),
    ],
)
def test_periods_follow_from_the_anchor(begin: str, end: str, today: str, spans: list[str]) -> None:
    """Never chain: the 31st comes back after a shorter month."""
    desk = Desk(today=begin).create(begin=begin, end=end, auto_reset=True)
    desk.live_until(today)

    lived = [(period.begin, period.end) for period in desk.view.closed.values()]
    lived.append((desk.view.begin, desk.view.end))
    assert [f"{first:%m-%d}..{last:%m-%d}" for first, last in lived] == spans


def test_a_calendar_year_stays_one_leap_years_included() -> None:
    """Begin on 1 January and end on 31 December, year after year."""
    desk = Desk(today="2026-01-01").create(begin="2026-01-01", end="2026-12-31", auto_reset=True)
    desk.live_until("2029-05-05")

    assert (desk.view.number, desk.view.begin, desk.view.end) == (4, date(2029, 1, 1), date(2029, 12, 31))


def test_after_downtime_every_missed_period_is_closed_in_order_with_count_history_and_task() -> None:
    """Catch up in one go with what running day by day would have given."""
    # Given a weekly tracker, sessions already completed in advance, and a server that goes down
    advance = ("2026-01-06", "2026-01-07", "2026-01-13", "2026-01-20", "2026-01-21", "2026-01-30")
    rule = TaskTrigger.WHICHEVER_COMES_FIRST
    desk = Desk(today="2026-01-05", completed=advance)
    desk.create(limit=2, begin="2026-01-05", end="2026-01-11", auto_reset=True, trigger=rule)

    # When it comes up again weeks later
    desk.live_until("2026-01-28")

    # Then each week has its count, its end, and its task at the moment that was due
    assert list(desk.view.closed.items()) == [
        (1, desk.closed("2026-01-05", "2026-01-11", used=2, limit=2)),
        (2, desk.closed("2026-01-12", "2026-01-18", used=1, limit=2)),
        (3, desk.closed("2026-01-19", "2026-01-25", used=2, limit=2)),
    ]
    assert desk.view.tasks == {
        1: TaskView(TaskStatus.OPEN, TaskReason.COUNT_REACHED, desk.midnight("2026-01-07")),
        2: TaskView(TaskStatus.OPEN, TaskReason.END_DATE, desk.midnight("2026-01-19")),
        3: TaskView(TaskStatus.OPEN, TaskReason.COUNT_REACHED, desk.midnight("2026-01-21")),
    }
    assert (desk.view.number, desk.view.used, desk.view.state) == (4, 0, TrackerState.ACTIVE)


def test_a_day_the_calendar_leaves_out_ends_with_the_day_before_it() -> None:
    """Close both of a daily tracker's periods at the same instant, each with its task."""
    desk = Desk(today="2011-12-29", zone="Pacific/Apia", completed=("2011-12-29",))
    desk.create(begin="2011-12-29", end="2011-12-29", auto_reset=True, trigger=TaskTrigger.END_DATE)
    turn = datetime(2011, 12, 30, 10, tzinfo=UTC)
    desk.live_until_instant(turn)

    assert list(desk.view.closed.items()) == [
        (1, ClosedView(date(2011, 12, 29), date(2011, 12, 29), 3, 1, turn)),
        (2, ClosedView(date(2011, 12, 30), date(2011, 12, 30), 3, 0, turn)),
    ]
    assert desk.view.tasks == {number: TaskView(TaskStatus.OPEN, TaskReason.END_DATE, turn) for number in (1, 2)}
    assert (desk.view.number, desk.view.begin) == (3, date(2011, 12, 31))


def test_a_closed_period_stays_closed_when_the_practice_moves_to_another_zone() -> None:
    """Wait for the new period's first day where it is still the day before."""
    # Given a period closed at midnight in Auckland
    desk = Desk(today="2026-01-31", zone="Pacific/Auckland", completed=("2026-01-31",)).create(auto_reset=True)
    desk.live_until("2026-02-01")
    closed = {1: desk.closed("2026-01-01", "2026-01-31", used=1)}
    assert desk.view.closed == closed

    # When the practice moves to Honolulu, where it is still 31 January
    desk.client.zone = ZoneInfo("Pacific/Honolulu")
    desk.client.settle()

    # Then the period stays closed, and its successor begins with its first day there
    assert desk.view.closed == closed
    assert (desk.view.number, desk.view.state, desk.view.used) == (2, TrackerState.UPCOMING, 0)
    desk.live_until_instant(datetime(2026, 2, 1, 10, tzinfo=UTC))
    assert desk.view.closed == closed
    assert (desk.view.number, desk.view.state) == (2, TrackerState.ACTIVE)


def test_a_midnight_that_strikes_twice_ends_a_period_once() -> None:
    """Keep the period closed in the hour before a midnight that comes again."""
    desk = Desk(today="2010-11-06", zone="America/St_Johns")
    desk.create(begin="2010-11-01", end="2010-11-06", auto_reset=True, trigger=TaskTrigger.END_DATE)
    strikes = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    desk.live_until_instant(strikes)
    assert list(desk.view.closed) == [1]

    for minutes in (30, 61, 90):
        desk.live_until_instant(strikes + timedelta(minutes=minutes))
        desk.client.settle()

    assert list(desk.view.closed) == [1]
    assert desk.view.tasks == {1: TaskView(TaskStatus.OPEN, TaskReason.END_DATE, strikes)}
    assert (desk.view.number, desk.view.state) == (2, TrackerState.ACTIVE)


@pytest.mark.parametrize(
    ("today", "begin", "end", "booked", "due"),
    [
        ("2026-01-10", "2026-01-20", None, None, "2026-01-20"),
        ("2026-01-10", "2026-01-20", None, "2026-01-15", "2026-01-15"),
        ("2026-01-10", "2026-01-01", "2026-01-31", None, "2026-02-01"),
        ("2026-01-10", "2026-01-01", "2026-01-31", "2026-01-11", "2026-01-11"),
        ("2026-01-10", "2026-01-01", "2026-01-31", "2026-01-10", "2026-02-01"),
        ("2026-01-10", "2026-01-01", "2026-01-31", "2026-02-01", "2026-02-01"),
        ("2026-01-10", "2026-01-01", None, None, None),
        ("2026-01-10", "2026-01-01", None, "2026-05-01", "2026-05-01"),
        ("2026-02-10", "2026-01-01", "2026-01-31", None, None),
        ("2026-02-10", "2026-01-01", "2026-01-31", "2026-02-11", "2026-02-11"),
    ],
)
def test_the_client_is_due_when_a_tracker_changes_or_a_booked_day_comes(
    today: str, begin: str, end: str | None, booked: str | None, due: str | None
) -> None:
    """Name the next begin, end or booked day, whichever comes first."""
    desk = Desk(today=today)
    if booked is not None:
        desk.client.appointments[0] = (date.fromisoformat(booked), AppointmentStatus.SCHEDULED)
    desk.create(begin=begin, end=end)

    assert desk.client.due_at == (None if due is None else desk.midnight(due))


def test_a_client_without_trackers_is_never_due() -> None:
    """Have nothing to settle."""
    tomorrow = [date(2026, 1, 11)]
    course: Course[int] = run_course(
        {}, days=Days(tomorrow, tomorrow), zone=ZoneInfo("UTC"), due_at=None, now=datetime(2026, 1, 10, tzinfo=UTC)
    )

    assert course == Course({}, {})


def test_a_course_names_each_closing_with_its_tracker_and_moment() -> None:
    """Close two trackers' periods in the order of time."""
    weeks = {name: Span(date(2026, 1, day), date(2026, 1, day + 6)) for name, day in (("late", 7), ("early", 5))}
    begun = {name: Standing(2, span, True, None, anchor=span) for name, span in weeks.items()}
    course = run_course(
        begun,
        days=Days([], []),
        zone=ZoneInfo("UTC"),
        due_at=datetime(2026, 1, 12, tzinfo=UTC),
        now=datetime(2026, 1, 15, 8, tzinfo=UTC),
    )

    assert [(closing.tracker, closing.closed_at) for closing in course.closings] == [
        ("early", datetime(2026, 1, 12, tzinfo=UTC)),
        ("late", datetime(2026, 1, 14, tzinfo=UTC)),
    ]
    assert all(isinstance(closing, Closing) and closing.standing.number == 1 for closing in course.closings)
    assert course.due_at == datetime(2026, 1, 19, tzinfo=UTC)
    assert course.task_moments == {}
