"""What a person's edit does to the current period, to the closed ones, and to those that follow."""

from datetime import date

import pytest

from models.editing import edited
from models.spans import Span
from models.standing import Standing, TaskStanding
from models.terms import TaskReason, TaskStatus, TaskTrigger, TrackerState
from tests.models.cases import Desk

JANUARY = Span(date(2026, 1, 1), date(2026, 1, 31))
Q1 = Span(date(2026, 1, 1), date(2026, 3, 31))


def test_the_count_is_taken_anew_after_new_dates() -> None:
    """Count what lies in the new dates, and only that."""
    desk = Desk(today="2026-01-20", completed=("2025-12-30", "2026-01-05", "2026-01-15")).create()
    assert desk.view.used == 2

    desk.edit(begin="2025-12-30")
    assert desk.view.used == 3

    desk.edit(begin="2026-01-10", end="2026-01-14")
    assert (desk.view.used, desk.view.state) == (0, TrackerState.EXPIRED)


@pytest.mark.parametrize(("limit", "state"), [(2, TrackerState.LIMIT_REACHED), (3, TrackerState.ACTIVE)])
def test_a_new_limit_changes_the_state_at_once(limit: int, state: TrackerState) -> None:
    """Compare the count with the new limit."""
    desk = Desk(today="2026-01-20", completed=("2026-01-05", "2026-01-06")).create(limit=5)
    desk.edit(limit=limit)

    assert (desk.view.used, desk.view.limit, desk.view.state) == (2, limit, state)


def test_a_begin_date_moved_ahead_makes_the_tracker_upcoming() -> None:
    """Wait for the new begin date."""
    desk = Desk(today="2026-01-20", completed=("2026-01-05",)).create(end=None)
    desk.edit(begin="2026-01-21")

    assert (desk.view.used, desk.view.state) == (0, TrackerState.UPCOMING)
    assert desk.client.due_at == desk.midnight("2026-01-21")


def test_closed_periods_keep_what_they_had() -> None:
    """Apply the edit to the current period alone."""
    desk = Desk(today="2026-01-20", completed=("2026-01-05", "2026-02-02")).create(limit=3, auto_reset=True)
    desk.live_until("2026-02-10")
    desk.edit(limit=7, begin="2026-02-03", end="2026-02-20")

    assert desk.view.closed == {1: desk.closed("2026-01-01", "2026-01-31", used=1, limit=3)}
    assert (desk.view.number, desk.view.used, desk.view.limit) == (2, 0, 7)


@pytest.mark.parametrize("end", ["2026-03-15", "2026-02-10", None])
def test_an_expired_tracker_with_a_later_end_runs_again_in_the_same_period(end: str | None) -> None:
    """Count the sessions since as well."""
    desk = Desk(today="2026-01-31", completed=("2026-01-05", "2026-02-08")).create(limit=3)
    desk.live_until("2026-02-10")
    assert desk.view.state is TrackerState.EXPIRED

    desk.edit(end=end)

    assert (desk.view.number, desk.view.used, desk.view.state) == (1, 2, TrackerState.ACTIVE)
    assert desk.view.closed == {}


def test_an_expired_tracker_with_an_end_that_is_still_past_stays_expired() -> None:
    """Count up to the new end date."""
    desk = Desk(today="2026-02-10", completed=("2026-02-04", "2026-02-06")).create()
    desk.edit(end="2026-02-05")

    assert (desk.view.used, desk.view.state) == (1, TrackerState.EXPIRED)


def test_an_expired_tracker_that_gets_automatic_reset_rolls_silently_to_the_current_period() -> None:
    """Close the periods in between, each with its count, and fire nothing for them."""
    # Given a tracker that expired on 31 January and has had its task
    desk = Desk(today="2026-01-31", completed=("2026-01-05", "2026-02-02", "2026-02-03", "2026-04-02"))
    desk.create(limit=1, trigger=TaskTrigger.END_DATE)
    desk.live_until("2026-04-15")
    tasks = desk.view.tasks
    assert list(tasks) == [1]

    # When it gets automatic reset in April
    desk.edit(auto_reset=True)

    # Then it runs in April
    assert desk.view.closed == {
        1: desk.closed("2026-01-01", "2026-01-31", used=1, limit=1),
        2: desk.closed("2026-02-01", "2026-02-28", used=2, limit=1),
        3: desk.closed("2026-03-01", "2026-03-31", used=0, limit=1),
    }
    assert (desk.view.number, desk.view.begin, desk.view.end) == (4, date(2026, 4, 1), date(2026, 4, 30))
    assert (desk.view.used, desk.view.state) == (1, TrackerState.LIMIT_REACHED)
    assert desk.view.tasks == tasks


def test_an_edit_that_ends_the_period_in_the_past_rolls_silently_when_there_is_a_reset() -> None:
    """Close the edited period and those after it with their counts and no tasks."""
    desk = Desk(today="2026-01-20", completed=("2026-01-03", "2026-01-12"))
    desk.create(limit=1, auto_reset=True, end="2026-06-30", trigger=TaskTrigger.END_DATE)
    desk.edit(end="2026-01-07")

    assert desk.view.closed == {
        1: desk.closed("2026-01-01", "2026-01-07", used=1, limit=1),
        2: desk.closed("2026-01-08", "2026-01-14", used=1, limit=1),
    }
    assert (desk.view.number, desk.view.begin, desk.view.end) == (3, date(2026, 1, 15), date(2026, 1, 21))
    assert desk.view.tasks == {}


def test_without_automatic_reset_the_running_period_is_the_last() -> None:
    """Expire at the end once the reset is taken away."""
    desk = Desk(today="2026-01-20").create(auto_reset=True)
    desk.edit(auto_reset=False)
    desk.live_until("2026-02-01")

    assert (desk.view.number, desk.view.state, desk.view.closed) == (1, TrackerState.EXPIRED, {})


def test_dates_set_by_a_person_are_the_new_anchor_for_the_periods_that_follow() -> None:
    """Follow the edited period, not the first one."""
    desk = Desk(today="2026-01-31").create(begin="2026-01-31", end="2026-02-27", auto_reset=True)
    desk.live_until("2026-03-15")
    desk.edit(begin="2026-03-01", end="2026-03-31")
    desk.live_until("2026-05-01")

    assert [(period.begin, period.end) for period in desk.view.closed.values()] == [
        (date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 4, 30)),
    ]
    assert (desk.view.begin, desk.view.end) == (date(2026, 5, 1), date(2026, 5, 31))


def test_an_edit_that_sets_no_new_dates_leaves_the_anchor() -> None:
    """Return to the 31st although the limit was edited in the period that began on the 28th."""
    desk = Desk(today="2026-01-31").create(begin="2026-01-31", end="2026-02-27", auto_reset=True)
    desk.live_until("2026-03-15")
    desk.edit(limit=9, begin="2026-02-28", end="2026-03-30")
    desk.live_until("2026-04-01")

    assert (desk.view.begin, desk.view.end, desk.view.limit) == (date(2026, 3, 31), date(2026, 4, 29), 9)


@pytest.mark.parametrize(
    ("changes", "rearmed", "noticed"),
    [
        ({}, False, True),
        ({"session_limit": 4}, True, False),
        ({"span": Q1}, True, True),
        ({"span": Span(date(2025, 12, 1), date(2026, 1, 31))}, False, True),
        ({"trigger": TaskTrigger.WHICHEVER_COMES_FIRST}, False, False),
        ({"trigger": None}, False, False),
        ({"auto_reset": True}, False, True),
    ],
)
def test_an_edit_rearms_the_task_or_lets_the_count_fire_anew(
    changes: dict[str, object], rearmed: bool, noticed: bool
) -> None:
    """Rearm on a new limit or end date; let the count fire on a new limit or trigger."""
    before = Standing(
        3,
        JANUARY,
        False,
        TaskTrigger.COUNT_REACHED,
        anchor=JANUARY,
        used=3,
        noticed_limit=3,
        task=TaskStanding(TaskStatus.DONE, TaskReason.COUNT_REACHED),
    )
    same = {"session_limit": 3, "span": JANUARY, "auto_reset": False, "trigger": TaskTrigger.COUNT_REACHED}
    after = edited(before, **{**same, **changes})  # type: ignore[arg-type]  # a table of keywords

    assert after.task == TaskStanding(TaskStatus.DONE, TaskReason.COUNT_REACHED, rearmed=rearmed)
    assert after.noticed_limit is not None
    assert (after.noticed_limit == after.session_limit) is noticed
    assert (after.number, after.used) == (1, 3)
    assert after.anchor == after.span
