"""Deadlines: until when something is worked on, whatever it waits for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graph.limits.refusals import too_slow


class Deadline:
    """The moment after which what is done for somebody is given up, finding out who they are included.

    It cancels what waits, not a unit of work that has begun.
    """

    __slots__ = ("_ends", "_seconds")

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._ends = asyncio.get_running_loop().time() + seconds

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Give up what is done in the block when the moment has come.

        Raises Refusal then; a TimeoutError of another's making stays what it is.
        """
        timeout = asyncio.timeout_at(self._ends)
        try:
            async with timeout:
                yield
        except TimeoutError as error:
            if not timeout.expired():
                raise
            raise too_slow(seconds=self._seconds) from error
