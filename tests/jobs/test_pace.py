"""Pace: a pass that nobody waits for gives way to whoever waits for an answer of the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

import pytest

from jobs.bus import Hint, InProcessBus
from jobs.pace import SMALL_CHUNK
from jobs.relay import Relay
from jobs.rollover import roll_over
from models.clients import Client
from models.database import database as connection
from models.database import speaks_postgres
from models.precedence import behind_others, is_somebody_waiting
from models.unit_of_work import unit_of_work
from tests.storage.scene import MARCH, Scene

Run = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]

APRIL_BEGINS = datetime(2026, 3, 31, 22, tzinfo=UTC)
DUE = 2 * SMALL_CHUNK + 3


@asynccontextmanager
async def under_way(run: Run = unit_of_work) -> AsyncIterator[None]:
    """Hold a unit of work that has asked something, run by that function, for the time of the block."""
    has_asked, may_end = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await connection().execute_query("SELECT 1")
        has_asked.set()
        await may_end.wait()

    task = asyncio.ensure_future(run(work))
    await has_asked.wait()
    try:
        yield
    finally:
        may_end.set()
        await task


async def chunks(scene: Scene) -> list[int]:
    """Return how many clients each chunk of a worker's pass dealt with."""
    reported: list[int] = []
    for number in range(DUE):
        await scene.tracker((await scene.client(f"Client {number}")).id, MARCH)
    assert (await roll_over(now=APRIL_BEGINS, is_shared=True, progress=reported.append)).clients == DUE
    assert not await Client.filter(due_at__lte=APRIL_BEGINS).exists()
    return reported


async def test_a_pass_takes_large_chunks_while_nobody_waits(scene: Scene) -> None:
    """All who are due fit into one."""
    assert await chunks(scene) == [DUE]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_pass_takes_small_chunks_while_somebody_waits(scene: Scene) -> None:
    """On PostgreSQL it is seen, of whatever process; on SQLite one unit of work follows another anyway."""
    async with under_way():
        assert await chunks(scene) == [SMALL_CHUNK, SMALL_CHUNK, 3]


async def test_who_settles_is_nobody_who_waits(scene: Scene) -> None:
    """Else workers that share the work would give way to each other."""
    assert scene.practice.id is not None
    assert not await is_somebody_waiting()
    async with AsyncExitStack() as stack:
        if speaks_postgres():
            await stack.enter_async_context(under_way(behind_others))
        assert not await is_somebody_waiting()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_is_about_to_say_that_nobody_waits_is_nobody_who_waits(scene: Scene) -> None:
    """Two hands of one pass look at the same moment, and each other's first words are seen."""
    assert scene.practice.id is not None
    looks = await asyncio.gather(*(is_somebody_waiting() for _ in range(300)))
    assert not any(looks)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_relay_is_nobody_who_waits(scene: Scene) -> None:
    """It is at work after each chunk: a pass would give way to its own."""
    client = await scene.client()
    await scene.tracker(client.id, MARCH)
    is_publishing, may_end = asyncio.Event(), asyncio.Event()

    class Slow(InProcessBus):
        async def publish(self, hints: Iterable[Hint]) -> None:
            is_publishing.set()
            await may_end.wait()
            await super().publish(hints)

    relaying = asyncio.create_task(Relay(Slow()).relay_batch())
    await is_publishing.wait()
    assert not await is_somebody_waiting()
    may_end.set()
    await relaying


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_waits_is_seen_until_answered(scene: Scene) -> None:
    """The unit of work of a request, from its first statement to its end."""
    assert scene.practice.id is not None
    async with under_way():
        assert await is_somebody_waiting()
    assert not await is_somebody_waiting()
