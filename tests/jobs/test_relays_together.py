"""Several relays on one outbox: they lose nothing, wait for nobody, and take over from the dead."""

import asyncio
import sys

from jobs.relay import Relay
from models.database import speaks_postgres
from models.outbox import OutboxHint
from tests.jobs.relaying import RecordingBus, SlowBus, leave, relaying
from tests.storage.scene import Scene
from tests.storage.waiting import PATIENCE_SECONDS


async def test_two_relays_lose_nothing(scene: Scene) -> None:
    """As in two processes: everything is published, and nothing is left; on PostgreSQL, nothing twice."""
    bus = RecordingBus()
    await leave(*range(100), client_id=scene.practice.id)
    await asyncio.gather(*(Relay(bus).relay_batch() for _ in range(2)))
    assert {hint.revision for hint in bus.hints} == set(range(100))
    assert await OutboxHint.all().count() == 0
    if speaks_postgres():
        assert len(bus.hints) == 100


async def test_a_relay_that_waits_for_its_bus_holds_up_nobody(scene: Scene) -> None:
    """Commits go on, and on PostgreSQL another relay publishes them; what the first holds is its own to publish."""
    slow, quick = SlowBus(), RecordingBus()
    await leave(1, 2, client_id=scene.practice.id)
    first = asyncio.create_task(Relay(slow).relay_batch())
    await slow.publishing.wait()
    async with asyncio.timeout(PATIENCE_SECONDS):
        client = await scene.client()
        await scene.tracker(client.id)
        await Relay(quick).relay_batch()
    assert [hint.revision for hint in quick.hints] == ([1] if speaks_postgres() else [1, 2, 1])
    slow.may_go_on.set()
    await first
    assert [hint.revision for hint in slow.hints] == [1, 2]
    assert await OutboxHint.all().count() == 0


async def test_what_a_relay_held_when_it_died_is_published_by_another(scene: Scene, database: str) -> None:
    """Killed in the middle of publishing, a process leaves its rows to the others, at once."""
    bus = RecordingBus()
    await leave(*range(10), client_id=scene.practice.id)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.jobs.stuck_relay", database), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), PATIENCE_SECONDS) == b"publishing 10\n"
    if speaks_postgres():
        assert await Relay(bus).relay_batch() is False
        assert bus.hints == []
    process.kill()
    await process.wait()
    async with relaying(Relay(bus, sweep_seconds=0.01)):
        await bus.has(10)
    assert [hint.revision for hint in bus.hints] == list(range(10))
    assert await OutboxHint.all().count() == 0
