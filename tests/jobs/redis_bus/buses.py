"""Buses on a server, as two processes have them, and a client that looks at the server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from jobs.bus import client_topic
from jobs.channels import CONTROL, crowd_channel, own_channel
from jobs.redis_bus import RedisBus
from tests.jobs.heard import HARBOUR, JONAS, MARA, Heard
from tests.storage.waiting import until

TOPIC = client_topic(MARA, practice_id=HARBOUR)
OTHER_TOPIC = client_topic(JONAS, practice_id=HARBOUR)
CHANNEL, CROWDED = own_channel(TOPIC), crowd_channel(HARBOUR)
GAP = None


@asynccontextmanager
async def buses(url: str) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Run two buses, as two processes have them."""
    one, other = RedisBus(url), RedisBus(url)
    async with one.running(), other.running():
        yield one, other


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Redis]:
    """Connect a client to look at the server with."""
    async with Redis.from_url(url, protocol=2, decode_responses=True) as redis:
        yield redis


async def channels(redis: Redis) -> set[str]:
    """Return the channels to which somebody is subscribed."""
    return {str(channel) for channel in await redis.pubsub_channels()}


async def calls(redis: Redis) -> dict[str, int]:
    """Return how often the server was asked to do what a bus asks for."""
    stats = await redis.info("commandstats")
    names = "subscribe", "unsubscribe", "publish"
    return {name: stats.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in names}


async def channels_are(redis: Redis, expected: set[str]) -> bool:
    """Tell whether just these channels are subscribed to."""
    return await channels(redis) == expected


async def only_control(redis: Redis) -> bool:
    """Tell whether every topic is left."""
    return await channels_are(redis, {CONTROL})


async def connected(bus: RedisBus, redis: Redis) -> None:
    """Wait until the bus has reached the server, and holds no topic."""
    async with bus.subscribe(OTHER_TOPIC, Heard()):
        pass
    await until(lambda: only_control(redis))


def is_in_trouble(bus: RedisBus) -> Callable[[], Awaitable[bool]]:
    """Return what tells whether the bus has noticed that it cannot be heard."""

    async def look() -> bool:
        await asyncio.sleep(0)
        return bus._in_trouble

    return look
