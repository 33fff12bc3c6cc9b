"""The relay: what is committed is published, at least once; what is not, never."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from redis.exceptions import RedisError

from jobs.bus import Hint, InProcessBus, practice_topic
from jobs.redis_bus import RedisBus
from jobs.relay import BATCH, CLAIM, Relay
from models.clients import Client
from models.database import database, speaks_postgres
from models.outbox import OutboxHint
from models.unit_of_work import all_finished, on_commit, unit_of_work
from tests.conftest import StillClock
from tests.jobs.heard import Heard
from tests.redis_server import RedisServer
from tests.storage.scene import Scene, set_scene
from tests.storage.waiting import until

NEVER = 3600.0
PATIENCE_SECONDS = 10


class RecordingBus(InProcessBus):
    """A bus that keeps what it was given; while `troubles` last, publishing fails, before or after it was heard."""

    def __init__(self, *, troubles: float = 0, heard_anyway: bool = False) -> None:
        super().__init__()
        self.hints: list[Hint] = []
        self.calls = 0
        self._troubles, self._heard_anyway = troubles, heard_anyway
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

    async def has(self, hints: int) -> None:
        """Wait until so many hints were published, and the relay is through with them."""
        async with self._called:
            await asyncio.wait_for(self._called.wait_for(lambda: len(self.hints) >= hints), PATIENCE_SECONDS)
        await all_finished()


class SlowBus(RecordingBus):
    """A bus that tells when it is asked to publish, and waits for the word."""

    def __init__(self) -> None:
        super().__init__()
        self.publishing, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Wait, then keep the hints."""
        self.publishing.set()
        await self.may_go_on.wait()
        await super().publish(hints)


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
    """It tries again at each sweep; that it began and that it ended is logged, once each, however often it tried."""
    bus = RecordingBus(troubles=3)
    async with relaying(Relay(bus, sweep_seconds=0.01)):
        client = await scene.client()
        await scene.tracker(client.id)
        await bus.has(1)
        await until(lambda: _logged(caplog, "relayed again"))
    assert [hint.revision for hint in bus.hints] == [1]
    assert (bus.calls, caplog.text.count("they stay in the outbox"), caplog.text.count("relayed again")) == (4, 1, 1)


async def test_commits_do_not_hurry_a_relay_in_trouble(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """It would try, and fail, as often as something is committed."""
    bus = RecordingBus(troubles=NEVER)
    client = await scene.client()
    await leave(1, client_id=client.id)
    async with relaying(Relay(bus, sweep_seconds=NEVER)):
        await until(lambda: _logged(caplog, "they stay in the outbox"))
        for number in range(5):
            await scene.client(f"Client {number}")
            await OutboxHint.all().count()
    assert bus.calls == 1


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


async def test_while_redis_is_away_commits_go_on_and_are_heard_when_it_is_back(
    scene: Scene, redis_server: RedisServer
) -> None:
    """Nothing that was committed meanwhile is lost."""
    bus, heard = RedisBus(redis_server.url), Heard()
    relay = Relay(bus)
    async with bus.running(), bus.subscribe(practice_topic(scene.practice.id), heard):
        redis_server.kill()
        client = await scene.client()
        await scene.tracker(client.id)
        await scene.appointment(client.id, completed=True)
        with pytest.raises(RedisError):
            await relay.relay_batch()
        redis_server.start()
        await heard.has(None)
        await relay.relay_batch()
        await heard.has(None, *(Hint(client.id, scene.practice.id, revision) for revision in (1, 2)))
    assert await OutboxHint.all().count() == 0


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


async def _logged(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    await asyncio.sleep(0)
    return words in caplog.text
