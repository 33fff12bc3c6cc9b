"""Whose task it is after the rule names somebody else, and after a person handed it over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

import pytest

from models.appointments import Appointment
from models.tasks import Task
from models.terms import AppointmentStatus, Role, TaskStatus, TaskTrigger
from models.tracker_settings import TaskRule, TrackerSettings
from models.trackers import Tracker
from resolvers import staff, tasks
from tests.conftest import StillClock
from tests.storage.scene import ACTOR, Scene, set_scene

LIMIT_OF_TWO: Final = TrackerSettings(2, date(2026, 3, 1), None, None, "#336699", False, None)


@dataclass(frozen=True)
class Case:
    """A tracker whose limit of two is reached; its task is Nora's, and Ida is there."""

    scene: Scene
    tracker: Tracker
    sessions: Sequence[Appointment]
    nora: UUID
    ida: UUID

    async def task(self) -> tuple[TaskStatus, UUID]:
        """Return the task's status and whose it is; there is one."""
        row = await Task.get(tracker_id=self.tracker.id)
        return row.status, row.assignee_id

    async def undo(self) -> None:
        """Fall below the limit."""
        await self.scene.set_status(self.sessions[0].id, AppointmentStatus.SCHEDULED)

    async def redo(self) -> None:
        """Reach the limit again."""
        await self.scene.complete(self.sessions[0].id)

    async def finish(self) -> None:
        """Mark the task done."""
        task = await Task.get(tracker_id=self.tracker.id)
        await tasks.complete(viewer=self.scene.viewer, task_id=task.id, now=self.scene.clock.now())

    async def hand_to_ida(self) -> None:
        """Reassign the task by hand."""
        task = await Task.get(tracker_id=self.tracker.id)
        await tasks.reassign(
            viewer=self.scene.viewer, task_id=task.id, assignee_id=self.ida, now=self.scene.clock.now()
        )

    async def edit(self, *, assignee: UUID | None = None, limit: int | None = None) -> None:
        """Edit the rule's assignee, the limit, or both at once."""
        names = [name for name, given in (("task_rule", assignee), ("session_limit", limit)) if given]
        rule = TaskRule(assignee or self.nora, TaskTrigger.COUNT_REACHED)
        await self.scene.edit(self.tracker, replace(LIMIT_OF_TWO, session_limit=limit or 2, task_rule=rule), *names)


@pytest.fixture
async def case(database: str, clock: StillClock) -> Case:
    """Return the case, with the task open."""
    scene = await set_scene(clock)
    ida = await staff.add(
        practice_id=scene.practice.id,
        actor=ACTOR,
        name="Ida Sommer",
        email="ida@harbour.example",
        role=Role.STAFF,
        now=clock.now(),
    )
    client = await scene.client()
    rule = TaskRule(scene.nora.id, TaskTrigger.COUNT_REACHED)
    tracker = await scene.tracker(client.id, replace(LIMIT_OF_TWO, task_rule=rule))
    sessions = [await scene.appointment(client.id, completed=True) for _ in range(2)]
    found = Case(scene, tracker, sessions, scene.nora.id, ida.id)
    assert await found.task() == (TaskStatus.OPEN, scene.nora.id)
    return found


async def test_a_withdrawn_task_reopens_for_the_new_assignee(case: Case) -> None:
    """The edit names Ida while the count is below the limit; when it is reached again, the task is hers."""
    await case.undo()
    assert await case.task() == (TaskStatus.WITHDRAWN, case.nora)
    await case.edit(assignee=case.ida)
    await case.redo()
    assert await case.task() == (TaskStatus.OPEN, case.ida)


async def test_a_done_task_reopens_for_the_new_assignee(case: Case) -> None:
    """A new limit and a new assignee in one edit; the limit is reached by the third session."""
    await case.finish()
    await case.edit(assignee=case.ida, limit=3)
    assert (await case.task())[0] is TaskStatus.DONE
    await case.scene.appointment(case.tracker.client_id, completed=True)
    assert await case.task() == (TaskStatus.OPEN, case.ida)


async def test_an_edit_that_itself_reopens_a_done_task_gives_it_to_the_new_assignee(case: Case) -> None:
    """A lower limit is reached at once."""
    await case.finish()
    await case.edit(assignee=case.ida, limit=1)
    assert await case.task() == (TaskStatus.OPEN, case.ida)


async def test_an_edit_that_itself_reopens_a_withdrawn_task_gives_it_to_the_new_assignee(case: Case) -> None:
    """One session is left, and the new limit is one."""
    await case.undo()
    await case.edit(assignee=case.ida, limit=1)
    assert await case.task() == (TaskStatus.OPEN, case.ida)


async def test_an_open_task_stays_with_its_person(case: Case) -> None:
    """Who has begun goes on; also when the edit changes the limit with the assignee."""
    await case.edit(assignee=case.ida)
    assert await case.task() == (TaskStatus.OPEN, case.nora)
    await case.edit(assignee=case.ida, limit=1)
    assert await case.task() == (TaskStatus.OPEN, case.nora)


async def test_an_open_task_that_was_handed_over_stays_with_its_person(case: Case) -> None:
    """Ida, whatever the rule says."""
    await case.hand_to_ida()
    await case.edit(limit=1)
    assert await case.task() == (TaskStatus.OPEN, case.ida)


async def test_a_task_that_was_handed_over_reopens_for_that_person(case: Case) -> None:
    """Withdrawn and reopened by the count, without an edit of the rule, it is still Ida's."""
    await case.hand_to_ida()
    await case.undo()
    assert await case.task() == (TaskStatus.WITHDRAWN, case.ida)
    await case.redo()
    assert await case.task() == (TaskStatus.OPEN, case.ida)


async def test_a_done_task_that_was_handed_over_reopens_for_that_person(case: Case) -> None:
    """An edit of the limit alone, even one that sends the rule along unchanged, names nobody new."""
    await case.hand_to_ida()
    await case.finish()
    await case.edit(assignee=case.nora, limit=1)
    assert await case.task() == (TaskStatus.OPEN, case.ida)
