"""A practice moves to another time zone: dates, counts and due moments follow; what is closed stays closed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.appointments import Appointment
from models.clients import Client
from models.errors import Forbidden, Invalid
from models.practices import Practice
from models.tasks import Task
from models.terms import AppointmentStatus, ChangeReason, Role, TaskTrigger, TrackerState
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod, Tracker
from resolvers import practices
from tests.storage.moving import AUCKLAND, announce, at, move
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene, told


async def test_service_dates_and_counts_follow(scene: Scene) -> None:
    """Late on 28 February UTC is 1 March in Zurich, and 28 February again in New York: the count falls."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    early = await at(scene, client.id, "02-28 23:30")
    late = await at(scene, client.id, "03-02 12:00")
    await client.refresh_from_db()
    await tracker.refresh_from_db()
    before = client.revision
    assert (early.service_date, late.service_date, tracker.used) == (date(2026, 3, 1), date(2026, 3, 2), 2)
    await move(scene, "America/New_York")
    for row in (early, late, client, tracker):
        await row.refresh_from_db()
    assert (early.service_date, late.service_date, tracker.used) == (date(2026, 2, 28), date(2026, 3, 2), 1)
    assert (client.revision, client.changed_because) == (before + 1, ChangeReason.CORRECTION)
    assert await told(scene.practice.id, what="practice.updated") == ["practice.updated"]
    await assert_whole(client.id, now=scene.clock.now())
    await move(scene, "Europe/Zurich")
    await early.refresh_from_db()
    await tracker.refresh_from_db()
    assert (early.service_date, tracker.used) == (date(2026, 3, 1), 2)


async def test_due_moments_follow(scene: Scene) -> None:
    """The period ends with the new zone's midnight: in New York at 4 o'clock UTC, in Auckland at 11 the day before."""
    client = await scene.client()
    await scene.tracker(client.id)
    ends = {"Europe/Zurich": (31, 22), "America/New_York": (32, 4), AUCKLAND: (31, 11)}
    for zone, (day, hour) in ends.items():
        if zone != "Europe/Zurich":
            await move(scene, zone)
        await client.refresh_from_db()
        assert client.due_at == datetime(2026, 3, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


async def test_a_session_completed_in_advance_starts_to_count_where_it_is_today_already(scene: Scene) -> None:
    """At 11:30 UTC on 4 March it is 5 March in Auckland: what was tomorrow's is today's, and the other way round."""
    scene.clock.advance(hours=1.5)
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    await at(scene, client.id, "03-05 08:00")
    await tracker.refresh_from_db()
    assert tracker.used == 0
    await move(scene, AUCKLAND)
    await tracker.refresh_from_db()
    assert tracker.used == 1
    await move(scene, "Europe/Zurich")
    await tracker.refresh_from_db()
    assert tracker.used == 0
    await assert_whole(client.id, now=scene.clock.now())


async def test_what_is_due_in_the_old_zone_is_settled_first(scene: Scene) -> None:
    """A period that is over in Zurich closes with its task, although in New York it is still its last day."""
    client = await scene.client()
    rule = TaskRule(scene.nora.id, TaskTrigger.END_DATE)
    tracker = await scene.tracker(client.id, replace(MARCH, task_rule=rule))
    scene.clock.moment = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # 1 April, 00:30 in Zurich
    await move(scene, "America/New_York")
    await tracker.refresh_from_db()
    assert (tracker.period_number, tracker.begin_date, tracker.state) == (2, date(2026, 4, 1), TrackerState.UPCOMING)
    closed = await ClosedPeriod.get(tracker_id=tracker.id)
    assert (closed.number, closed.end_date) == (1, date(2026, 3, 31))
    assert closed.closed_at == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert (await Task.get(tracker_id=tracker.id)).period_number == 1
    await client.refresh_from_db()
    assert client.due_at == datetime(2026, 4, 1, 4, tzinfo=UTC)
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_closed_period_stays_closed_and_is_not_closed_again(scene: Scene) -> None:
    """When New York, too, comes to 1 April, nothing closes a second time; a late session still corrects the period."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    scene.clock.moment = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    await scene.read(client.id)
    await move(scene, "America/New_York")
    evening = await at(scene, client.id, "03-31 22:00", completed=False)
    assert evening.service_date == date(2026, 3, 31)
    await scene.set_status(evening.id, AppointmentStatus.COMPLETED)
    scene.clock.moment = datetime(2026, 4, 1, 5, tzinfo=UTC)
    await scene.read(client.id)
    await tracker.refresh_from_db()
    assert (tracker.period_number, tracker.state, tracker.used) == (2, TrackerState.ACTIVE, 0)
    closed = await ClosedPeriod.filter(tracker_id=tracker.id)
    assert [(period.number, period.used) for period in closed] == [(1, 1)]
    assert await told(tracker.id, what="period.closed") == ["period.closed"]
    await assert_whole(client.id, now=scene.clock.now())


async def test_periods_that_are_over_in_the_new_zone_end_with_the_move(scene: Scene) -> None:
    """At 11:30 UTC on 31 March, Auckland is in April: one tracker resets, the other expires."""
    client = await scene.client()
    resetting = await scene.tracker(client.id)
    ending = await scene.tracker(client.id, replace(MARCH, auto_reset=False))
    scene.clock.moment = datetime(2026, 3, 31, 11, 30, tzinfo=UTC)
    await scene.read(client.id)
    await move(scene, AUCKLAND)
    await resetting.refresh_from_db()
    await ending.refresh_from_db()
    assert (resetting.period_number, resetting.state) == (2, TrackerState.ACTIVE)
    assert (ending.period_number, ending.state) == (1, TrackerState.EXPIRED)
    await assert_whole(client.id, now=scene.clock.now())


async def test_clients_beyond_one_chunk_move_too(scene: Scene) -> None:
    """Everybody's dates and counts follow, each once, whatever the number of appointments."""
    people = [await scene.client(f"Client {number}") for number in range(3)]
    for client in people:
        await scene.tracker(client.id)
    first = await at(scene, people[0].id, "02-28 23:30")
    copies = [
        Appointment(
            practice_id=scene.practice.id,
            client_id=people[number % 3].id,
            starts_at=first.starts_at,
            ends_at=first.ends_at,
            service_date=first.service_date,
            status=AppointmentStatus.SCHEDULED,
            created_at=scene.clock.now(),
        )
        for number in range(1100)
    ]
    await Appointment.bulk_create(copies)
    await move(scene, "America/New_York")
    assert await Appointment.filter(service_date=date(2026, 2, 28)).count() == 1101
    assert [row.used for row in await Tracker.all()] == [0, 0, 0]
    assert {row.changed_because for row in await Client.all()} == {ChangeReason.CORRECTION}


async def test_another_practice_does_not_move(scene: Scene) -> None:
    """Its appointments keep their dates and its clients their revisions."""
    other = await practices.create(
        name="Lakeside", time_zone="Europe/Zurich", actor=scene.viewer.actor, now=scene.clock.now()
    )
    theirs = Scene(other, scene.nora, scene.clock)
    client = await theirs.client()
    await theirs.tracker(client.id)
    row = await at(theirs, client.id, "02-28 23:30")
    await client.refresh_from_db()
    before = client.revision
    await move(scene, "America/New_York")
    await row.refresh_from_db()
    await client.refresh_from_db()
    assert (row.service_date, client.revision) == (date(2026, 3, 1), before)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "europe/zurich"])
async def test_an_unknown_zone_is_refused(scene: Scene, zone: str) -> None:
    """The practice stays where it is."""
    client = await scene.client()
    with pytest.raises(Invalid, match="IANA"):
        await announce(scene, zone)
    assert (await Practice.get(id=scene.practice.id)).time_zone == "Europe/Zurich"
    await client.refresh_from_db()
    assert client.revision == 0
    assert await told(scene.practice.id, what="practice.updated") == []


async def test_only_an_administrator_moves_the_practice(scene: Scene) -> None:
    """Others are refused, and it stays."""
    for role in (Role.STAFF, Role.READ_ONLY, Role.INTEGRATION):
        viewer = replace(scene.viewer, role=role)
        with pytest.raises(Forbidden):
            await practices.update(viewer=viewer, changes={"time_zone": AUCKLAND}, now=scene.clock.now())
    assert (await Practice.get(id=scene.practice.id)).time_zone == "Europe/Zurich"
