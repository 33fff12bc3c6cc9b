"""Boards past the API: what is read again and when, what is shown, and that what is kept up stays true."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final
from uuid import UUID

import pytest

from jobs.bus import Hint, InProcessBus
from models.access import Viewer
from models.board import BoardCounts, BoardView
from models.boards import Board
from models.clients import Client
from models.identifiers import new_id
from models.practices import StaffMember
from models.terms import AppointmentStatus, Role, TaskTrigger
from models.tracker_settings import TaskRule
from models.trackers import Tracker
from resolvers import clients, staff
from resolvers.dashboards import watch_board
from resolvers.live.boards import BoardFeed
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.api.test_statements import statements
from tests.storage.raw import execute, tracker_row
from tests.storage.scene import ACTOR, MARCH, Scene, set_scene
from tests.storage.waiting import PATIENCE_SECONDS

VIEW: Final = BoardView(soon_days=14, nearly_used=2)
SHORT: Final = replace(MARCH, session_limit=2, auto_reset=False)


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


async def tell(bus: InProcessBus, scene: Scene, *client_ids: UUID) -> None:
    """Publish hints of clients of the practice."""
    await bus.publish([Hint(key, scene.practice.id, 0) for key in client_ids])


async def colleague(scene: Scene) -> StaffMember:
    """Add somebody who reads."""
    return await staff.add(
        practice_id=scene.practice.id,
        actor=ACTOR,
        name="Ida Sommer",
        email="ida@harbour.example",
        role=Role.READ_ONLY,
        now=scene.clock.now(),
    )


async def crowd(scene: Scene, size: int) -> list[Client]:
    """Add many clients, each with a tracker that has 12 sessions left."""
    now = scene.clock.now()
    about = {"practice_id": scene.practice.id, "name": "C", "time_zone": scene.practice.time_zone, "created_at": now}
    rows = [Client(id=new_id(now=now), **about) for _ in range(size)]
    await Client.bulk_create(rows)
    await Tracker.bulk_create([Tracker(**{**tracker_row(row), "id": new_id(now=now)}) for row in rows])
    return rows


async def test_a_board_shows_what_to_look_at(scene: Scene) -> None:
    """Least left, soonest end, latest expired first; what was removed is not there, but its open task counts."""
    client = await scene.client()
    for _ in range(2):
        await scene.appointment(client.id, completed=True)
    rule = TaskRule(scene.nora.id, TaskTrigger.COUNT_REACHED)
    one_left, two_left, many, reached, removed, later, old, older = [
        await scene.tracker((await scene.client()).id if number else client.id, settings)
        for number, settings in enumerate(
            [
                replace(SHORT, session_limit=3, end_date=date(2026, 3, 18)),
                replace(SHORT, end_date=date(2026, 3, 19)),
                replace(MARCH, session_limit=9, end_date=date(2026, 3, 4)),
                SHORT,
                SHORT,
                replace(MARCH, begin_date=date(2026, 3, 5)),
                replace(SHORT, end_date=date(2026, 3, 3)),
                replace(SHORT, end_date=date(2026, 3, 2)),
            ]
        )
    ]
    for tracker in (reached, removed):
        await scene.edit(tracker, replace(SHORT, session_limit=1, task_rule=rule), "session_limit", "task_rule")
        await scene.appointment(tracker.client_id, completed=True)
    await scene.remove(removed.id)
    board = await Opened(scene).read()
    assert board.counts == BoardCounts(active=3, limit_reached=1, expired=2, upcoming=1, open_tasks=2)
    assert [row.id for row in board.nearly_used] == [one_left.id, two_left.id]
    assert [row.id for row in board.ending_soon] == [many.id, one_left.id]
    assert [row.id for row in board.expired] == [old.id, older.id]
    assert board.revision == sum(row.revision for row in await Client.all())
    assert later.id not in {row.id for row in (*board.nearly_used, *board.ending_soon, *board.expired)}


async def test_what_is_kept_up_is_what_a_new_process_reads(scene: Scene) -> None:
    """After each change of any kind that a hint tells of, with the same revision, which only grows."""
    kept, revisions = Opened(scene), [(await Opened(scene).read()).revision]
    await kept.read()
    client = await scene.client()
    tracker = await scene.tracker(
        client.id, replace(SHORT, task_rule=TaskRule(scene.nora.id, TaskTrigger.COUNT_REACHED))
    )
    one, two = await scene.appointment(client.id), await scene.appointment(client.id)
    other = await scene.tracker((await scene.client()).id, replace(SHORT, end_date=date(2026, 3, 4)))
    for change, changed in (
        (scene.complete(one.id), client.id),
        (scene.complete(two.id), client.id),
        (scene.set_status(two.id, AppointmentStatus.MISSED), client.id),
        (scene.edit(tracker, replace(SHORT, end_date=None), "end_date"), client.id),
        (scene.complete(two.id), client.id),
        (scene.remove(tracker.id), client.id),
        (scene.edit(other, replace(SHORT, end_date=date(2026, 3, 20)), "end_date"), other.client_id),
    ):
        await change
        for key in (changed, client.id, other.client_id):
            kept.hint(key)
        board, fresh = await kept.read(), await Opened(scene).read()
        assert (board.revision, shown(board)) == (fresh.revision, shown(fresh))
        revisions.append(board.revision)
    assert revisions == sorted(set(revisions))


async def test_what_is_over_is_shown_to_nobody_as_running(scene: Scene) -> None:
    """A board that is read after midnight, before anybody settled, settles: also what it does not list."""
    tracker = await scene.tracker((await scene.client()).id, replace(SHORT, end_date=date(2026, 3, 4)))
    begins = replace(SHORT, session_limit=9, begin_date=date(2026, 3, 5), end_date=None)
    await scene.tracker((await scene.client()).id, begins)
    kept = Opened(scene)
    before = BoardCounts(active=1, limit_reached=0, expired=0, upcoming=1, open_tasks=0)
    assert shown(await kept.read()) == (before, [[(tracker.id, 0)], [(tracker.id, 0)], []])
    scene.clock.advance(days=1)
    after = BoardCounts(active=1, limit_reached=0, expired=1, upcoming=0, open_tasks=0)
    assert shown(await kept.read()) == (after, [[], [], [(tracker.id, 0)]])
    assert shown(await Opened(scene).read()) == (after, [[], [], [(tracker.id, 0)]])


async def test_a_thousand_completions_are_read_in_few_statements(scene: Scene) -> None:
    """The practice, who is due, the clients heard of by 500, the rows listed; two boards take as many as one."""
    crowded = await crowd(scene, 1000)
    kept = Opened(scene)
    wider = Opened(scene, BoardView(60, 12), kept.feed)
    await kept.read()
    await execute("UPDATE tracker SET used = 11, remaining = 1 WHERE practice_id = ?", scene.practice.id)
    for client in crowded:
        kept.hint(client.id)
        wider.hint(client.id)
    with statements() as seen:
        reading_both = kept.feed.read([VIEW, BoardView(60, 12)], practice_id=scene.practice.id, now=scene.clock.now())
        read = await asyncio.create_task(reading_both)
    assert [len(reading.state.nearly_used) for reading in read.values() if reading] == [100, 100]
    assert len(seen) == 5
    with statements() as seen:
        await asyncio.create_task(wider.read())
    assert len(seen) == 3


async def test_only_what_was_heard_of_is_read_again(scene: Scene) -> None:
    """Nobody recounts a practice for one client; after a gap everything is read anew, and so it is behind the last."""
    one, two = await scene.client(), await scene.client()
    trackers = [await scene.tracker(each.id, SHORT) for each in (one, two)]
    kept, second = Opened(scene), BoardView(1, 1)
    await kept.read()
    neighbour = Opened(scene, second, kept.feed)
    await execute("UPDATE tracker SET state = 'UPCOMING' WHERE practice_id = ?", scene.practice.id)
    kept.hint(one.id)
    assert [row.id for row in (await kept.read()).nearly_used] == [trackers[1].id]
    kept.close()
    assert (await neighbour.read()).counts.active == 1
    neighbour.hint(None)
    assert (await neighbour.read()).counts.active == 0
    await execute("UPDATE tracker SET state = 'ACTIVE' WHERE practice_id = ?", scene.practice.id)
    assert (await neighbour.read()).counts.active == 0
    neighbour.close()
    assert (await Opened(scene, second, kept.feed).read()).counts.active == 2


async def test_a_row_that_is_ahead_of_its_hint_is_shown_with_all_that_goes_with_it(scene: Scene) -> None:
    """What is listed and what is counted are of one state of the client, though only another one was heard of."""
    client, other = await scene.client(), await scene.client("Noah Meier")
    tracker, kept = await scene.tracker(client.id, replace(SHORT, session_limit=1)), Opened(scene)
    assert shown(await kept.read())[1] == [[(tracker.id, 0)], [], []]
    await scene.appointment(client.id, completed=True)
    kept.hint(other.id)
    board, fresh = await kept.read(), await Opened(scene).read()
    assert (board.revision, shown(board)) == (fresh.revision, shown(fresh))
    assert (board.counts.limit_reached, board.nearly_used) == (1, [])


async def test_a_reading_that_breaks_off_loses_nothing(scene: Scene) -> None:
    """What it was to read is read by the next one."""
    client = await scene.client()
    kept = Opened(scene)
    await kept.read()
    await scene.tracker(client.id, SHORT)
    for number, steps in enumerate(range(0, 50, 5)):
        kept.hint(client.id)
        reading = asyncio.create_task(kept.read())
        for _ in range(steps):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
        assert (await kept.read()).counts.active == 1 + number
        await scene.tracker((client := await scene.client()).id, SHORT)


async def test_another_practice_is_not_seen(scene: Scene) -> None:
    """Neither its trackers nor its tasks nor its revisions."""
    other = await set_scene(scene.clock, name="Elsewhere")
    board, theirs = Opened(scene), Opened(other, feed=BoardFeed())
    before = await board.read()
    client = await other.client()
    await other.appointment(client.id, completed=True)
    await other.tracker(
        client.id, replace(SHORT, session_limit=1, task_rule=TaskRule(other.nora.id, TaskTrigger.COUNT_REACHED))
    )
    board.hint(client.id)
    after = await board.read()
    assert (after.revision, shown(after)) == (before.revision, shown(before))
    assert (await theirs.read()).counts == BoardCounts(0, 1, 0, 0, open_tasks=1)


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
