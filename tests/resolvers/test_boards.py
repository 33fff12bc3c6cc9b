"""Boards past the API: what is shown, of this practice alone, and as it is now."""

from dataclasses import replace
from datetime import date

from models.board import BoardCounts
from models.clients import Client
from models.terms import TaskTrigger
from models.tracker_settings import TaskRule
from resolvers.live.boards import BoardFeed
from tests.resolvers.boards import Opened, shown
from tests.resolvers.dashboards import SHORT
from tests.storage.scene import MARCH, Scene, set_scene


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
