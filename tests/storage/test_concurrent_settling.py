"""Clients that are due, settled by many at once."""

import asyncio
from dataclasses import replace

from jobs.rollover import roll_over
from models.tasks import Task
from models.terms import TaskReason, TaskTrigger
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene, told
from tests.storage.second_process import second_process


async def test_two_workers_settle_at_once(database: str, scene: Scene) -> None:
    """In this process and in another: each period is closed once and has one task."""
    rule = TaskRule(scene.nora.id, TaskTrigger.END_DATE)
    people = [await scene.client(f"Client {number}") for number in range(6)]
    rows = [await scene.tracker(client.id, replace(MARCH, task_rule=rule)) for client in people]
    scene.clock.advance(days=60)  # 3 May: March and April are over
    async with second_process(database, scene, "settle", scene.practice.id) as other:
        now = scene.clock.now()
        theirs, first, second = await asyncio.gather(other.act(), roll_over(now=now), roll_over(now=now))
    assert first.failures == second.failures == []
    closed = first.periods_closed + second.periods_closed + int(theirs[0].split()[0])
    assert (closed, theirs[0].endswith(" 0 failures")) == (12, True)
    for row in rows:
        assert [each.number for each in await ClosedPeriod.filter(tracker_id=row.id).order_by("number")] == [1, 2]
        tasks = await Task.filter(tracker_id=row.id).order_by("period_number")
        assert [(task.period_number, task.reason) for task in tasks] == [(n, TaskReason.END_DATE) for n in (1, 2)]
    for client in people:
        await assert_whole(client.id, now=scene.clock.now())


async def test_readers_settle_a_due_client_once(scene: Scene) -> None:
    """Ten people open a client that is due: its period closes once, and all see the new one."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    scene.clock.advance(days=30)
    seen = await asyncio.gather(*(scene.read(client.id) for _ in range(10)))
    assert {row.revision for row in seen} == {2}
    assert await told(tracker.id, what="period.closed") == ["period.closed"]
    await assert_whole(client.id, now=scene.clock.now())
