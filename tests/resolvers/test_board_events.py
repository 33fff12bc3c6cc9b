"""What is an event on a board that is watched: every change of a client, every new day, a burst once."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from jobs.bus import InProcessBus
from models.access import Viewer
from models.board import BoardView
from resolvers import clients, staff
from resolvers.dashboards import watch_board
from resolvers.live.boards import BoardFeed
from resolvers.live.hub import Hub
from tests.resolvers.boards import VIEW, Opened, boards, crowd, shown
from tests.resolvers.dashboards import SHORT, colleague, tell
from tests.storage.raw import execute
from tests.storage.scene import Scene
from tests.storage.waiting import PATIENCE_SECONDS


async def test_a_new_day_moves_an_open_board_without_any_change(scene: Scene) -> None:
    """At the practice's midnight an end comes within reach; nobody published anything, no revision grew."""
    client = await scene.client()
    tracker = await scene.tracker(client.id, replace(SHORT, session_limit=9, end_date=date(2026, 3, 19)))
    async with boards(scene, InProcessBus(), VIEW) as (board,):
        first = await anext(board)
        assert shown(first)[1] == [[], [], []]
        scene.clock.advance(hours=13)
        second = await anext(board)
        assert (shown(second)[1], second.revision) == ([[], [(tracker.id, 0)], []], first.revision)


async def test_a_burst_is_one_event_for_each_board(scene: Scene) -> None:
    """However many hints come while the pace holds the next reading back; boards that ask otherwise share it."""
    crowded, bus, pace = await crowd(scene, 30), InProcessBus(), BoardFeed.pace
    async with boards(scene, bus, VIEW, BoardView(14, 12)) as (few, many):
        assert [len((await anext(board)).nearly_used) for board in (few, many)] == [0, 30]
        started = asyncio.get_running_loop().time()
        for client in crowded:
            await execute("UPDATE tracker SET used = 11, remaining = 1 WHERE client_id = ?", client.id)
            await execute("UPDATE client SET revision = revision + 1 WHERE id = ?", client.id)
            await tell(bus, scene, client.id)
        while len((await anext(few)).nearly_used) < len(crowded):
            pass
        readings = 1 + int((asyncio.get_running_loop().time() - started) / pace)
        steps = [board.source.latest.step for board in (few, many) if board.source.latest]
        assert max(steps) <= readings < len(crowded)
        assert pace == 1.0


async def test_every_change_of_a_client_is_an_event(scene: Scene) -> None:
    """Also of one without trackers, whom no list shows: the revision, which is shown, grew. A repeated hint is none."""
    client, other, kept = await scene.client(), await scene.client("Noah Meier"), Opened(scene)
    await scene.tracker(client.id, SHORT)
    boards_read = [await kept.read()]
    for changed in (other, client):
        await scene.appointment(changed.id, completed=True)
        kept.hint(changed.id)
        boards_read.append(await kept.read())
    await clients.update(viewer=scene.viewer, client_id=client.id, changes={"name": "Ida"}, now=scene.clock.now())
    for _ in range(2):
        kept.hint(client.id)
        boards_read.append(await kept.read())
    differs = [kept.feed.differs(new, old) for old, new in pairwise(boards_read)]
    grew = [new.revision - old.revision for old, new in pairwise(boards_read)]
    assert (differs, grew) == ([True, True, True, False], [1, 1, 1, 0])


async def test_a_new_day_is_an_event_on_a_board_that_lists_nothing(scene: Scene) -> None:
    """Once, at the practice's midnight: who watches learns that today is another day."""
    await scene.client()
    async with boards(scene, InProcessBus(), VIEW) as (board,):
        days = []
        for _ in range(3):
            days.append((await anext(board)).today)
            scene.clock.advance(days=1)
        assert days == [date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)]


async def test_a_board_is_watched_no_more_by_who_was_deactivated(scene: Scene) -> None:
    """The watch ends with the next reading."""
    ida, bus = await colleague(scene), InProcessBus()
    hub, client = Hub(bus, now=scene.clock.now), await scene.client()
    viewer = Viewer(scene.practice.id, ida.role, ida.name, ida.id)
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        aclosing(await watch_board(viewer=viewer, view=VIEW, hub=hub)) as board,
    ):
        await anext(board)
        changes: dict[str, object] = {"active": False}
        await staff.update(viewer=scene.viewer, staff_member_id=ida.id, changes=changes, now=scene.clock.now())
        await scene.tracker(client.id, SHORT)
        await tell(bus, scene, client.id)
        with pytest.raises(StopAsyncIteration):
            await anext(board)
    await hub.aclose()
