"""Outages: whatever happens to Redis nobody hangs, and what may have been missed is told as a gap."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from redis.exceptions import RedisError

from jobs.bus import practice_topic
from jobs.redis_bus import PUBLISH_SECONDS, RedisBus
from tests.jobs.heard import HARBOUR, JONAS, PATIENCE_SECONDS, Heard, hint
from tests.jobs.redis_bus.buses import CHANNEL, GAP, OTHER_TOPIC, TOPIC, asking, buses, is_in_trouble
from tests.jobs.redis_bus.joining import cancelled, joining, turns
from tests.redis_server import RedisServer
from tests.storage.waiting import until


async def test_a_dropped_connection_is_told_as_a_gap(redis_url: str) -> None:
    """To every listener, once it is subscribed again: what comes then is heard."""
    async with buses(redis_url) as (bus, other), asking(redis_url) as redis:
        mara, harbour = Heard(), Heard()
        async with bus.subscribe(TOPIC, mara), bus.subscribe(practice_topic(HARBOUR), harbour):
            for revision in (1, 2):
                assert await redis.client_kill_filter(_type="pubsub") == 2
                await mara.has_come_to(GAP, times=revision)
                await harbour.has_come_to(GAP, times=revision)
                await other.publish([hint(revision=revision)])
                await mara.has_come_to(hint(revision=revision))
                await harbour.has_come_to(hint(revision=revision))
        assert mara.all == harbour.all == [GAP, hint(revision=1), GAP, hint(revision=2)]


async def test_a_server_killed_and_started_again_is_told_as_a_gap(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Meanwhile publishing fails; each trouble is logged when it begins and when it ends."""
    bus, heard = RedisBus(redis_server.url), Heard()
    async with bus.running(), bus.subscribe(TOPIC, heard):
        for revision in (1, 2):
            redis_server.kill()
            with pytest.raises(RedisError):
                await bus.publish([hint()])
            redis_server.start()
            await heard.has_come_to(GAP, times=revision)
            await bus.publish([hint(revision=revision)])
            await heard.has_come_to(hint(revision=revision))
    assert heard.all == [GAP, hint(revision=1), GAP, hint(revision=2)]
    assert (caplog.text.count("Redis cannot be heard"), caplog.text.count("Redis is heard again")) == (2, 2)


async def test_coming_and_going_while_redis_is_away_leaves_nothing_behind(redis_server: RedisServer) -> None:
    """However long it is away: neither of those who left a topic to others, nor of the last."""
    redis_server.kill()
    bus = RedisBus(redis_server.url, confirm_seconds=0.01)
    of = bus._subscriptions
    async with bus.running():
        async with bus.subscribe(TOPIC, Heard()):
            for _ in range(3):
                async with bus.subscribe(TOPIC, Heard()):
                    pass
            assert of._waiting == {CHANNEL: set()}
        assert (of._waiting, of._gaps, list(of.listeners)) == ({}, set(), [])


async def test_without_redis_one_enters_late_and_hears_when_it_comes(redis_server: RedisServer) -> None:
    """Nobody is refused: the later confirmation counts as a gap."""
    redis_server.kill()
    bus, heard = RedisBus(redis_server.url, confirm_seconds=0.1), Heard()
    async with bus.running(), bus.subscribe(TOPIC, heard):
        assert heard.all == []
        redis_server.start()
        await heard.has(GAP)
        await bus.publish([hint()])
        await heard.has(GAP, hint())


async def test_a_server_that_accepts_and_never_answers_hangs_nobody(redis_server: RedisServer) -> None:
    """Publishing and subscribing are bounded in time; when it goes on, what was missed is told as a gap."""
    async with buses(redis_server.url) as (bus, other):
        heard, late = Heard(), Heard()
        async with bus.subscribe(TOPIC, heard), AsyncExitStack() as stack:
            with redis_server.stalled():
                entering = asyncio.create_task(stack.enter_async_context(bus.subscribe(OTHER_TOPIC, late)))
                async with asyncio.timeout(PATIENCE_SECONDS):
                    with pytest.raises((TimeoutError, RedisError)):
                        await other.publish([hint(revision=1)])
                    await entering
                assert late.all == []
                await until(is_in_trouble(bus))
            await heard.has_come_to(GAP)
            await late.has_come_to(GAP)
            await other.publish([hint(JONAS, revision=2), hint(revision=2)])
            await heard.has_come_to(hint(revision=2))
            await late.has_come_to(hint(JONAS, revision=2))


async def test_stopping_does_not_wait_for_a_redis_that_stalls(redis_server: RedisServer) -> None:
    """Also with a request under way: it ends before the request would be given up."""
    bus = RedisBus(redis_server.url)
    with redis_server.stalled():
        async with _stopped_in_time(bus):
            entering, _ = joining(bus)
            await turns()
        await cancelled(entering)


async def test_stopping_does_not_wait_for_a_redis_that_is_away(redis_server: RedisServer) -> None:
    """In the middle of trying again."""
    bus = RedisBus(redis_server.url)
    redis_server.kill()
    async with _stopped_in_time(bus):
        await until(is_in_trouble(bus))


@asynccontextmanager
async def _stopped_in_time(bus: RedisBus) -> AsyncIterator[None]:
    """Run the bus for the time of the block; it stops before any request to Redis is given up."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(bus.running())
        yield
        async with asyncio.timeout(PUBLISH_SECONDS):
            await stack.aclose()
