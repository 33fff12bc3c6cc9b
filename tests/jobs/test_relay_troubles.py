"""A bus that is away: what cannot be published stays in the outbox, and is published when it is back."""

import asyncio

import pytest
from redis.exceptions import RedisError

from jobs.bus import Hint, practice_topic
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from models.outbox import OutboxHint
from tests.jobs.heard import Heard
from tests.jobs.relaying import NEVER, RecordingBus, leave, relaying
from tests.redis_server import RedisServer
from tests.storage.scene import Scene
from tests.storage.waiting import until


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


async def _logged(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    await asyncio.sleep(0)
    return words in caplog.text
