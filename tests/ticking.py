"""A task that has its turn in every turn of the loop, and counts them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Ticks:
    """How many turns there were."""

    number: int = 0


@asynccontextmanager
async def ticking() -> AsyncGenerator[Ticks, None]:
    """Count turns for the time of the block."""
    ticks = Ticks()

    async def tick() -> None:
        while True:
            ticks.number += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(tick())
    yield ticks
    task.cancel()
