"""What one process tells another: all of it, in its order, by plain commands; nonsense harms nobody."""

import asyncio
import logging
import sys

import pytest
from redis.exceptions import RedisError

from jobs.bus import practice_topic
from jobs.channels import CONTROL
from jobs.redis_bus import RedisBus
from tests.jobs.heard import HARBOUR, MARA, PATIENCE_SECONDS, Heard, hint
from tests.jobs.redis_bus.buses import CHANNEL, TOPIC, asking, buses, is_in_trouble, only_control
from tests.redis_server import RedisServer, free_port
from tests.storage.waiting import until


async def test_one_process_hears_another(redis_url: str, quiet: None) -> None:
    """And itself, in the same way."""
    async with buses(redis_url) as (one, other):
        near, far = Heard(), Heard()
        async with one.subscribe(TOPIC, near), other.subscribe(practice_topic(HARBOUR), far):
            await one.publish([hint()])
            await near.has(hint())
            await far.has(hint())


async def test_a_real_second_process_is_heard(redis_url: str) -> None:
    """Everything that it tells, in its order."""
    bus, heard = RedisBus(redis_url), Heard()
    async with bus.running(), bus.subscribe(TOPIC, heard):
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.jobs.publisher", redis_url, "50")
        assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
        await heard.has(*(hint(revision=revision) for revision in range(1, 51)))


async def test_nonsense_on_a_topic_is_logged_and_harms_nobody(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever else writes to Redis; a listener that fails is no trouble to the next message either."""
    bus, heard = RedisBus(redis_url), Heard()
    nonsense: list[str | bytes] = ["", "{", "7", "[[1]]", '[["x","y",1]]', b"\xff", f'[["{MARA}","{HARBOUR}"]]']
    async with bus.running(), asking(redis_url) as redis, bus.subscribe(TOPIC, heard):
        for data in nonsense:
            await redis.publish(CHANNEL, data)
        await redis.publish(CONTROL, "hello")
        await bus.publish([hint()])
        await heard.has(hint())
    assert caplog.text.count("could not be passed on") == len(nonsense)


async def test_only_plain_commands_are_used(redis_server: RedisServer) -> None:
    """Those that every version of Redis and Valkey knows, so that access can be limited to them."""
    async with asking(redis_server.url) as redis, redis.monitor() as monitor:
        bus, heard = RedisBus(redis_server.url), Heard()
        async with bus.running():
            async with bus.subscribe(TOPIC, heard):
                await bus.publish([hint()])
                await heard.has(hint())
            await until(lambda: only_control(redis))
        await redis.set("end", "1")
        seen = set()
        async for command in monitor.listen():
            seen.add(command["command"].split()[0])
            if command["command"].startswith("SET "):
                break
    assert seen - {"SET", "PUBSUB", "CLIENT"} == {"SUBSCRIBE", "UNSUBSCRIBE", "PUBLISH", "PING"}


async def test_its_address_is_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    """It carries the password."""
    caplog.set_level(logging.DEBUG)
    bus = RedisBus(f"redis://tracker:harbour-secret@127.0.0.1:{free_port()}/0")
    async with bus.running():
        with pytest.raises(RedisError) as refused:
            await bus.publish([hint()])
        await until(is_in_trouble(bus))
    assert "harbour-secret" not in caplog.text + repr(refused.value) + repr(bus)
