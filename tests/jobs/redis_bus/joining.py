"""Joining a topic in a task of its own, which may be cancelled while it waits."""

import asyncio

from jobs.redis_bus import RedisBus
from tests.jobs.heard import Heard
from tests.jobs.redis_bus.buses import TOPIC


def joining(bus: RedisBus, listener: Heard | None = None) -> tuple[asyncio.Task[None], asyncio.Event]:
    """Join the topic until cancelled; return also what tells that it is entered."""
    entered = asyncio.Event()

    async def join() -> None:
        async with bus.subscribe(TOPIC, listener or Heard()):
            entered.set()
            await asyncio.Event().wait()

    return asyncio.create_task(join()), entered


async def cancelled(task: asyncio.Task[None]) -> None:
    """Cancel the task and wait for its end."""
    task.cancel()
    await asyncio.wait([task])


async def turns() -> None:
    """Let the loop turn often enough for what was asked for to be sent."""
    for _ in range(10):
        await asyncio.sleep(0)
