"""Banners read while their client changes: each is of one revision, whatever the caller had read before."""

import asyncio
from datetime import UTC, datetime, timedelta

from models.appointments import Appointment
from models.banner import Banner
from models.banners import read_banners
from models.clients import Client
from models.ledger import bring_client_up_to_date
from models.terms import AppointmentStatus
from resolvers import appointments
from tests.storage.scene import Scene, set_scene

READERS = 3
ROUNDS = 6
BEFORE_MIDNIGHT = datetime(2026, 3, 4, 22, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 3, 4, 23, 1, tzinfo=UTC)


async def moved(scene: Scene, row: Appointment, *, days: int) -> None:
    """Move an appointment by some days, past the row that the caller holds."""
    day = timedelta(days=days)
    current = await Appointment.get(id=row.id)
    await appointments.reschedule(
        viewer=scene.viewer,
        appointment_id=row.id,
        starts_at=current.starts_at + day,
        ends_at=current.ends_at + day,
        now=scene.clock.now(),
    )


async def banner_of(scene: Scene, row: Appointment, *, now: datetime | None = None) -> Banner:
    """Read the banner of a row as the caller has it."""
    read = await read_banners([row.id], practice_id=scene.practice.id, now=now or scene.clock.now())
    return read.banners[row.id]


def seen(banner: Banner) -> list[tuple[int, int | None]]:
    """Return the count and the session number on each tracker of a banner."""
    return [(tracker.used, tracker.session_number) for tracker in banner.trackers]


async def test_a_row_read_before_a_move_to_tomorrow_shows_tomorrow(scene: Scene) -> None:
    """The new revision comes with the new day, which has no trackers yet."""
    client = await scene.client()
    await scene.tracker(client.id)
    stale = await scene.appointment(client.id, completed=True)
    before = await banner_of(scene, stale)
    assert (before.revision, seen(before)) == (2, [(1, 1)])
    await moved(scene, stale, days=1)
    after = await banner_of(scene, stale)
    assert (after.revision, seen(after)) == (3, [])


async def test_a_row_read_before_a_move_from_tomorrow_shows_today(scene: Scene) -> None:
    """The new revision comes with the trackers, and with the session's number."""
    client = await scene.client()
    await scene.tracker(client.id)
    stale = await scene.appointment(client.id, day=1, completed=True)
    before = await banner_of(scene, stale)
    assert (before.revision, seen(before)) == (2, [])
    await moved(scene, stale, days=-1)
    after = await banner_of(scene, stale)
    assert (after.revision, seen(after)) == (3, [(1, 1)])


async def test_a_row_that_was_given_to_another_client_shows_that_client(scene: Scene) -> None:
    """With that client's trackers and revision, not those of the client it was read with."""
    client, other = await scene.client(), await scene.client("Noah Meier")
    await scene.tracker(client.id)
    await scene.tracker(other.id)
    await scene.appointment(other.id, completed=True)
    stale = await scene.appointment(client.id)
    await Appointment.filter(id=stale.id).update(client_id=other.id)
    banner = await banner_of(scene, stale)
    assert (banner.client_id, banner.revision, seen(banner)) == (other.id, 2, [(1, None)])


async def test_a_row_that_was_deleted_has_no_banner(scene: Scene) -> None:
    """The others that were asked for have theirs."""
    client = await scene.client()
    stale, stays = await scene.appointment(client.id), await scene.appointment(client.id)
    await scene.delete(stale.id)
    read = await read_banners([stale.id, stays.id], practice_id=scene.practice.id, now=scene.clock.now())
    assert list(read.banners) == [stays.id]


async def test_a_neighbours_row_has_no_banner(scene: Scene) -> None:
    """Banners are read within the practice, whoever's rows are handed in."""
    neighbour = await set_scene(scene.clock, name="Lakeside")
    row = await neighbour.appointment((await neighbour.client()).id)
    assert (await read_banners([row.id], practice_id=scene.practice.id, now=scene.clock.now())).banners == {}


async def test_a_reader_from_before_midnight_sees_what_midnight_settled(scene: Scene) -> None:
    """The session of the new day shows its trackers: the revision that a late reader carries is of the new day."""
    client = await scene.client()
    await scene.tracker(client.id)
    tomorrow = await scene.appointment(client.id, day=1, completed=True)
    before = await banner_of(scene, tomorrow, now=BEFORE_MIDNIGHT)
    assert (before.revision, seen(before)) == (2, [])
    await bring_client_up_to_date(client.id, practice_id=scene.practice.id, now=AFTER_MIDNIGHT)
    assert (await Client.get(id=client.id)).settled_at == AFTER_MIDNIGHT
    late = await banner_of(scene, tomorrow, now=BEFORE_MIDNIGHT)
    assert (late.revision, seen(late)) == (3, [(1, 1)])
    assert late == await banner_of(scene, tomorrow, now=AFTER_MIDNIGHT)


async def test_banners_read_during_a_burst_are_each_of_one_revision(scene: Scene) -> None:
    """Completions, undoings and moves of the day: what a banner shows is what its revision counted."""
    # Given one session that is watched and another that changes as well
    client = await scene.client()
    await scene.tracker(client.id)
    watched, other = await scene.appointment(client.id, completed=True), await scene.appointment(client.id)
    counted: dict[int, tuple[int, bool]] = {}
    finished = asyncio.Event()

    async def note() -> None:
        completed = Appointment.filter(client_id=client.id, status=AppointmentStatus.COMPLETED)
        today = scene.clock.now().date()
        used = await completed.filter(service_date=today).count()
        shown = (await Appointment.get(id=watched.id)).service_date == today
        counted[(await Client.get(id=client.id)).revision] = used, shown

    async def write() -> None:
        try:
            await note()
            for _ in range(ROUNDS):
                await scene.complete(other.id)
                await note()
                await moved(scene, watched, days=1)
                await note()
                await scene.set_status(other.id, AppointmentStatus.SCHEDULED)
                await note()
                await moved(scene, watched, days=-1)
                await note()
        finally:
            finished.set()

    async def read() -> list[Banner]:
        banners = [await banner_of(scene, watched)]
        while not finished.is_set():
            banners.append(await banner_of(scene, watched))
        return [*banners, await banner_of(scene, watched)]

    # When several readers look all the while
    writer = asyncio.create_task(write())
    looks = await asyncio.gather(*(read() for _ in range(READERS)))
    await writer
    # Then every banner shows what the writer counted at its revision, and none goes back
    assert len(counted) == 1 + 4 * ROUNDS
    assert [len(set(look)) > 2 for look in looks] == [True] * READERS
    for look in looks:
        for banner in look:
            used, shown = counted[banner.revision]
            assert seen(banner) == ([(used, 1)] if shown else []), banner
        assert [banner.revision for banner in look] == sorted(banner.revision for banner in look)
        assert look[-1].revision == max(counted)


async def test_banners_of_several_clients_are_read_while_all_of_them_change(scene: Scene) -> None:
    """No read fails or waits for ever, although three readers ask for them in different orders."""
    people = [await scene.client(f"Client {number}") for number in range(3)]
    rows = []
    for client in people:
        await scene.tracker(client.id)
        rows.append(await scene.appointment(client.id))

    async def toggle(row: Appointment) -> None:
        for _ in range(ROUNDS):
            await scene.complete(row.id)
            await scene.set_status(row.id, AppointmentStatus.SCHEDULED)

    writers = asyncio.gather(*(toggle(row) for row in rows))

    async def read(order: list[Appointment]) -> list[Banner]:
        banners: list[Banner] = []
        while not writers.done():
            ids = [row.id for row in order]
            read, _due = await read_banners(ids, practice_id=scene.practice.id, now=scene.clock.now())
            assert sorted(read) == sorted(ids)
            banners += read.values()
        return banners

    looks = await asyncio.gather(read(rows), read(rows[::-1]), read([rows[1], rows[2], rows[0]]))
    await writers
    for banner in (banner for look in looks for banner in look):
        # The tracker made revision 1; each even one is of a completion, each odd one of its undoing.
        completed = banner.revision % 2 == 0
        assert seen(banner) == ([(1, 1)] if completed else [(0, None)]), banner
