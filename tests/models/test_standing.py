"""What counts in a period, and the states a tracker goes through."""

from datetime import date

import pytest

from models.spans import Span
from models.standing import Standing, over, remaining, sessions_counted, settle
from models.terms import AppointmentStatus, TaskTrigger, TrackerState
from tests.models.cases import TRACKER, Desk

JANUARY = Span(date(2026, 1, 1), date(2026, 1, 31))


def counted(*days: str, today: str, span: Span = JANUARY) -> int:
    """Count the completed sessions of these days."""
    return sessions_counted(sorted(date.fromisoformat(day) for day in days), span=span, today=date.fromisoformat(today))


@pytest.mark.parametrize(
    ("day", "counts"),
    [("2025-12-31", 0), ("2026-01-01", 1), ("2026-01-15", 1), ("2026-01-31", 1), ("2026-02-01", 0)],
)
def test_a_session_counts_when_its_date_lies_in_the_period_both_ends_included(day: str, counts: int) -> None:
    """Count from the begin date to the end date."""
    assert counted(day, today="2026-03-01") == counts


@pytest.mark.parametrize(("today", "counts"), [("2026-01-14", 0), ("2026-01-15", 1), ("2026-01-16", 1)])
def test_a_session_completed_in_advance_counts_from_its_own_day_on(today: str, counts: int) -> None:
    """Wait for the day itself, and count on it."""
    assert counted("2026-01-15", today=today) == counts


def test_two_sessions_in_one_day_are_two() -> None:
    """Count appointments, not days."""
    assert counted("2026-01-15", "2026-01-15", "2026-01-16", today="2026-01-31") == 3


def test_nothing_counts_before_the_period_begins() -> None:
    """Stay at zero while the period lies ahead."""
    assert counted("2025-12-20", "2026-01-02", today="2025-12-31") == 0
    assert counted("2025-12-25", "2026-01-02", today="2025-12-20") == 0


def test_a_period_without_an_end_counts_up_to_today() -> None:
    """Count everything since the begin date."""
    endless = Span(date(2026, 1, 1), None)

    assert counted("2025-12-31", "2026-01-01", "2027-05-05", "2027-05-06", today="2027-05-05", span=endless) == 2


def test_no_appointments_are_no_sessions() -> None:
    """Start at zero."""
    assert counted(today="2026-01-15") == 0


@pytest.mark.parametrize(
    ("status", "used"),
    [
        (AppointmentStatus.SCHEDULED, 0),
        (AppointmentStatus.COMPLETED, 1),
        (AppointmentStatus.CANCELLED, 0),
        (AppointmentStatus.MISSED, 0),
    ],
)
def test_only_a_completed_appointment_counts(status: AppointmentStatus, used: int) -> None:
    """Never count cancelled and missed ones."""
    desk = Desk(today="2026-01-10").create()
    desk.client.appointments[0] = (date(2026, 1, 9), status)
    desk.client.settle()

    assert desk.view.used == used


def test_completions_from_before_the_tracker_was_created_count_from_the_begin_date_on() -> None:
    """Look back to the begin date, not to the day of the creation."""
    desk = Desk(today="2026-01-20", completed=("2025-12-31", "2026-01-01", "2026-01-19")).create(begin="2026-01-01")

    assert (desk.view.used, desk.view.state) == (2, TrackerState.ACTIVE)


def test_one_appointment_counts_in_each_tracker_it_fits() -> None:
    """Count for every tracker on its own."""
    desk = Desk(today="2026-01-20", completed=("2026-01-05", "2026-01-15")).create(limit=2)
    other = TRACKER + 1
    desk.client.create(key=other, terms=Desk(today="2026-01-20").create(limit=9, begin="2026-01-10", end=None).terms)

    assert desk.view.used == 2
    assert desk.client.view(key=other).used == 1
    assert desk.view.state is TrackerState.LIMIT_REACHED
    assert desk.client.view(key=other).state is TrackerState.ACTIVE


def test_counts_are_taken_anew_whatever_was_noted_before() -> None:
    """Ignore a count that had gone wrong."""
    wrong = Standing(3, JANUARY, False, None, anchor=JANUARY, used=99, state=TrackerState.LIMIT_REACHED)
    settled = settle(wrong, completed=[date(2026, 1, 5)], today=date(2026, 1, 6))

    assert (settled.standing.used, settled.standing.state) == (1, TrackerState.ACTIVE)


def test_a_completion_marked_late_counts_on_its_service_date() -> None:
    """Count a session of the closed period there, and not in the one that runs."""
    # Given a tracker in its second period
    desk = Desk(today="2026-01-30", completed=("2026-01-05",)).create(auto_reset=True)
    desk.live_until("2026-02-02")
    assert desk.view.closed == {1: desk.closed("2026-01-01", "2026-01-31", used=1)}

    # When a session of 31 January is marked complete two days late
    desk.complete("2026-01-31")

    # Then it counts in January
    assert desk.view.closed == {1: desk.closed("2026-01-01", "2026-01-31", used=2)}
    assert desk.view.used == 0


def test_an_undone_completion_no_longer_counts() -> None:
    """End at the right number after every correction."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-06", "2026-01-07")).create(limit=3)
    assert desk.view.state is TrackerState.LIMIT_REACHED

    desk.undo("2026-01-06")

    assert (desk.view.used, desk.view.state) == (2, TrackerState.ACTIVE)


@pytest.mark.parametrize(
    ("today", "completed", "auto_reset", "state"),
    [
        ("2025-12-31", 0, False, TrackerState.UPCOMING),
        ("2025-12-31", 5, True, TrackerState.UPCOMING),
        ("2026-01-01", 0, False, TrackerState.ACTIVE),
        ("2026-01-31", 2, False, TrackerState.ACTIVE),
        ("2026-01-31", 3, False, TrackerState.LIMIT_REACHED),
        ("2026-01-31", 4, True, TrackerState.LIMIT_REACHED),
        ("2026-02-01", 0, False, TrackerState.EXPIRED),
        ("2026-02-01", 3, False, TrackerState.EXPIRED),
        ("2026-02-01", 3, True, TrackerState.ACTIVE),
    ],
)
def test_the_state_follows_from_today_and_the_count(
    today: str, completed: int, auto_reset: bool, state: TrackerState
) -> None:
    """Go from UPCOMING over ACTIVE and LIMIT_REACHED to EXPIRED, or on into the next period."""
    desk = Desk(today=today, completed=("2026-01-01",) * completed).create(limit=3, auto_reset=auto_reset)

    assert desk.view.state is state


@pytest.mark.parametrize(
    ("begin", "end", "state"),
    [
        ("2026-01-15", "2026-01-15", TrackerState.ACTIVE),
        ("2026-01-16", "2026-01-16", TrackerState.UPCOMING),
        ("2026-01-14", "2026-01-14", TrackerState.EXPIRED),
        ("1999-01-01", None, TrackerState.ACTIVE),
        ("2026-01-16", None, TrackerState.UPCOMING),
    ],
)
def test_a_period_may_be_one_day_or_have_no_end(begin: str, end: str | None, state: TrackerState) -> None:
    """Run on the day itself; without an end date never expire."""
    assert Desk(today="2026-01-15").create(begin=begin, end=end).view.state is state


def test_an_expired_tracker_keeps_its_final_count() -> None:
    """Let later sessions not count, and corrections inside the period do."""
    desk = Desk(today="2026-01-31", completed=("2026-01-31",)).create(trigger=TaskTrigger.END_DATE)
    desk.live_until("2026-02-03")

    desk.complete("2026-02-01", "2026-02-02")
    assert (desk.view.used, desk.view.state) == (1, TrackerState.EXPIRED)

    desk.complete("2026-01-30")
    assert (desk.view.used, desk.view.state) == (2, TrackerState.EXPIRED)


@pytest.mark.parametrize(
    ("used", "left", "past"), [(0, 12, 0), (4, 8, 0), (11, 1, 0), (12, 0, 0), (13, 0, 1), (30, 0, 18)]
)
def test_remaining_and_over_never_fall_below_zero(used: int, left: int, past: int) -> None:
    """Tell what is left up to the limit, and what was used past it."""
    assert remaining(session_limit=12, used=used) == left
    assert over(session_limit=12, used=used) == past
