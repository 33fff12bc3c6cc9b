"""A process whose relay publishes without an end: `python -m tests.jobs.stuck_relay DATABASE_URL`, to be killed."""

import asyncio
import sys
from collections.abc import Iterable

from jobs.bus import Hint, InProcessBus
from jobs.relay import Relay
from models.database import connected


class StuckBus(InProcessBus):
    """A bus that says how many hints it was given and never comes back."""

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Say it, and wait."""
        sys.stdout.write(f"publishing {len(list(hints))}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


async def relay(url: str) -> None:
    """Claim what waits and get stuck."""
    async with connected(url):
        await Relay(StuckBus()).relay_batch()


if __name__ == "__main__":
    asyncio.run(relay(sys.argv[1]))
