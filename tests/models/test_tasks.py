"""When a tracker's task is created: once for each period, whatever fires and however often."""

import pytest

from models.terms import TaskReason, TaskStatus, TaskTrigger, TrackerState
from tests.models.cases import Desk
from tests.models.views import TaskView

COUNT, END = TaskReason.COUNT_REACHED, TaskReason.END_DATE
OPEN = TaskStatus.OPEN
ON_COUNT, ON_END, ON_FIRST = TaskTrigger.COUNT_REACHED, TaskTrigger.END_DATE, TaskTrigger.WHICHEVER_COMES_FIRST


@pytest.mark.parametrize("trigger", [ON_COUNT, ON_FIRST])
def test_a_count_fires_at_the_completion_that_reaches_the_limit(trigger: TaskTrigger) -> None:
    """Create the task with the third of three sessions, and not before."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=3, trigger=trigger)
    desk.complete("2026-01-06")
    assert desk.task is None

    desk.live_until("2026-01-11")
    desk.complete("2026-01-07")

    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-11"))


def test_a_session_completed_in_advance_fires_when_its_day_begins() -> None:
    """Fire at the first instant of the day, although nobody looked."""
    desk = Desk(today="2026-01-10", completed=("2026-01-12",), zone="Europe/Zurich").create(limit=1, trigger=ON_COUNT)
    assert desk.task is None

    desk.live_until("2026-01-20")

    assert desk.task == TaskView(OPEN, COUNT, desk.midnight("2026-01-12"))


@pytest.mark.parametrize("trigger", [ON_COUNT, ON_FIRST])
@pytest.mark.parametrize("end", ["2026-01-31", "2026-01-09"])
def test_creating_a_tracker_whose_limit_is_reached_fires_at_once(trigger: TaskTrigger, end: str) -> None:
    """Tell the person who came late, also about a period that has already ended."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-06"))
    desk.create(limit=2, end=end, trigger=trigger)

    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-10"))


@pytest.mark.parametrize("changes", [{"limit": 2}, {"begin": "2025-12-01"}])
def test_an_edit_that_makes_the_count_reach_the_limit_fires(changes: dict[str, object]) -> None:
    """Fire on a lower limit as on an earlier begin date."""
    desk = Desk(today="2026-01-10", completed=("2025-12-05", "2026-01-05", "2026-01-06"))
    desk.create(limit=3, trigger=ON_COUNT)
    assert desk.task is None

    desk.edit(**changes)

    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-10"))


@pytest.mark.parametrize("trigger", [ON_END, ON_FIRST])
def test_an_end_fires_when_the_period_is_over(trigger: TaskTrigger) -> None:
    """Create the task at the end and not before."""
    desk = Desk(today="2026-01-10").create(trigger=trigger)
    desk.live_until("2026-01-31")
    assert desk.task is None

    desk.live_until("2026-02-05")

    assert desk.task == TaskView(OPEN, END, desk.midnight("2026-02-01"))


@pytest.mark.parametrize(
    ("trigger", "reason", "moment"),
    [
        (None, None, None),
        (ON_COUNT, COUNT, "2026-01-20"),
        (ON_END, END, "2026-02-01"),
        (ON_FIRST, COUNT, "2026-01-20"),
    ],
)
def test_each_trigger_fires_on_its_own_condition(
    trigger: TaskTrigger | None, reason: TaskReason | None, moment: str | None
) -> None:
    """Reach the limit on 20 January and the end on the 31st."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-20")).create(limit=2, trigger=trigger)
    desk.live_until("2026-02-10")

    assert desk.task == (None if reason is None or moment is None else TaskView(OPEN, reason, desk.midnight(moment)))


def test_one_task_stays_one_however_often_the_trigger_fires() -> None:
    """Leave the first task as it is past the limit and at the end."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_FIRST)
    fired = desk.task
    assert fired == TaskView(OPEN, COUNT, desk.at("2026-01-10"))

    desk.live_until("2026-01-11")
    desk.complete("2026-01-06", "2026-01-07")
    desk.live_until("2026-02-10")

    assert desk.view.tasks == {1: fired}


def test_each_period_has_its_own_task() -> None:
    """Fire again in the next period."""
    desk = Desk(today="2026-01-10").create(auto_reset=True, trigger=ON_END)
    desk.live_until("2026-03-02")

    assert desk.view.tasks == {
        1: TaskView(OPEN, END, desk.midnight("2026-02-01")),
        2: TaskView(OPEN, END, desk.midnight("2026-03-01")),
    }


@pytest.mark.parametrize(
    ("limit", "trigger", "fires"), [(1, ON_COUNT, True), (1, ON_FIRST, True), (1, ON_END, False), (2, ON_COUNT, False)]
)
def test_a_rule_added_to_a_tracker_whose_limit_is_reached_fires_at_once(
    limit: int, trigger: TaskTrigger, fires: bool
) -> None:
    """Fire on what is already so."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=limit)
    desk.live_until("2026-01-11")
    desk.edit(trigger=trigger)

    assert desk.task == (TaskView(OPEN, COUNT, desk.at("2026-01-11")) if fires else None)


@pytest.mark.parametrize("trigger", [ON_END, ON_FIRST])
@pytest.mark.parametrize("auto_reset", [True, False])
def test_creating_with_an_end_date_already_past_fires_no_task(trigger: TaskTrigger, auto_reset: bool) -> None:
    """Roll silently to the current period, or be expired."""
    desk = Desk(today="2026-03-10", completed=("2026-01-05",) * 3 * auto_reset)
    desk.create(limit=3, auto_reset=auto_reset, trigger=trigger)
    desk.client.settle()

    assert desk.view.tasks == {}
    assert desk.view.state is (TrackerState.ACTIVE if auto_reset else TrackerState.EXPIRED)
    assert desk.view.number == (3 if auto_reset else 1)


def test_a_tracker_that_rolls_silently_fires_in_the_period_it_comes_to() -> None:
    """Be silent about the past alone."""
    desk = Desk(today="2026-02-10", completed=("2026-01-05", "2026-02-05"))
    desk.create(limit=1, auto_reset=True, trigger=ON_COUNT)

    assert desk.view.tasks == {2: TaskView(OPEN, COUNT, desk.at("2026-02-10"))}


@pytest.mark.parametrize("changes", [{"end": "2026-01-20"}, {"trigger": ON_END, "end": "2026-01-20"}])
def test_editing_to_an_end_date_already_past_fires_no_task(changes: dict[str, object]) -> None:
    """Expire without a task, now and at the next midnight."""
    desk = Desk(today="2026-01-25").create(trigger=ON_END)
    desk.edit(**changes)
    desk.live_until("2026-02-25")
    desk.client.settle()

    assert desk.view.state is TrackerState.EXPIRED
    assert desk.view.tasks == {}


def test_a_rule_added_after_the_end_fires_no_end_task() -> None:
    """Look at the end as past."""
    desk = Desk(today="2026-01-31").create()
    desk.live_until("2026-02-01")
    desk.edit(trigger=ON_END)
    desk.client.settle()

    assert desk.view.tasks == {}
