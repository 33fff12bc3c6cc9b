"""Pace: how fast a pass goes, so that people who wait for an answer meanwhile hardly notice it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

from models.precedence import is_somebody_waiting

CHUNK: Final = 500
SMALL_CHUNK: Final = 25
REST: Final = 3
"""While others are at work, a pass rests so many times as long as it was busy with its last chunk."""

WATCHFUL_SECONDS: Final = 1.0


class Pace:
    """Large chunks, several at once, while nobody else is at work; else small ones with rests, one after another.

    A client is locked as long as its chunk lasts, and a machine has so many cores.
    """

    def __init__(self) -> None:
        self._seen_at = float("-inf")
        self._alone = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[int]:
        """Yield how many clients to settle within the block; rest behind it, as long as it takes."""
        if await self._gives_way():
            async with self._alone:
                begun = monotonic()
                yield SMALL_CHUNK
                await asyncio.sleep(REST * (monotonic() - begun))
        else:
            yield CHUNK

    async def _gives_way(self) -> bool:
        if await is_somebody_waiting():
            self._seen_at = monotonic()
        return monotonic() < self._seen_at + WATCHFUL_SECONDS
