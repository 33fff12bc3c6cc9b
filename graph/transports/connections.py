"""What is connected to this process: how much each viewer may hold open, and how all of it ends."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Protocol

from graph.limits.refusals import SOON
from models.access import Viewer


class Crowded(Exception):
    """A viewer, or an address, holds as many sockets and event streams open on this process as one may."""


class Drainable(Protocol):
    """A connection that is to end in order."""

    def look_again(self) -> None:
        """Close if the token that opened it is no longer valid."""

    async def drain(self) -> None:
        """Let what is under way end, take nothing new, and close."""


class Connections:
    """The sockets of this process, and the places that its viewers, and the addresses they come from, take.

    A process that is leaving is not to be sent anything more, but serves what comes; one that drains takes nothing new.
    """

    def __init__(self, *, per_viewer: int, per_address: int) -> None:
        self.is_leaving = False
        self.is_draining = False
        self.sockets: set[Drainable] = set()
        self._per_viewer = per_viewer
        self._per_address = per_address
        self._taken: Counter[str] = Counter()
        self._come_from: Counter[str] = Counter()
        self._doubt: asyncio.Future[None] | None = None

    def take(self, viewer: Viewer) -> None:
        """Take one of the viewer's places.

        Raises Crowded.
        """
        if self._taken[holder_of(viewer)] >= self._per_viewer:
            text = f"You have {self._per_viewer} connections open here: close one, or try again in {SOON} seconds."
            raise Crowded(text)
        self._taken[holder_of(viewer)] += 1

    def give_back(self, viewer: Viewer) -> None:
        """Give a place back that the viewer has taken."""
        self._taken[holder_of(viewer)] -= 1
        if not self._taken[holder_of(viewer)]:
            del self._taken[holder_of(viewer)]

    def arrive(self, address: str) -> None:
        """Take a place of an address.

        Raises Crowded.
        """
        if self._come_from[address] >= self._per_address:
            text = f"{self._per_address} connections come from your address: close one, or try again in {SOON} seconds."
            raise Crowded(text)
        self._come_from[address] += 1

    def depart(self, address: str) -> None:
        """Give a place back that an address has taken."""
        self._come_from[address] -= 1
        if not self._come_from[address]:
            del self._come_from[address]

    @property
    def doubt(self) -> asyncio.Future[None]:
        """Done when tokens that were valid may be so no longer; then there is another."""
        if self._doubt is None or self._doubt.done():
            self._doubt = asyncio.get_running_loop().create_future()
        return self._doubt

    def look_again(self) -> None:
        """Close the sockets whose tokens are no longer valid, and have the streams look."""
        for socket in tuple(self.sockets):
            socket.look_again()
        self.doubt.set_result(None)

    async def drain(self, *, seconds: float) -> None:
        """Let every socket end in order; what has not ended after `seconds` is left."""
        self.is_draining = True
        if drains := [asyncio.ensure_future(socket.drain()) for socket in self.sockets]:
            _, late = await asyncio.wait(drains, timeout=seconds)
            for drain in late:
                drain.cancel()


@dataclass(frozen=True, slots=True)
class Doors:
    """Who is let in: pages of these origins, beside ours, and so many from one address."""

    connections: Connections
    origins: frozenset[str]


def holder_of(viewer: Viewer) -> str:
    """Return who holds a viewer's places, whatever their role or name is now."""
    return f"{viewer.practice_id}/{viewer.staff_member_id or viewer.label}"
