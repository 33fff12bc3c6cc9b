"""Waiting for what comes about by itself: looked for again and again, never slept for."""

import asyncio
from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 10


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when the condition holds, which must let others go on while it looks; fail when it does not come to."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await condition():
            pass
