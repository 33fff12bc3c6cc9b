"""Who waits for whom when a practice moves: nobody for the practice, and the move for the clients that are locked."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from jobs.importing.clients import apply_clients
from jobs.importing.lines import ClientLine
from jobs.importing.summary import Outcome
from jobs.rollover import Rollover, roll_over
from models.clients import Client
from resolvers import practices
from tests.storage.moving import NEW_YORK, ZURICH, announce, at, to_move, zones
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene, set_scene
from tests.storage.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
LOCK_ALL = "SELECT id FROM client ORDER BY id FOR NO KEY UPDATE NOWAIT"


@pytest.fixture
async def other(database: str) -> AsyncIterator[asyncpg.Connection]:
    """Connect once more, past the application."""
    connection = await asyncpg.connect(database)
    try:
        yield connection
    finally:
        await connection.close()


async def comes_to_a_lock(task: asyncio.Task[object], other: asyncpg.Connection) -> None:
    """Wait until the task waits for a lock."""

    async def is_waiting() -> bool:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return task.done() or await other.fetchval(waiting) == 1

    await until(is_waiting)
    assert not task.done()


async def test_a_practice_is_changed_while_its_clients_are_locked(scene: Scene, other: asyncpg.Connection) -> None:
    """As by a pass in the middle of a chunk: a new name waits for nobody, a new zone for those who are locked."""
    held, free = await scene.client("held"), await scene.client("free")
    changes = {"name": "Harbour House"}
    async with other.transaction():
        await other.execute("SELECT id FROM client WHERE id = $1 FOR NO KEY UPDATE", held.id)
        row = await practices.update(viewer=scene.viewer, changes=changes, now=scene.clock.now())
        assert row.name == "Harbour House"
        moving = asyncio.create_task(announce(scene, NEW_YORK))
        await comes_to_a_lock(moving, other)
    assert (await moving).time_zone == NEW_YORK
    assert (await zones(held, free), await to_move(scene)) == ([ZURICH] * 2, 2)


async def test_a_move_does_not_wait_for_other_practices(scene: Scene, other: asyncpg.Connection) -> None:
    """Their clients may be in the same chunk."""
    lakeside = await set_scene(scene.clock, name="Lakeside")
    held, client = await lakeside.client(), await scene.client()
    async with other.transaction():
        await other.execute("SELECT id FROM client WHERE id = $1 FOR NO KEY UPDATE", held.id)
        await announce(scene, NEW_YORK)
        assert await roll_over(now=scene.clock.now(), is_shared=True) == Rollover(clients=1)
    assert await zones(held, client) == [ZURICH, NEW_YORK]


async def test_passes_do_not_wait_for_a_practice_that_is_being_changed(scene: Scene, other: asyncpg.Connection) -> None:
    """Its clients are settled meanwhile."""
    tracker = await scene.tracker((await scene.client()).id)
    scene.clock.advance(days=30)
    async with other.transaction():
        await other.execute("SELECT id FROM practice FOR NO KEY UPDATE")
        done = await roll_over(now=scene.clock.now(), is_shared=True)
    assert done == Rollover(clients=1, periods_closed=1)
    await assert_whole(tracker.client_id, now=scene.clock.now())


async def test_what_is_booked_as_the_clients_are_marked_waits_for_it(scene: Scene, other: asyncpg.Connection) -> None:
    """The session gets its date in the new zone, not in the one that the practice is leaving."""
    client = await scene.client()
    async with other.transaction():
        await other.execute("SELECT id FROM practice FOR NO KEY UPDATE")
        await other.execute(LOCK_ALL)
        booking = asyncio.create_task(at(scene, client.id, "02-28 23:30", completed=False))
        await comes_to_a_lock(booking, other)
        await other.execute("UPDATE practice SET time_zone = $1, moved_at = $2", NEW_YORK, scene.clock.now())
        await other.execute("UPDATE client SET due_at = $1", scene.clock.now())
    assert (await booking).service_date.isoformat() == "2026-02-28"
    assert await zones(client) == [NEW_YORK]


async def test_who_is_created_during_the_move_belongs_to_the_new_zone(scene: Scene, other: asyncpg.Connection) -> None:
    """The practice is asked for its zone when it has moved."""
    async with other.transaction():
        await other.execute("SELECT id FROM practice FOR NO KEY UPDATE")
        creating = asyncio.create_task(scene.client())
        await comes_to_a_lock(creating, other)
        await other.execute("UPDATE practice SET time_zone = $1", NEW_YORK)
    assert ((await creating).time_zone, await to_move(scene)) == (NEW_YORK, 0)


async def test_an_import_of_clients_and_a_move_do_not_wait_for_each_other(
    scene: Scene, other: asyncpg.Connection
) -> None:
    """Before it has the practice the import holds no client, so that the move gets them all."""
    known = await scene.client("Mara Keller", external_id="c1")
    lines = [ClientLine(1, "c1", "Mara Huber"), ClientLine(2, "c2", "Jonas Frei")]
    importing = apply_clients(
        lines=lines, practice_id=scene.practice.id, actor=scene.viewer.actor, now=scene.clock.now()
    )
    async with other.transaction():
        await other.execute("SELECT id FROM practice FOR NO KEY UPDATE")
        task = asyncio.create_task(importing)
        await comes_to_a_lock(task, other)
        await other.execute(LOCK_ALL)
        await other.execute("UPDATE practice SET time_zone = $1, moved_at = $2", NEW_YORK, scene.clock.now())
    assert await task == Outcome(1, 1, 0)
    new = await Client.get(external_id="c2")
    assert (await zones(known, new), await to_move(scene)) == ([NEW_YORK] * 2, 0)
    assert (await Client.get(id=known.id)).name == "Mara Huber"
