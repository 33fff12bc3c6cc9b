"""The relay: what is committed is published, at least once; what is not, never."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

import pytest

from jobs.bus import Hint, InProcessBus, Wakeups
from jobs.relay import BATCH, Relay
from models.clients import Client
from models.outbox import OutboxHint
from models.unit_of_work import all_finished, on_commit, unit_of_work
from tests.conftest import StillClock
from tests.storage.scene import Scene, set_scene

NEVER = 3600.0
PATIENCE_SECONDS = 10


class RecordingBus:
    """A bus that keeps what it was given; while `troubles` last, publishing fails, before or after it was heard."""

    def __init__(self, *, troubles: int = 0, heard_anyway: bool = False) -> None:
        self.hints: list[Hint] = []
        self.calls = 0
        self._troubles, self._heard_anyway = troubles, heard_anyway
        self._inner = InProcessBus()
        self._called = asyncio.Condition()

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Keep the hints."""
        self.calls += 1
        fails = self.calls <= self._troubles
        if not fails or self._heard_anyway:
            self.hints += hints
        async with self._called:
            self._called.notify_all()
        if fails:
            raise ConnectionError("the bus is away")

    def subscribe(self, topic: str) -> AbstractAsyncContextManager[Wakeups]:
        """Subscribe for the time of the block."""
        return self._inner.subscribe(topic)

    async def has(self, hints: int) -> None:
        """Wait until so many hints were published, and the relay is through with them."""
        async with self._called:
            await asyncio.wait_for(self._called.wait_for(lambda: len(self.hints) >= hints), PATIENCE_SECONDS)
        await all_finished()


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[None]:
    """Run the relay for the time of the block."""
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=1)
        await all_finished()


@pytest.fixture
async def scene(database: str, clock: StillClock) -> Scene:
    """Return a practice with an administrator, in the connected database."""
    return await set_scene(clock)


async def leave(*revisions: int, client_id: UUID) -> None:
    """Leave hints in the outbox, as a process that crashed after its commit does."""
    rows = [OutboxHint(client_id=client_id, practice_id=client_id, revision=revision) for revision in revisions]
    await OutboxHint.bulk_create(rows)


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


async def test_trouble_in_the_bus_keeps_the_rows(scene: Scene) -> None:
    """They are published when it is back; a commit is never refused for it."""
    bus = RecordingBus(troubles=2)
    relay = Relay(bus)
    client = await scene.client()
    await scene.tracker(client.id)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await relay.relay_batch()
        assert [row.revision for row in await OutboxHint.all()] == [1]
    assert bus.hints == []
    assert await relay.relay_batch() is False
    assert [hint.revision for hint in bus.hints] == [1]
    assert await OutboxHint.all().count() == 0


async def test_the_relay_outlives_trouble(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """It logs it and tries again at the next sweep."""
    bus = RecordingBus(troubles=3)
    async with relaying(Relay(bus, sweep_seconds=0.01)):
        client = await scene.client()
        await scene.tracker(client.id)
        await bus.has(1)
    assert [hint.revision for hint in bus.hints] == [1]
    assert (bus.calls, caplog.text.count("they stay in the outbox")) == (4, 3)


async def test_a_hint_that_was_heard_before_the_trouble_comes_again(scene: Scene) -> None:
    """At least once, not at most once."""
    bus = RecordingBus(troubles=1, heard_anyway=True)
    relay = Relay(bus)
    await leave(7, client_id=scene.practice.id)
    with pytest.raises(ConnectionError):
        await relay.relay_batch()
    await relay.relay_batch()
    assert [hint.revision for hint in bus.hints] == [7, 7]
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


async def test_two_relays_share_the_work(scene: Scene) -> None:
    """As in two processes: everything is published, and nothing is left."""
    bus = RecordingBus()
    await leave(*range(100), client_id=scene.practice.id)
    await asyncio.gather(*(Relay(bus).relay_batch() for _ in range(2)))
    assert [hint.revision for hint in bus.hints] == list(range(100))
    assert await OutboxHint.all().count() == 0


async def test_a_relay_that_is_stopped_finishes_what_it_publishes(scene: Scene) -> None:
    """Stopped in the middle of a batch, it neither loses nor keeps its rows."""
    publishing, may_go_on = asyncio.Event(), asyncio.Event()

    class SlowBus(RecordingBus):
        async def publish(self, hints: Iterable[Hint]) -> None:
            publishing.set()
            await may_go_on.wait()
            await super().publish(hints)

    bus = SlowBus()
    await leave(1, client_id=scene.practice.id)
    task = asyncio.create_task(Relay(bus).run())
    await publishing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_go_on.set()
    await asyncio.wait_for(all_finished(), PATIENCE_SECONDS)
    assert [hint.revision for hint in bus.hints] == [1]
    assert await OutboxHint.all().count() == 0


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
