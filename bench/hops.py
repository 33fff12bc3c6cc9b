"""From a commit in one process to the socket of another, through Redis: the whole way against its parts."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import asyncpg
from redis.asyncio import Redis

from bench.contenders import Field, Ours
from bench.dialogs import Dialogs, dialogs
from bench.practice import House, Person
from bench.processes import READY, running
from bench.sizes import Sizes
from graph.ids import key_of
from jobs.bus import Topic, client_topic
from jobs.channels import crowd_channel, own_channel
from models.appointments import Appointment
from models.banners import read_banners
from models.clock import SystemClock
from models.database import connected
from models.settings import Settings

CHANGES = "SELECT sum(revision) FROM client"


@dataclass(frozen=True, slots=True)
class Probe:
    """One completion on its way, in nanoseconds.

    `whole`: from the commit to the frame at the client. Its parts: `heard`, from the commit until another listener on
    the same Redis heard the hint (the relay and the hop); `read`, the same banner read from the database; `frame`,
    half of a ping and its pong on the dialog's socket. `hop` is a message published and heard, a share of `heard`.
    """

    whole: int
    heard: int
    read: int
    frame: int
    hop: int


@dataclass
class Hops:
    """The probes, and how many completions a second other clients had meanwhile."""

    probes: list[Probe]
    seconds: float
    changes: int

    @property
    def per_second(self) -> float:
        """Completions and undoings per second, of all clients."""
        return self.changes / self.seconds


def runs_on_redis() -> bool:
    """Tell whether several processes can serve at all."""
    return "redis_url" in Settings.model_fields


class Ear:
    """Listens on Redis beside the servers, and notes when it heard something on a channel last."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._own = f"bench:{uuid4()}"
        self._heard: dict[str, asyncio.Future[int]] = {}

    @asynccontextmanager
    async def listening(self, topic: Topic) -> AsyncIterator[None]:
        """Listen, for the time of the block, to the hints of one client, also among many, and to itself."""
        self._client, crowd = own_channel(topic), crowd_channel(topic.practice_id)
        self._crowd, self._person = crowd.encode(), str(topic.client_id).encode()
        async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(self._client, crowd, self._own)
            task = asyncio.create_task(self._listen(pubsub.listen()))
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def expect_hint(self) -> asyncio.Future[int]:
        """Return what will tell when the next hint was heard, in ns of the monotonic clock."""
        return self._expect(self._client)

    async def hop_ns(self) -> int:
        """Return how long a message of its own takes."""
        heard = self._expect(self._own)
        begun = time.monotonic_ns()
        await self._redis.publish(self._own, b"x")
        return await heard - begun

    def _expect(self, channel: str) -> asyncio.Future[int]:
        self._heard[channel] = asyncio.get_running_loop().create_future()
        return self._heard[channel]

    async def _listen(self, messages: AsyncIterator[dict[str, object]]) -> None:
        async for message in messages:
            now = time.monotonic_ns()
            channel, data = message["channel"], message["data"]
            assert isinstance(channel, bytes), "channels come as they are"
            assert isinstance(data, bytes), "messages come as they are"
            is_of_crowd = channel == self._crowd and self._person in data
            heard = self._heard.get(self._client if is_of_crowd else channel.decode())
            if heard is not None and not heard.done():
                heard.set_result(now)


@dataclass(frozen=True)
class Bench:
    """Two servers with a dialog on the second, and an ear on their Redis."""

    first: Ours
    opened: Dialogs
    ear: Ear
    house: House
    database: asyncpg.Connection

    @property
    def person(self) -> Person:
        """The client whose dialog is open."""
        return self.house.people[0]

    async def probe(self) -> Probe:
        """Send one completion, or its undoing, on its way; then measure the parts."""
        event, hint = self.opened.expect(), self.ear.expect_hint()
        happened = await self.first.push(self.person)
        await self.opened.received()
        heard, committed = await asyncio.wait_for(hint, 10), await happened()
        return Probe(
            whole=event.last_ns - committed,
            heard=heard - committed,
            read=await self._read_ns(),
            frame=await self.opened.opened[0].trip_ns() // 2,
            hop=await self.ear.hop_ns(),
        )

    async def probes(self, wanted: int) -> Hops:
        """Send so many, one after the other."""
        before, begun = await self.database.fetchval(CHANGES), time.monotonic()
        probes = [await self.probe() for _ in range(wanted)]
        changes = await self.database.fetchval(CHANGES) - before
        return Hops(probes, time.monotonic() - begun, int(changes))

    async def _read_ns(self) -> int:
        appointment_id = key_of(Appointment, self.person.dialog)
        begun = time.monotonic_ns()
        await read_banners([appointment_id], practice_id=self.house.practice_id, now=SystemClock().now())
        return time.monotonic_ns() - begun


async def probe_hops(contenders: Field, sizes: Sizes) -> tuple[list[Hops], list[Hops]]:
    """Return what was probed while nothing else went on, and under load; one entry a round."""
    house = contenders.house
    idle, loaded = [], []
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(contenders.ours())
        second = await stack.enter_async_context(contenders.ours())
        redis = await stack.enter_async_context(aclosing(Redis.from_url(contenders.redis_url)))
        await stack.enter_async_context(connected(house.database_url))
        opened = await stack.enter_async_context(dialogs())
        await opened.open(second.process.address, [second.greeting(house.people[0], 0)], at_once=1)
        ear = Ear(redis)
        await stack.enter_async_context(ear.listening(client_topic(house.people[0].key, practice_id=house.practice_id)))
        bench = Bench(first, opened, ear, house, contenders.database)
        await bench.probes(10)
        for _ in range(sizes.rounds):
            idle.append(await bench.probes(sizes.probes))
            async with _load(contenders, sizes):
                await bench.probes(10)
                loaded.append(await bench.probes(sizes.probes))
    return idle, loaded


@asynccontextmanager
async def _load(contenders: Field, sizes: Sizes) -> AsyncIterator[None]:
    environment = {
        **contenders.environment,
        "COMPLETIONS": str(sizes.completions),
        "SPARED_CLIENT": str(contenders.house.people[0].key),
    }
    async with running([sys.executable, "-m", "bench.completions"], environment, says=READY):
        yield
