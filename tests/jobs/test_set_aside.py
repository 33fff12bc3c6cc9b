"""Clients that cannot be settled: told, tried again after ever longer waits, and in nobody's way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from tortoise.exceptions import OperationalError

from jobs.rollover import Rollover, roll_over
from models.clients import Client
from models.ledger import lock
from models.set_aside import FIRST_WAIT, LONGEST_WAIT, SetAside, those_set_aside
from models.trackers import Tracker
from models.unit_of_work import unit_of_work
from tests.storage.raw import closed_period_row, execute, insert
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene

APRIL_BEGINS = datetime(2026, 3, 31, 22, tzinfo=UTC)
MAY_BEGINS = datetime(2026, 4, 30, 22, tzinfo=UTC)


async def spoilt(scene: Scene) -> Tracker:
    """Return a tracker whose first period cannot be closed: its number is taken."""
    tracker = await scene.tracker((await scene.client("spoilt")).id)
    await insert("closed_period", **closed_period_row(tracker))
    return tracker


@asynccontextmanager
async def held(client_id: UUID) -> AsyncIterator[None]:
    """Hold the client's lock in another transaction for the time of the block."""
    has_lock, may_end = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        await lock([client_id])
        has_lock.set()
        await may_end.wait()

    holding = asyncio.create_task(unit_of_work(hold))
    await has_lock.wait()
    try:
        yield
    finally:
        may_end.set()
        await holding


async def test_it_is_told_with_the_reason_and_tried_again_later(scene: Scene) -> None:
    """A minute later, then after two, four, eight, and never more than an hour; a pass by hand does not wait."""
    tracker = await spoilt(scene)
    now, waits = APRIL_BEGINS, []
    for failures in range(1, 9):
        assert await roll_over(now=now, is_shared=True) == Rollover(failures=[tracker.client_id])
        [row] = await those_set_aside(now=now)
        assert (row.client_id, row.practice_id, row.failures) == (tracker.client_id, scene.practice.id, failures)
        assert (row.since, "closed_period" in row.reason) == (APRIL_BEGINS, True)
        just_before = row.retry_at - timedelta(microseconds=1)
        assert await roll_over(now=just_before, is_shared=True) == Rollover()
        waits.append(row.retry_at - now)
        now = row.retry_at
    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (waits[0], waits[-1]) == (FIRST_WAIT, LONGEST_WAIT)
    assert await roll_over(now=now - timedelta(seconds=1)) == Rollover(failures=[tracker.client_id])


async def test_mended_it_is_settled_and_set_aside_no_more(scene: Scene) -> None:
    """At its next trial."""
    tracker = await spoilt(scene)
    await roll_over(now=APRIL_BEGINS)
    await execute("DELETE FROM closed_period WHERE tracker_id = ?", tracker.id)
    later = APRIL_BEGINS + FIRST_WAIT
    assert await roll_over(now=later, is_shared=True) == Rollover(clients=1, periods_closed=1)
    assert await SetAside.all().count() == 0
    await assert_whole(tracker.client_id, now=later)


async def test_settled_by_another_way_it_is_told_no_more(scene: Scene) -> None:
    """As by a read, once what was wrong is mended; nor does it wait when its next day comes."""
    tracker = await spoilt(scene)
    await roll_over(now=APRIL_BEGINS)
    await execute("DELETE FROM closed_period WHERE tracker_id = ?", tracker.id)
    scene.clock.moment = APRIL_BEGINS
    await scene.read(tracker.client_id)
    assert await those_set_aside(now=APRIL_BEGINS) == []
    await SetAside.all().update(retry_at=MAY_BEGINS + LONGEST_WAIT)
    assert await those_set_aside(now=MAY_BEGINS) == []
    assert await roll_over(now=MAY_BEGINS, is_shared=True) == Rollover(clients=1, periods_closed=1)


async def test_a_pass_forgets_whom_another_way_has_settled_or_who_is_there_no_more(scene: Scene) -> None:
    """Whoever is still due since then stays, whatever the next trial's time; a dry run forgets nobody."""
    read, gone, still = [await spoilt(scene) for _ in range(3)]
    await roll_over(now=APRIL_BEGINS)
    for tracker in (read, gone):
        await execute("DELETE FROM closed_period WHERE tracker_id = ?", tracker.id)
    scene.clock.moment = APRIL_BEGINS
    await scene.read(read.client_id)
    await execute("DELETE FROM tracker WHERE id = ?", gone.id)
    await execute("DELETE FROM client WHERE id = ?", gone.client_id)

    async def kept() -> set[UUID]:
        return {row.client_id for row in await SetAside.all()}

    await roll_over(now=APRIL_BEGINS, dry_run=True)
    assert await kept() == {read.client_id, gone.client_id, still.client_id}
    assert await roll_over(now=APRIL_BEGINS, is_shared=True) == Rollover()
    assert await kept() == {still.client_id}


async def test_the_others_of_its_chunk_are_settled(scene: Scene) -> None:
    """Wherever in the chunk it is."""
    bad = await spoilt(scene)
    good = [await scene.tracker((await scene.client(f"Client {number}")).id) for number in range(6)]
    assert await roll_over(now=APRIL_BEGINS) == Rollover(clients=6, periods_closed=6, failures=[bad.client_id])
    assert {row.period_number for row in await Tracker.filter(id__in=[row.id for row in good])} == {2}


async def test_the_database_s_own_trouble_is_nobody_s_fault(scene: Scene) -> None:
    """Nobody is set aside when no client could be settled: the pass ends, and another one settles all."""
    tracker = await scene.tracker((await scene.client()).id)
    await execute("ALTER TABLE closed_period RENAME TO away")
    with pytest.raises(OperationalError, match="closed_period"):
        await roll_over(now=APRIL_BEGINS)
    await execute("ALTER TABLE away RENAME TO closed_period")
    assert await SetAside.all().count() == 0
    assert await roll_over(now=APRIL_BEGINS) == Rollover(clients=1, periods_closed=1)
    await assert_whole(tracker.client_id, now=APRIL_BEGINS)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one lock, for all.
async def test_whom_somebody_else_is_at_is_left_to_them(scene: Scene) -> None:
    """On PostgreSQL a pass waits for nobody; a read of that client does. The next pass finds it."""
    taken, free = [await scene.tracker((await scene.client(name)).id) for name in ("taken", "free")]
    scene.clock.moment = APRIL_BEGINS
    async with held(taken.client_id):
        assert await roll_over(now=APRIL_BEGINS, is_shared=True) == Rollover(clients=1, periods_closed=1)
        numbers = {row.id: row.period_number for row in await Tracker.all()}
        assert numbers == {taken.id: 1, free.id: 2}
        reading = asyncio.create_task(scene.read(taken.client_id))
        _done, waiting = await asyncio.wait([reading], timeout=0.2)
        assert waiting == {reading}
    assert (await reading).revision == (await Client.get(id=free.client_id)).revision
    assert await roll_over(now=APRIL_BEGINS) == Rollover()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one lock, for all.
async def test_who_is_left_to_another_stays_set_aside(scene: Scene) -> None:
    """That a pass got by without a client is no sign that it is mended."""
    tracker = await spoilt(scene)
    await roll_over(now=APRIL_BEGINS)
    later = APRIL_BEGINS + FIRST_WAIT
    async with held(tracker.client_id):
        assert await roll_over(now=later, is_shared=True) == Rollover()
    assert [row.failures for row in await those_set_aside(now=later)] == [1]
