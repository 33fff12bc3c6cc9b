"""The relay: what is committed is published, at least once; what is not, never."""

import asyncio

import pytest

from jobs.bus import Hint, practice_topic
from jobs.redis_bus import RedisBus
from jobs.relay import BATCH, CLAIM, Relay
from models.clients import Client
from models.database import database, speaks_postgres
from models.outbox import OutboxHint
from models.unit_of_work import all_finished, on_commit, unit_of_work
from tests.jobs.heard import Heard
from tests.jobs.relaying import NEVER, RecordingBus, SlowBus, leave, relaying
from tests.storage.scene import Scene
from tests.storage.waiting import PATIENCE_SECONDS


async def test_a_commit_is_published_and_its_rows_are_removed(scene: Scene) -> None:
    """The commit itself wakes the relay; the hints tell the client, its practice and its revisions, in order."""
    bus = RecordingBus()
    async with relaying(Relay(bus, sweep_seconds=NEVER)):
        client = await scene.client()
        await scene.tracker(client.id)
        await scene.appointment(client.id, completed=True)
        await bus.has(2)
        assert [(hint.client_id, hint.practice_id) for hint in bus.hints] == [(client.id, scene.practice.id)] * 2
        assert [hint.revision for hint in bus.hints] == [1, 2]
        assert (await Client.get(id=client.id)).revision == 2
        assert await OutboxHint.all().count() == 0


async def test_nothing_is_published_before_its_commit(scene: Scene) -> None:
    """While a change is under way the relay finds nothing of it; when it is taken back there is nothing to find."""
    bus = RecordingBus()
    relay = Relay(bus)
    client = await scene.client()

    async def work() -> None:
        await leave(1, client_id=client.id)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await unit_of_work(work)
    assert await relay.relay_batch() is False
    assert (bus.calls, await OutboxHint.all().count()) == (0, 0)


async def test_what_a_crash_left_is_published_at_the_start(scene: Scene) -> None:
    """Without any commit in this process."""
    bus = RecordingBus()
    client = await scene.client()
    await leave(1, 2, 3, client_id=client.id)
    async with relaying(Relay(bus, sweep_seconds=NEVER)):
        await bus.has(3)
    assert [hint.revision for hint in bus.hints] == [1, 2, 3]
    assert await OutboxHint.all().count() == 0


async def test_what_another_process_wrote_is_swept(scene: Scene) -> None:
    """No commit of this process tells of it: the relay looks by itself."""
    bus = RecordingBus()
    client = await scene.client()
    async with relaying(Relay(bus, sweep_seconds=0.01)):
        await leave(1, client_id=client.id)
        await bus.has(1)
        await leave(2, client_id=client.id)
        await bus.has(2)
    assert [hint.revision for hint in bus.hints] == [1, 2]
    assert await OutboxHint.all().count() == 0


async def test_a_thousand_at_a_time_oldest_first(scene: Scene) -> None:
    """A full batch tells that more may be waiting."""
    bus = RecordingBus()
    relay = Relay(bus)
    await leave(*range(BATCH + 1), client_id=scene.practice.id)
    assert await relay.relay_batch() is True
    assert [hint.revision for hint in bus.hints] == list(range(BATCH))
    assert [row.revision for row in await OutboxHint.all()] == [BATCH]
    assert await relay.relay_batch() is False
    assert await relay.relay_batch() is False
    assert (bus.calls, bus.hints[-1].revision) == (2, BATCH)


async def test_through_redis_a_commit_here_is_heard_there(scene: Scene, redis_url: str) -> None:
    """The whole way, from one process to another."""
    here, there, heard = RedisBus(redis_url), RedisBus(redis_url), Heard()
    async with (
        here.running(),
        there.running(),
        there.subscribe(practice_topic(scene.practice.id), heard),
        relaying(Relay(here, sweep_seconds=NEVER)),
    ):
        client = await scene.client()
        await scene.tracker(client.id)
        await heard.has(Hint(client.id, scene.practice.id, 1))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite plans anew each time.
async def test_claiming_a_batch_does_not_scan_the_table_for_each_row(scene: Scene) -> None:
    """Also by a plan made when the table was nearly empty, as it mostly is."""
    await leave(1, client_id=scene.practice.id)
    await database().execute_script("ANALYZE outbox_hint")
    plan = await database().execute_query_dict(f"EXPLAIN {CLAIM}")
    assert not any("Nested Loop" in line for row in plan for line in row.values())


async def test_a_relay_that_is_stopped_loses_nothing(scene: Scene) -> None:
    """Stopped in the middle of a batch, it finishes on PostgreSQL, where it has claimed it; else it leaves it."""
    bus = SlowBus()
    await leave(1, client_id=scene.practice.id)
    task = asyncio.create_task(Relay(bus).run())
    await bus.publishing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    bus.may_go_on.set()
    await asyncio.wait_for(all_finished(), PATIENCE_SECONDS)
    left = [row.revision for row in await OutboxHint.all()]
    assert ([hint.revision for hint in bus.hints], left) == (([1], []) if speaks_postgres() else ([], [1]))


async def test_a_relay_that_is_stopped_at_the_moment_of_a_commit_stops(scene: Scene) -> None:
    """Being woken and being stopped at once, it does not take the one for the other."""
    bus = RecordingBus()
    loop = asyncio.get_running_loop()
    client = await scene.client()
    await scene.tracker(client.id)
    task = asyncio.create_task(Relay(bus, sweep_seconds=NEVER).run())
    await bus.has(1)
    await Client.get(id=client.id)

    def stop() -> None:
        loop.call_soon(task.cancel)

    forget = on_commit(stop)
    await scene.client("Jonas Frei")
    forget()
    await asyncio.wait({task}, timeout=2)
    stopped = task.cancelled()
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)
    assert stopped
