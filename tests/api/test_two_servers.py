"""Two processes on one PostgreSQL and one Redis: a change in one is shown by both, whatever becomes of Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from graph.app import make_app
from models.database import connected
from models.outbox import OutboxHint
from models.settings import Settings
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import Socket, serving
from tests.conftest import StillClock
from tests.faults.server import Server
from tests.redis_server import RedisServer
from tests.storage.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

NOW: Final = datetime.now(UTC)
YESTERDAY: Final = str((NOW - timedelta(days=1)).date())
WATCH: Final = """subscription ($id: ID!) { appointmentBanner(appointmentId: $id) {
  reason revision trackers { used } } }"""
Shown = tuple[str, int, list[int]]


@dataclass(frozen=True)
class Pair:
    """One practice, served by two processes: this one, and another."""

    here: House
    there: House
    redis: RedisServer

    async def case(self) -> list[str]:
        """Return two sessions of a client with a tracker."""
        client = await self.here.desk.client()
        await self.here.desk.tracker(client, 9, str((NOW - timedelta(days=30)).date()))
        return [await self.here.desk.session(client, YESTERDAY, hour) for hour in (9, 10)]


@pytest.fixture
async def pair(database_url: str, redis_server: RedisServer, tmp_path: Path) -> AsyncIterator[Pair]:
    """Serve a practice twice."""
    clock = StillClock(NOW)
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(
        database_url=database_url, redis_url=SecretStr(redis_server.url), jwt_secret=SecretStr(SECRET), port=0
    )
    app, other = make_app(settings), Server(2, tmp_path, database_url=database_url, redis_url=redis_server.url)
    try:
        await asyncio.to_thread(other.start)
        async with serving(settings, clock=clock, app=app) as address, httpx.AsyncClient(timeout=30) as http:
            house = House(address, practice, people, clock, http, app)
            yield Pair(house, replace(house, address=other.address, app=None), redis_server)
    finally:
        other.kill()


@dataclass(frozen=True)
class Dialog:
    """An open dialog."""

    socket: Socket
    operation: str

    async def next(self) -> Shown:
        """Return the reason, the revision and the counts of the next event."""
        banner: dict[str, Any] = (await self.socket.next(self.operation))["appointmentBanner"]
        return banner["reason"], banner["revision"], [tracker["used"] for tracker in banner["trackers"]]


@asynccontextmanager
async def dialogs(pair: Pair, *appointments: str) -> AsyncIterator[list[list[Dialog]]]:
    """Open a dialog of each appointment in each process; when the block ends, no event is left over."""
    opened: list[list[Dialog]] = []
    async with AsyncExitStack() as stack:
        for appointment in appointments:
            of_one = []
            for house in (pair.here, pair.there):
                socket = await stack.enter_async_context(house.api().socket())
                dialog = Dialog(socket, await socket.subscribe(WATCH, id=appointment))
                assert await dialog.next() == ("SNAPSHOT", 1, [0])
                of_one.append(dialog)
            opened.append(of_one)
        yield opened
        assert [await dialog.socket.is_quiet() for of_one in opened for dialog in of_one] == [True] * 2 * len(opened)


async def both(of_one: list[Dialog]) -> list[Shown]:
    """Return what the dialogs of one appointment show next."""
    return [await dialog.next() for dialog in of_one]


async def nothing_waits_to_be_told() -> bool:
    """Tell whether all hints have been published, to whoever heard."""
    return await OutboxHint.all().count() == 0


@asynccontextmanager
async def deaf(redis: Redis) -> AsyncIterator[None]:
    """Kill the connections of all who listen, and let nobody listen for the time of the block."""
    await redis.acl_setuser("default", enabled=True, commands=["-subscribe"])
    assert await redis.client_kill_filter(_type="pubsub") == 2
    yield
    await redis.acl_setuser("default", enabled=True, commands=["+subscribe"])


async def test_what_is_done_in_one_process_is_shown_by_both(pair: Pair) -> None:
    """Each way, and nothing twice."""
    first, second = await pair.case()
    async with dialogs(pair, first, second) as opened:
        await pair.here.desk.complete(first)
        for of_one in opened:
            assert await both(of_one) == [("COMPLETION", 2, [1])] * 2
        await pair.there.desk.complete(second)
        for of_one in opened:
            assert await both(of_one) == [("COMPLETION", 3, [2])] * 2
        await pair.there.desk.reopen(first)
        for of_one in opened:
            assert await both(of_one) == [("CORRECTION", 4, [1])] * 2


async def test_what_was_missed_on_a_killed_connection_is_shown_to_those_it_concerns(pair: Pair) -> None:
    """Once, as RESYNC; who has missed nothing is shown nothing, and what follows is heard as ever."""
    (changed, later), (other, _) = await pair.case(), await pair.case()
    async with dialogs(pair, changed, other) as (concerned, unconcerned):
        async with Redis.from_url(pair.redis.url, protocol=2) as redis, deaf(redis):
            await pair.here.desk.complete(changed)
            await until(nothing_waits_to_be_told)
        assert await both(concerned) == [("RESYNC", 2, [1])] * 2
        await pair.there.desk.complete(other)
        assert await both(unconcerned) == [("COMPLETION", 2, [1])] * 2
        await pair.here.desk.complete(later)
        assert await both(concerned) == [("COMPLETION", 3, [2])] * 2


async def test_without_redis_the_work_goes_on_and_dialogs_catch_up_when_it_is_back(pair: Pair) -> None:
    """Whoever has committed what: each dialog is shown where its client stands then, once."""
    (first, second), (other, _) = await pair.case(), await pair.case()
    async with dialogs(pair, first, other) as (concerned, unconcerned):
        pair.redis.kill()
        await pair.here.desk.complete(first)
        await pair.there.desk.complete(second)
        pair.redis.start()
        assert await both(concerned) == [("RESYNC", 3, [2])] * 2
        await until(nothing_waits_to_be_told)
        await pair.there.desk.complete(other)
        assert await both(unconcerned) == [("COMPLETION", 2, [1])] * 2
