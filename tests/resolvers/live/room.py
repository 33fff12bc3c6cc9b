"""A hub with a shelf that is watched in it, and the waiting for what it reads."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from jobs.bus import InProcessBus, Topic
from models.access import Viewer
from models.terms import Role
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.resolvers.live.shelf import PRACTICE, Shelf, hint
from tests.storage.waiting import until

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
SYSTEM = Viewer(PRACTICE, Role.READ_ONLY, "board")


class Room:
    """A hub with a shelf that is watched in it."""

    def __init__(self) -> None:
        self.bus = InProcessBus()
        self.hub = Hub(self.bus, now=lambda: NOW)
        self.shelf = Shelf()

    async def watch(self, name: str, *, known_revision: int | None = None, viewer: Viewer = SYSTEM) -> Subscriber[int]:
        """Watch a name's number."""
        return await self.hub.watch(self.shelf, name, viewer=viewer, known_revision=known_revision)

    async def change(self, name: str, number: int, revision: int) -> None:
        """Set a name's number and tell of it."""
        self.shelf.put(name, number, revision)
        await self.bus.publish([hint(revision)])

    async def read(self, times: int) -> None:
        """Wait until the shelf is being read for so many times."""

        async def is_read() -> bool:
            await asyncio.sleep(0)
            return len(self.shelf.readings) == times

        await until(is_read)

    async def shown(self, times: int) -> None:
        """Wait until the shelf was read so often, and nothing more is to be read."""
        await self.read(times)

        async def is_shown() -> bool:
            await asyncio.sleep(0)
            return all(reader._task is None for reader in self.hub._readers.values())

        await until(is_shown)
        assert len(self.shelf.readings) == times

    async def closed(self) -> None:
        """Wait until nothing is open, and nobody listens."""

        async def is_closed() -> bool:
            await asyncio.sleep(0)
            return (len(self.hub), self.topics) == (0, [])

        await until(is_closed)

    @property
    def topics(self) -> list[Topic]:
        """On which topics somebody listens."""
        return list(self.bus._listeners)


@asynccontextmanager
async def silence(subscriber: Subscriber[int]) -> AsyncIterator[None]:
    """Expect that nothing is shown during the block."""
    showing = asyncio.ensure_future(anext(subscriber))
    yield
    assert not showing.done()
    showing.cancel()
