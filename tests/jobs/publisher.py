"""A second process that publishes: `python -m tests.jobs.publisher URL COUNT` tells revisions 1 to COUNT."""

import asyncio
import sys

from jobs.redis_bus import RedisBus
from tests.jobs.heard import hint


async def publish(url: str, count: int) -> None:
    """Publish hints one by one."""
    bus = RedisBus(url)
    async with bus.running():
        for revision in range(1, count + 1):
            await bus.publish([hint(revision=revision)])


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], int(sys.argv[2])))
