"""Inboxes past the API: what moves them, how they are read, and whose they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from jobs.bus import InProcessBus
from models.access import Viewer
from models.errors import Invalid, NotFound
from models.identifiers import new_id
from models.inboxes import TaskInbox
from models.practices import StaffMember
from models.tasks import Task
from models.terms import Role, TaskStatus, TaskTrigger
from models.tracker_settings import TaskRule
from models.trackers import Tracker
from resolvers import tasks
from resolvers.dashboards import watch_inbox
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.api.test_statements import statements
from tests.resolvers.dashboards import SHORT, colleague, tell
from tests.storage.raw import insert
from tests.storage.scene import Scene, set_scene
from tests.storage.waiting import PATIENCE_SECONDS


@asynccontextmanager
async def inboxes(scene: Scene, bus: InProcessBus, *people: StaffMember) -> AsyncIterator[list[Subscriber[TaskInbox]]]:
    """Watch people's inboxes."""
    hub = Hub(bus, now=scene.clock.now)
    async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as stack:
        opening = (watch_inbox(viewer=scene.viewer, assignee_id=person.id, hub=hub) for person in people)
        watched = await asyncio.gather(*opening)
        for each in watched:
            await stack.enter_async_context(aclosing(each))
        yield list(watched)
    await hub.aclose()


async def task_of(scene: Scene, person: StaffMember) -> Task:
    """Reach a limit, which raises a task for the person."""
    client = await scene.client()
    rule = TaskRule(person.id, TaskTrigger.COUNT_REACHED)
    await scene.tracker(client.id, replace(SHORT, session_limit=1, task_rule=rule))
    await scene.appointment(client.id, completed=True)
    return await Task.get(client_id=client.id)


async def test_what_becomes_of_a_task_moves_the_inboxes(scene: Scene) -> None:
    """Opened, done, reopened, handed over: what one loses the other gets; one for another is a change too."""
    ida, bus = await colleague(scene), InProcessBus()
    async with inboxes(scene, bus, scene.nora, ida) as (noras, idas):
        assert [((await anext(each)).open_count) for each in (noras, idas)] == [0, 0]
        task = await task_of(scene, scene.nora)
        act = {"viewer": scene.viewer, "task_id": task.id, "now": scene.clock.now()}
        await tell(bus, scene, task.client_id)
        assert [row.id for row in (await anext(noras)).tasks] == [task.id]
        for change, count in ((tasks.complete, 0), (tasks.reopen, 1)):
            await change(**act)  # type: ignore[arg-type]  # the same three arguments
            await tell(bus, scene, task.client_id)
            inbox = await anext(noras)
            assert (inbox.open_count, len(inbox.tasks)) == (count, count)
        await tasks.reassign(viewer=scene.viewer, task_id=task.id, assignee_id=ida.id, now=scene.clock.now())
        await tell(bus, scene, task.client_id)
        assert (await anext(noras)).tasks == []
        assert [row.id for row in (await anext(idas)).tasks] == [task.id]
        another = await task_of(scene, ida)
        await tasks.complete(**act)  # type: ignore[arg-type]  # the same three arguments
        await tell(bus, scene, task.client_id, another.client_id)
        assert [row.id for row in (await anext(idas)).tasks] == [another.id]
        assert idas.source.latest is not None
        assert idas.source.latest.step == 2


async def test_all_inboxes_of_a_practice_are_read_in_four_statements(scene: Scene) -> None:
    """Who may still see them, who is due, which tasks are listed, and the tasks; newest first, the first hundred."""
    ida, bus = await colleague(scene), InProcessBus()
    task = await task_of(scene, scene.nora)
    tracker = await Tracker.get(id=task.tracker_id)
    async with inboxes(scene, bus, scene.nora, ida) as (noras, idas):
        await anext(noras), await anext(idas)
        for number in range(2, 140):
            person = ida if number % 8 == 0 else scene.nora
            status = TaskStatus.OPEN if number < 130 else TaskStatus.DONE
            await insert("task", **_task(tracker, person, number), status=status)
        with statements() as seen:
            await tell(bus, scene, task.client_id)
            inbox, other = await anext(noras), await anext(idas)
        assert len(seen) == 4
        assert (inbox.open_count, len(inbox.tasks), other.open_count, len(other.tasks)) == (113, 100, 16, 16)
        assert [row.period_number for row in inbox.tasks[:9]] == [129, 127, 126, 125, 124, 123, 122, 121, 119]


async def test_an_end_that_comes_at_midnight_is_in_an_inbox_that_is_opened_then(scene: Scene) -> None:
    """The reading settles, as a list of tasks does."""
    client = await scene.client()
    rule = TaskRule(scene.nora.id, TaskTrigger.END_DATE)
    await scene.tracker(client.id, replace(SHORT, end_date=date(2026, 3, 4), task_rule=rule))
    scene.clock.advance(days=1)
    async with inboxes(scene, InProcessBus(), scene.nora) as (noras,):
        assert (await anext(noras)).open_count == 1


async def test_an_inbox_is_somebodys(scene: Scene) -> None:
    """One's own when nobody is named; a system has none; nobody of another practice has one here."""
    other, hub = await set_scene(scene.clock, name="Elsewhere"), Hub(InProcessBus(), now=scene.clock.now)
    task = await task_of(scene, scene.nora)
    async with aclosing(await watch_inbox(viewer=scene.viewer, assignee_id=None, hub=hub)) as mine:
        assert [row.id for row in (await anext(mine)).tasks] == [task.id]
    system = Viewer(scene.practice.id, Role.INTEGRATION, "billing")
    with pytest.raises(Invalid) as refusal:
        await watch_inbox(viewer=system, assignee_id=None, hub=hub)
    assert refusal.value.path == ("assigneeId",)
    for stranger in (other.nora.id, uuid4()):
        with pytest.raises(NotFound):
            await watch_inbox(viewer=scene.viewer, assignee_id=stranger, hub=hub)
    assert len(hub) == 0
    await hub.aclose()


def _task(tracker: Tracker, person: StaffMember, number: int) -> dict[str, object]:
    """Return the columns of one more open task of the tracker, which comes after those of lower numbers."""
    moment = tracker.created_at.replace(year=2027, minute=number // 60, second=number % 60)
    return {
        "id": new_id(now=moment),
        "practice_id": tracker.practice_id,
        "client_id": tracker.client_id,
        "tracker_id": tracker.id,
        "period_number": number,
        "title": "Call",
        "assignee_id": person.id,
        "reason": "COUNT_REACHED",
        "rearmed": False,
        "created_at": moment,
    }
