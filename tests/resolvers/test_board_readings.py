"""What of a board is read again, and when: what was heard of, in few statements, and nothing is lost."""

import asyncio
from dataclasses import replace
from datetime import date

from models.board import BoardView
from models.terms import AppointmentStatus, TaskTrigger
from models.tracker_settings import TaskRule
from tests.api.test_statements import statements
from tests.resolvers.boards import VIEW, Opened, crowd, shown
from tests.resolvers.dashboards import SHORT
from tests.storage.raw import execute
from tests.storage.scene import Scene


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
