"""What a listener of the bus heard."""

import asyncio
from uuid import UUID

from jobs.bus import Hint

PATIENCE_SECONDS = 10
MARA, JONAS, HARBOUR, LAKESIDE = (UUID(int=number) for number in range(1, 5))


def hint(client_id: UUID = MARA, practice_id: UUID = HARBOUR, revision: int = 1) -> Hint:
    """Return a hint."""
    return Hint(client_id, practice_id, revision)


class Heard:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.all: list[Hint | None] = []
        self._told = asyncio.Event()

    def __call__(self, told: Hint | None) -> None:
        """Keep it."""
        self.all.append(told)
        self._told.set()

    async def has(self, *expected: Hint | None) -> None:
        """Wait until as much was told as is expected; it must be just that."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self.all) < len(expected):
                self._told.clear()
                await self._told.wait()
        assert self.all == list(expected)

    async def has_come_to(self, told: Hint | None, *, times: int = 1) -> None:
        """Wait until this was told so many times, whatever else was."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.all.count(told) < times:
                self._told.clear()
                await self._told.wait()
