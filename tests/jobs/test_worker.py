"""The worker: at each tick it settles who is due, and trouble does not end it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest

from jobs.rollover import Rollover
from jobs.worker import Worker
from models.trackers import Tracker
from models.unit_of_work import all_finished
from tests.storage.raw import closed_period_row, execute, insert
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene, told
from tests.storage.waiting import until

TICK = 0.01


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    """Run the worker for the time of the block."""
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await all_finished()


async def test_a_tick_settles_who_is_due_by_the_clock(scene: Scene) -> None:
    """Not a moment before midnight, and once."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    worker = Worker(scene.clock)
    assert await worker.tick() == Rollover()
    scene.clock.advance(days=27, hours=12)
    scene.clock.moment -= timedelta(microseconds=1)
    assert await worker.tick() == Rollover()
    scene.clock.moment += timedelta(microseconds=1)
    assert await worker.tick() == Rollover(clients=1, periods_closed=1)
    assert await worker.tick() == Rollover()
    await tracker.refresh_from_db()
    assert tracker.period_number == 2
    await assert_whole(client.id, now=scene.clock.now())


async def test_it_works_until_it_is_stopped(scene: Scene) -> None:
    """Month after month, as the clock moves on; stopped, it leaves the rest to the next."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)

    async def is_in(number: int) -> bool:
        await tracker.refresh_from_db()
        return tracker.period_number == number

    async with working(Worker(scene.clock, tick_seconds=TICK)) as task:
        for number in (2, 3, 4):
            scene.clock.advance(days=31)
            await until(lambda number=number: is_in(number))  # type: ignore[misc]  # bound in the loop
    assert task.cancelled()
    scene.clock.advance(days=31)
    assert await is_in(4)
    assert len(await told(tracker.id, what="period.closed")) == 3
    await scene.read(client.id)
    await assert_whole(client.id, now=scene.clock.now())


async def test_trouble_with_the_database_is_logged_and_tried_again(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """While the table is away nothing is settled; when it is back, everything is."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    await execute("ALTER TABLE closed_period RENAME TO away")
    scene.clock.advance(days=31)

    async def is_settled() -> bool:
        await tracker.refresh_from_db()
        return tracker.period_number == 2

    async def has_been_told() -> bool:
        await asyncio.sleep(0)
        return "could not settle what is due" in caplog.text

    async with working(Worker(scene.clock, tick_seconds=TICK)) as task:
        await until(has_been_told)
        assert not task.done()
        assert not await is_settled()
        await execute("ALTER TABLE away RENAME TO closed_period")
        await until(is_settled)
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_client_that_fails_holds_up_nobody(scene: Scene) -> None:
    """The others are settled at each tick; it is tried again when its time has come."""
    bad, good = await scene.client("bad"), await scene.client("good")
    row = await scene.tracker(bad.id)
    await scene.tracker(good.id)
    await insert("closed_period", **closed_period_row(row))
    worker = Worker(scene.clock)
    scene.clock.advance(days=31)
    assert await worker.tick() == Rollover(clients=1, periods_closed=1, failures=[bad.id])
    assert await worker.tick() == Rollover()
    scene.clock.advance(days=31)
    assert await worker.tick() == Rollover(clients=1, periods_closed=1, failures=[bad.id])
    assert (await Tracker.get(client_id=good.id)).period_number == 3
