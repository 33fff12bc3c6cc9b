"""When a period's task is withdrawn, stays done, and reopens, as counts are corrected and trackers edited."""

import pytest

from models.terms import TaskReason, TaskStatus, TaskTrigger, TrackerState
from tests.models.cases import Desk
from tests.models.views import TaskView

COUNT, END = TaskReason.COUNT_REACHED, TaskReason.END_DATE
OPEN, DONE, WITHDRAWN = TaskStatus.OPEN, TaskStatus.DONE, TaskStatus.WITHDRAWN
ON_COUNT, ON_END, ON_FIRST = TaskTrigger.COUNT_REACHED, TaskTrigger.END_DATE, TaskTrigger.WHICHEVER_COMES_FIRST


def test_a_count_that_falls_back_withdraws_its_open_task_and_reopens_it_when_it_fires_again() -> None:
    """Keep the trace of the one task."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-06")).create(limit=2, trigger=ON_COUNT)

    desk.live_until("2026-01-11")
    desk.undo("2026-01-06")
    assert desk.view.tasks == {1: TaskView(WITHDRAWN, COUNT, desk.at("2026-01-11"))}

    desk.live_until("2026-01-12")
    desk.complete("2026-01-06")
    assert desk.view.tasks == {1: TaskView(OPEN, COUNT, desk.at("2026-01-12"))}


def test_a_correction_that_leaves_the_limit_reached_withdraws_nothing() -> None:
    """Fall from two over to one over."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-06", "2026-01-07"))
    desk.create(limit=2, trigger=ON_COUNT)
    desk.live_until("2026-01-11")
    desk.undo("2026-01-05")

    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-10"))


def test_a_raised_limit_withdraws_the_open_task_of_the_count() -> None:
    """Fall below the limit by moving the limit."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_COUNT)
    desk.live_until("2026-01-11")
    desk.edit(limit=2)

    assert desk.task == TaskView(WITHDRAWN, COUNT, desk.at("2026-01-11"))


def test_a_withdrawn_task_reopens_at_the_end_of_the_period() -> None:
    """Fire on the other condition of the same rule."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_FIRST)
    desk.undo("2026-01-05")
    desk.live_until("2026-02-10")

    assert desk.view.tasks == {1: TaskView(OPEN, END, desk.midnight("2026-02-01"))}


def test_the_task_of_an_end_is_not_withdrawn_by_a_count() -> None:
    """Let the count rise and fall after the end has fired."""
    desk = Desk(today="2026-01-10").create(limit=1, trigger=ON_FIRST)
    desk.live_until("2026-02-10")
    desk.complete("2026-01-05")
    desk.undo("2026-01-05")

    assert desk.task == TaskView(OPEN, END, desk.midnight("2026-02-01"))


def test_a_done_task_stays_done_when_corrections_cross_the_limit_again() -> None:
    """Trouble nobody twice, neither by the count nor by the end."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_FIRST)
    desk.mark_task(DONE)
    done = TaskView(DONE, COUNT, desk.at("2026-01-10"))

    desk.live_until("2026-01-11")
    desk.undo("2026-01-05")
    assert desk.task == done
    desk.complete("2026-01-05")
    assert desk.task == done
    desk.live_until("2026-02-10")
    assert desk.view.tasks == {1: done}


def test_a_done_task_reopens_when_a_new_limit_is_reached() -> None:
    """Tell the person about the limit that was asked for, once."""
    # Given a done task and a new limit
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_COUNT)
    desk.mark_task(DONE)
    desk.edit(limit=2)
    assert desk.task == TaskView(DONE, COUNT, desk.at("2026-01-10"))

    # When the new limit is reached
    desk.live_until("2026-01-12")
    desk.complete("2026-01-11")

    # Then the task is open again
    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-12"))

    # And once it is done again, it stays done
    desk.mark_task(DONE)
    desk.undo("2026-01-11")
    desk.complete("2026-01-11")
    assert desk.task == TaskView(DONE, COUNT, desk.at("2026-01-12"))


def test_a_done_task_reopens_at_once_when_the_new_limit_is_already_reached() -> None:
    """Fire on a lowered limit although the old one had fired."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-06", "2026-01-07"))
    desk.create(limit=3, trigger=ON_COUNT)
    desk.mark_task(DONE)
    desk.live_until("2026-01-11")
    desk.edit(limit=2)

    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-11"))


def test_a_new_limit_that_fires_while_the_task_is_open_does_not_reopen_it_later() -> None:
    """Let the firing the person asked for be heard by the task that is still to do."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-01-06")).create(limit=2, trigger=ON_COUNT)
    desk.edit(limit=1)
    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-10"))

    desk.mark_task(DONE)
    desk.undo("2026-01-05", "2026-01-06")
    desk.complete("2026-01-05")

    assert desk.task == TaskView(DONE, COUNT, desk.at("2026-01-10"))


def test_a_done_task_reopens_at_a_new_end_date() -> None:
    """Fire at the end the person asked for last."""
    desk = Desk(today="2026-01-31").create(trigger=ON_END)
    desk.live_until("2026-02-01")
    desk.mark_task(DONE)
    desk.edit(end="2026-02-10")
    assert desk.view.state is TrackerState.ACTIVE
    assert desk.task == TaskView(DONE, END, desk.at("2026-02-01"))

    desk.live_until("2026-02-20")

    assert desk.view.tasks == {1: TaskView(OPEN, END, desk.midnight("2026-02-11"))}


def test_a_new_end_date_alone_does_not_make_a_reached_count_fire_anew() -> None:
    """Wait for the next firing: here the end."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_FIRST)
    desk.mark_task(DONE)
    desk.edit(end="2026-01-20")
    assert desk.task == TaskView(DONE, COUNT, desk.at("2026-01-10"))

    desk.live_until("2026-01-25")

    assert desk.task == TaskView(OPEN, END, desk.midnight("2026-01-21"))


@pytest.mark.parametrize("changes", [{"auto_reset": True}, {"begin": "2025-12-01"}, {"trigger": ON_FIRST}])
def test_a_done_task_stays_done_after_an_edit_of_neither_limit_nor_end_date(changes: dict[str, object]) -> None:
    """Reopen nothing that the person did not ask for."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_COUNT)
    desk.mark_task(DONE)
    desk.edit(**changes)
    desk.undo("2026-01-05")
    desk.complete("2026-01-05")

    assert desk.view.tasks == {1: TaskView(DONE, COUNT, desk.at("2026-01-10"))}


def test_an_open_task_stays_when_its_rule_is_edited_away() -> None:
    """Keep the to-do, and withdraw it only when the count falls."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_COUNT)
    desk.live_until("2026-01-11")
    desk.edit(trigger=None)
    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-10"))

    desk.undo("2026-01-05")
    assert desk.task == TaskView(WITHDRAWN, COUNT, desk.at("2026-01-11"))

    desk.complete("2026-01-05")
    assert desk.task == TaskView(WITHDRAWN, COUNT, desk.at("2026-01-11"))


def test_a_correction_in_a_closed_period_changes_its_count_and_no_task() -> None:
    """Neither fire in January nor withdraw what January had fired."""
    # Given a January below its limit, and a February at its limit, both closed
    desk = Desk(today="2026-01-10", completed=("2026-01-05", "2026-02-05", "2026-02-06"))
    desk.create(limit=2, auto_reset=True, trigger=ON_COUNT)
    desk.live_until("2026-03-10")
    tasks = {2: TaskView(OPEN, COUNT, desk.midnight("2026-02-06"))}
    assert desk.view.tasks == tasks

    # When corrections cross the limit in both
    desk.complete("2026-01-06")
    desk.undo("2026-02-05")

    # Then the history has changed, and no task
    assert desk.view.closed == {
        1: desk.closed("2026-01-01", "2026-01-31", used=2, limit=2),
        2: desk.closed("2026-02-01", "2026-02-28", used=1, limit=2),
    }
    assert desk.view.tasks == tasks


def test_a_task_reopened_by_hand_stays_open_until_the_count_falls_again() -> None:
    """Withdraw when the count falls back while the task is open, not when it had fallen before."""
    desk = Desk(today="2026-01-10", completed=("2026-01-05",)).create(limit=1, trigger=ON_COUNT)
    desk.mark_task(DONE)
    desk.undo("2026-01-05")

    desk.mark_task(OPEN)

    assert desk.task == TaskView(OPEN, COUNT, desk.at("2026-01-10"))
