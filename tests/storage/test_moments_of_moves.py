"""When a practice moves and its clients follow later: the moment of the move decides, not that of the pass."""

from dataclasses import replace
from datetime import UTC, date, datetime

from jobs.rollover import Rollover, roll_over
from models.tasks import Task
from models.terms import AppointmentStatus, TaskTrigger, TrackerState
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod
from resolvers import appointments
from tests.storage.moving import AUCKLAND, NEW_YORK, ZURICH, announce, at, move, to_move, zones
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene, told


async def test_what_falls_between_the_move_and_the_pass_is_judged_in_the_new_zone(scene: Scene) -> None:
    """Half an hour before Zurich's midnight the practice leaves for New York: March is not over before New York's."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    scene.clock.moment = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
    await announce(scene, NEW_YORK)
    scene.clock.advance(hours=2)
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=1)
    await tracker.refresh_from_db()
    assert (tracker.period_number, tracker.state) == (1, TrackerState.ACTIVE)
    scene.clock.moment = datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=1, periods_closed=1)
    assert (await ClosedPeriod.get(tracker_id=tracker.id)).closed_at == scene.clock.now()
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_client_that_nobody_settled_for_months_lives_them_where_the_practice_was(scene: Scene) -> None:
    """March and April end with Zurich's midnights, and May, after the move, with New York's."""
    client = await scene.client()
    tracker = await scene.tracker(client.id, replace(MARCH, task_rule=TaskRule(scene.nora.id, TaskTrigger.END_DATE)))
    scene.clock.moment = datetime(2026, 5, 2, 12, tzinfo=UTC)
    await announce(scene, NEW_YORK)
    scene.clock.moment = datetime(2026, 6, 3, 12, tzinfo=UTC)
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=1, periods_closed=3, tasks=3)
    ends = [datetime(2026, *end, tzinfo=UTC) for end in ((3, 31, 22), (4, 30, 22), (6, 1, 4))]
    closed = await ClosedPeriod.filter(tracker_id=tracker.id).order_by("number")
    assert [period.closed_at for period in closed] == ends
    assert [task.created_at for task in await Task.all().order_by("period_number")] == ends
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_request_that_read_the_clock_before_the_move_moves_its_client_too(scene: Scene) -> None:
    """It is settled as of the move, and the pass has nothing left to do."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    row = await at(scene, client.id, "02-28 23:30", completed=False)
    early = scene.clock.now()
    scene.clock.advance(seconds=1)
    await announce(scene, NEW_YORK)
    completed = await appointments.set_status(
        viewer=scene.viewer, appointment_id=row.id, status=AppointmentStatus.COMPLETED, now=early
    )
    await client.refresh_from_db()
    await tracker.refresh_from_db()
    assert (completed.service_date, tracker.used, client.time_zone) == (date(2026, 2, 28), 0, NEW_YORK)
    assert (client.settled_at, client.due_at) == (scene.clock.now(), datetime(2026, 4, 1, 4, tzinfo=UTC))
    assert await roll_over(now=scene.clock.now()) == Rollover()


async def test_a_dry_run_counts_those_who_are_to_follow_and_moves_nobody(scene: Scene) -> None:
    """The real one then does."""
    client = await scene.client()
    row = await at(scene, client.id, "02-28 23:30")
    await announce(scene, NEW_YORK)
    assert await roll_over(now=scene.clock.now(), dry_run=True) == Rollover(clients=1)
    await row.refresh_from_db()
    assert (row.service_date, await zones(client), await to_move(scene)) == (date(2026, 3, 1), [ZURICH], 1)
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=1)
    assert await zones(client) == [NEW_YORK]


async def test_the_pass_of_a_move_tells_what_ended_before_it_and_by_it(scene: Scene) -> None:
    """One tracker's day was over in Zurich, the other's is in Auckland: each ends once."""
    client = await scene.client()
    ended = await scene.tracker(client.id, replace(MARCH, end_date=date(2026, 3, 4), auto_reset=False))
    ends = await scene.tracker(client.id, replace(MARCH, end_date=date(2026, 3, 5)))
    scene.clock.moment = datetime(2026, 3, 5, 11, 30, tzinfo=UTC)
    assert await move(scene, AUCKLAND) == Rollover(clients=1, periods_closed=1, expired=1)
    assert await told(ended.id, what="tracker.expired") == ["tracker.expired"]
    assert await told(ends.id, what="period.closed") == ["period.closed"]
    await assert_whole(client.id, now=scene.clock.now())
