"""What is connected to this process: how much each viewer may hold open, and how all of it ends."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from models.access import Viewer


class Crowded(Exception):
    """A viewer holds as many sockets and event streams open on this process as one may."""


class Drainable(Protocol):
    """A connection that is to end in order."""

    async def drain(self) -> None:
        """Let what is under way end, take nothing new, and close."""


class Connections:
    """The sockets of this process, and the places that its viewers take."""

    def __init__(self, *, per_viewer: int) -> None:
        self.is_draining = False
        self._per_viewer = per_viewer
        self._taken: Counter[tuple[UUID, UUID | str]] = Counter()
        self._sockets: set[Drainable] = set()

    @contextmanager
    def place(self, viewer: Viewer) -> Iterator[None]:
        """Take one of the viewer's places for the time of the block.

        Raises Crowded.
        """
        key = (viewer.practice_id, viewer.staff_member_id or viewer.label)
        if self._taken[key] >= self._per_viewer:
            raise Crowded(f"You have {self._per_viewer} connections open here: close one first.")
        self._taken[key] += 1
        try:
            yield
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]

    @contextmanager
    def including(self, socket: Drainable) -> Iterator[None]:
        """Have the socket drained with the others, for the time of the block."""
        self._sockets.add(socket)
        try:
            yield
        finally:
            self._sockets.discard(socket)

    async def drain(self, *, seconds: float) -> None:
        """Let every socket end in order; what has not ended after `seconds` is left."""
        self.is_draining = True
        if drains := [asyncio.ensure_future(socket.drain()) for socket in self._sockets]:
            _, late = await asyncio.wait(drains, timeout=seconds)
            for drain in late:
                drain.cancel()
