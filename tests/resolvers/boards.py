"""Boards of a practice that are open: read when the test says so, or watched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Final
from uuid import UUID

from jobs.bus import Hint, InProcessBus
from models.board import BoardCounts, BoardView
from models.boards import Board
from models.clients import Client
from models.identifiers import new_id
from models.trackers import Tracker
from resolvers.dashboards import watch_board
from resolvers.live.boards import BoardFeed
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.storage.raw import tracker_row
from tests.storage.scene import Scene
from tests.storage.waiting import PATIENCE_SECONDS

VIEW: Final = BoardView(soon_days=14, nearly_used=2)


class Opened:
    """A practice's board that is open, read when the test says so."""

    def __init__(self, scene: Scene, view: BoardView = VIEW, feed: BoardFeed | None = None) -> None:
        self.feed, self._scene, self._view = feed or BoardFeed(), scene, view
        self.feed.opened(view, practice_id=scene.practice.id)

    def hint(self, client_id: UUID | None) -> None:
        """Let the board hear that a client changed, or that hints may have been lost."""
        hint = None if client_id is None else Hint(client_id, self._scene.practice.id, 0)
        self.feed.heard(self._view, hint, practice_id=self._scene.practice.id)

    def close(self) -> None:
        """Close the board."""
        self.feed.closed(self._view, practice_id=self._scene.practice.id)

    async def read(self) -> Board:
        """Read the board as it stands."""
        now = self._scene.clock.now()
        readings = await self.feed.read([self._view], practice_id=self._scene.practice.id, now=now)
        reading = readings[self._view]
        assert reading is not None
        return reading.state


def shown(board: Board) -> tuple[BoardCounts, list[list[tuple[UUID, int]]]]:
    """Return the counts, and the id and count of each listed tracker."""
    lists = (board.nearly_used, board.ending_soon, board.expired)
    return board.counts, [[(row.id, row.used) for row in rows] for rows in lists]


@asynccontextmanager
async def boards(scene: Scene, bus: InProcessBus, *views: BoardView) -> AsyncIterator[list[Subscriber[Board]]]:
    """Watch boards of the practice."""
    hub = Hub(bus, now=scene.clock.now)
    async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as stack:
        opening = (watch_board(viewer=scene.viewer, view=view, hub=hub) for view in views)
        watched = await asyncio.gather(*opening)
        for each in watched:
            await stack.enter_async_context(aclosing(each))
        yield list(watched)
    await hub.aclose()


async def crowd(scene: Scene, size: int) -> list[Client]:
    """Add many clients, each with a tracker that has 12 sessions left."""
    now = scene.clock.now()
    about = {"practice_id": scene.practice.id, "name": "C", "time_zone": scene.practice.time_zone, "created_at": now}
    rows = [Client(id=new_id(now=now), **about) for _ in range(size)]
    await Client.bulk_create(rows)
    await Tracker.bulk_create([Tracker(**{**tracker_row(row), "id": new_id(now=now)}) for row in rows])
    return rows
