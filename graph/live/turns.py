"""Turns: how much is executed at a time, so that everything else has its turn, and each viewer theirs."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Hashable
from contextlib import asynccontextmanager
from typing import Final

TOGETHER: Final = 8_000
"""What is executed together costs no more, unless it is one alone. Together they share what they read."""


class Turns:
    """Lets in together what costs little together; of what waits, the first of each viewer in turn."""

    def __init__(self, *, together: int = TOGETHER) -> None:
        self._together = together
        self._cost = 0
        self._waiting: dict[Hashable, deque[tuple[int, asyncio.Future[None]]]] = {}

    @asynccontextmanager
    async def taken(self, cost: int, *, by: Hashable) -> AsyncGenerator[None, None]:
        """Wait for a turn, and take it for the time of the block. It ends in the next turn of the loop, not before."""
        cost = max(1, cost)
        await self._come_in(cost, by)
        try:
            yield
        finally:
            asyncio.get_running_loop().call_soon(self._give_back, cost)

    async def _come_in(self, cost: int, by: Hashable) -> None:
        if not self._waiting and self._has_room(cost):
            self._cost += cost
            return
        let_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(by, deque()).append((cost, let_in))
        try:
            await let_in
        except asyncio.CancelledError:
            if not let_in.cancelled():
                self._give_back(cost)
            raise

    def _has_room(self, cost: int) -> bool:
        return not self._cost or self._cost + cost <= self._together

    def _give_back(self, cost: int) -> None:
        """Let in who is next, and who fits beside them."""
        self._cost -= cost
        while self._waiting:
            by, theirs = next(iter(self._waiting.items()))
            cost, let_in = theirs[0]
            if not let_in.done():
                if not self._has_room(cost):
                    return
                self._cost += cost
                let_in.set_result(None)
            theirs.popleft()
            del self._waiting[by]
            if theirs:
                self._waiting[by] = theirs
