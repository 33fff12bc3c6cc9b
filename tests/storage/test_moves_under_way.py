"""A practice has moved and its clients follow, one after another: whoever is met on the way finds things right."""

import asyncio
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from jobs.pace import CHUNK
from jobs.rollover import Rollover, roll_over
from models.appointments import Appointment
from models.bulk import insert_rows
from models.clients import Client
from models.identifiers import new_id
from models.outbox import OutboxHint
from models.terms import ChangeReason
from models.trackers import Tracker
from resolvers import appointments
from tests.storage.moving import AUCKLAND, NEW_YORK, ZURICH, announce, at, to_move, zones
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene


class Halt(BaseException):
    """Stops a pass."""


async def test_the_practice_has_moved_before_its_clients_and_a_read_moves_the_one_that_is_read(scene: Scene) -> None:
    """The others keep their dates, counts and revisions until their turn."""
    people = [await scene.client(f"Client {number}") for number in range(3)]
    trackers = [await scene.tracker(client.id) for client in people]
    rows = [await at(scene, client.id, "02-28 23:30") for client in people]
    practice = await announce(scene, NEW_YORK)
    assert (practice.time_zone, await to_move(scene)) == (NEW_YORK, 3)
    assert {row.service_date for row in await Appointment.all()} == {date(2026, 3, 1)}
    client = await scene.read(people[1].id)
    assert (client.revision, client.changed_because) == (3, ChangeReason.CORRECTION)
    dates = [(await Appointment.get(id=row.id)).service_date for row in rows]
    assert dates == [date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 1)]
    assert [(await Tracker.get(id=row.id)).used for row in trackers] == [1, 0, 1]
    assert (await zones(*people), await to_move(scene)) == ([ZURICH, NEW_YORK, ZURICH], 2)
    for person in people:
        await assert_whole(person.id, now=scene.clock.now())
    assert await roll_over(now=scene.clock.now()) == Rollover(clients=2)
    assert (await zones(*people), await to_move(scene)) == ([NEW_YORK] * 3, 0)
    assert [row.revision for row in await Client.all()] == [3, 3, 3]
    for person in people:
        await assert_whole(person.id, now=scene.clock.now())


async def test_a_move_goes_on_after_a_pass_that_was_stopped_between_two_chunks(scene: Scene) -> None:
    """What the first chunk did stays, the next pass does the rest, and everybody is moved once."""
    now = scene.clock.now()
    rows = [
        Client(
            id=new_id(now=now), practice_id=scene.practice.id, name=f"Client {number}", time_zone=ZURICH, created_at=now
        )
        for number in range(CHUNK + 3)
    ]
    await insert_rows(Client, rows)
    await announce(scene, NEW_YORK)

    def stop(_clients: int) -> None:
        raise Halt

    with pytest.raises(Halt):
        await roll_over(now=now, progress=stop)
    assert await to_move(scene) == 3
    assert await roll_over(now=now) == Rollover(clients=3)
    assert await to_move(scene) == 0
    assert Counter(row.revision for row in await Client.all()) == {1: CHUNK + 3}
    assert await OutboxHint.all().count() == CHUNK + 3


async def test_what_is_booked_meanwhile_has_the_date_of_the_new_zone(scene: Scene) -> None:
    """So has what is moved to another time; the client's other sessions follow at the same moment."""
    client = await scene.client()
    early = await at(scene, client.id, "02-28 23:30")
    other = await at(scene, client.id, "03-02 12:00", completed=False)
    await announce(scene, NEW_YORK)
    assert (await at(scene, client.id, "03-02 02:00", completed=False)).service_date == date(2026, 3, 1)
    starts_at = datetime(2026, 3, 3, 4, tzinfo=UTC)
    moved = await appointments.reschedule(
        viewer=scene.viewer,
        appointment_id=other.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        now=scene.clock.now(),
    )
    await early.refresh_from_db()
    assert (early.service_date, moved.service_date) == (date(2026, 2, 28), date(2026, 3, 2))
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_completion_meanwhile_counts_where_the_session_lies_in_the_new_zone(scene: Scene) -> None:
    """The session that was in March is in February now, and does not count; the other does."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    early = await at(scene, client.id, "02-28 23:30", completed=False)
    late = await at(scene, client.id, "03-02 12:00", completed=False)
    await announce(scene, NEW_YORK)
    assert (await scene.complete(early.id)).service_date == date(2026, 2, 28)
    await scene.complete(late.id)
    await tracker.refresh_from_db()
    assert (tracker.used, await zones(client)) == (1, [NEW_YORK])
    await assert_whole(client.id, now=scene.clock.now())


async def test_a_session_is_read_as_its_client_stands_after_the_move(scene: Scene) -> None:
    """By itself, and in a list that asks for days."""
    client = await scene.client()
    row = await at(scene, client.id, "02-28 23:30")
    await announce(scene, NEW_YORK)
    now = scene.clock.now()
    found = await appointments.get(viewer=scene.viewer, appointment_id=row.id, now=now)
    assert found is not None
    assert found.service_date == date(2026, 2, 28)
    await announce(scene, ZURICH)
    days = {"from_date": date(2026, 3, 1), "to_date": date(2026, 3, 1)}
    page = await appointments.page(
        viewer=scene.viewer, **days, status=None, client_id=None, first=10, after=None, now=now
    )
    assert [(each.id, each.service_date) for each in page.rows] == [(row.id, date(2026, 3, 1))]


@pytest.mark.parametrize(("last", "day", "used"), [(AUCKLAND, 1, 1), (ZURICH, 1, 1), (NEW_YORK, 28, 0)])
async def test_two_moves_in_a_row_end_where_the_last_one_leads(scene: Scene, last: str, day: int, used: int) -> None:
    """A client that the first has not reached goes straight there; one that has, from where it is."""
    people = [await scene.client(name) for name in ("reached", "not reached")]
    trackers = [await scene.tracker(client.id) for client in people]
    rows = [await at(scene, client.id, "02-28 23:30") for client in people]
    await announce(scene, "America/Los_Angeles")
    scene.clock.advance(seconds=1)
    await scene.read(people[0].id)
    await announce(scene, last)
    scene.clock.advance(seconds=1)
    await roll_over(now=scene.clock.now())
    assert (await zones(*people), await to_move(scene)) == ([last] * 2, 0)
    assert [(await Appointment.get(id=row.id)).service_date.day for row in rows] == [day] * 2
    assert [(await Tracker.get(id=row.id)).used for row in trackers] == [used] * 2
    due = {(await Client.get(id=client.id)).due_at for client in people}
    ends = {AUCKLAND: (3, 31, 11), ZURICH: (3, 31, 22), NEW_YORK: (4, 1, 4)}
    assert due == {datetime(2026, *ends[last], tzinfo=UTC)}
    for client in people:
        await assert_whole(client.id, now=scene.clock.now())


async def test_passes_reads_and_moves_at_once_end_with_everybody_in_the_last_zone(scene: Scene) -> None:
    """None is lost, none is moved back, and nobody is told to try again."""
    people = [await scene.client(f"Client {number}") for number in range(12)]
    for client in people:
        await scene.tracker(client.id)
        await at(scene, client.id, "02-28 23:30")
    now = scene.clock.now()
    await asyncio.gather(
        announce(scene, NEW_YORK),
        *(roll_over(now=now, is_shared=shared) for shared in (True, False, True)),
        *(scene.read(client.id) for client in reversed(people)),
        announce(scene, "America/Los_Angeles"),
        *(at(scene, client.id, "03-01 05:00") for client in people[::2]),
        roll_over(now=now),
    )
    await roll_over(now=now)
    zone = (await scene.practice.get(id=scene.practice.id)).time_zone
    assert (await zones(*people), await to_move(scene)) == ([zone] * 12, 0)
    for client in people:
        await assert_whole(client.id, now=now)
