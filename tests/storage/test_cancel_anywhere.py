"""A request that is cancelled at any await point leaves the database usable and what is on record whole."""

from contextlib import aclosing
from dataclasses import replace
from datetime import date
from uuid import UUID

from jobs.bus import InProcessBus
from models.history import HistoryEntry
from models.ledger import settle_due_clients
from models.terms import AppointmentStatus, TaskTrigger
from models.tracker_settings import TaskRule
from models.trackers import ClosedPeriod, Tracker
from resolvers import clients, trackers
from resolvers.banners import watch_banner
from resolvers.live.hub import Hub
from tests.storage.await_points import at_each_point, moments
from tests.storage.interruption import Moment
from tests.storage.scene import MARCH, Scene, told

SHORT = replace(MARCH, begin_date=date(2026, 3, 1), end_date=date(2026, 3, 4))


@moments
async def test_completing_an_appointment(scene: Scene, moment: Moment) -> None:
    """Once begun the change is made, although nobody waits for the answer; no step of it is lost or done twice."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    appointment = await scene.appointment(client.id)
    points = await at_each_point(
        scene,
        client.id,
        moment=moment,
        work=lambda: scene.complete(appointment.id),
        check=lambda: scene.set_status(appointment.id, AppointmentStatus.SCHEDULED),
    )
    assert points > 10
    completions = await HistoryEntry.filter(subject_id=appointment.id, what="appointment.completed").count()
    assert points <= completions <= points + 1
    await tracker.refresh_from_db()
    assert tracker.used == 0


@moments
async def test_setting_a_tracker(scene: Scene, moment: Moment) -> None:
    """The tracker is there with its count, its history and its task, or it is not there at all."""
    client = await scene.client()
    await scene.appointment(client.id, completed=True)
    rule = TaskRule(scene.nora.id, TaskTrigger.COUNT_REACHED)

    async def remove_all() -> None:
        for row in await Tracker.filter(client_id=client.id, removed_at=None):
            await scene.remove(row.id)

    points = await at_each_point(
        scene,
        client.id,
        moment=moment,
        work=lambda: scene.tracker(client.id, replace(MARCH, session_limit=1, task_rule=rule)),
        check=remove_all,
    )
    assert points > 10
    made = await Tracker.filter(client_id=client.id)
    assert points <= len(made) <= points + 1
    assert {(row.slot, row.used) for row in made} == {(1, 1)}


@moments
async def test_editing_a_tracker(scene: Scene, moment: Moment) -> None:
    """The settings are the old or the new ones, and the count is that of the dates on record."""
    client = await scene.client()
    for day in (-2, -1, 0):
        await scene.appointment(client.id, day=day, completed=True)
    tracker = await scene.tracker(client.id)
    later = replace(MARCH, session_limit=2, begin_date=date(2026, 3, 3))

    async def back() -> None:
        await tracker.refresh_from_db()
        assert (tracker.session_limit, tracker.begin_date.day, tracker.used) in {(12, 1, 3), (2, 3, 2)}
        await scene.edit(tracker, MARCH, "session_limit", "begin_date")

    points = await at_each_point(
        scene,
        client.id,
        moment=moment,
        work=lambda: scene.edit(tracker, later, "session_limit", "begin_date"),
        check=back,
    )
    assert points > 10


@moments
async def test_reordering(scene: Scene, moment: Moment) -> None:
    """No tracker is ever without a slot, or removed."""
    client = await scene.client()
    ids = [(await scene.tracker(client.id, replace(MARCH, note=note))).id for note in "abc"]

    async def back() -> None:
        rows = await Tracker.filter(client_id=client.id, removed_at=None).order_by("slot")
        assert [row.slot for row in rows] == [1, 2, 3]
        assert [row.id for row in rows] in (ids, ids[::-1])
        await reorder(scene, client.id, ids)

    points = await at_each_point(
        scene, client.id, moment=moment, work=lambda: reorder(scene, client.id, ids[::-1]), check=back
    )
    assert points > 10


async def reorder(scene: Scene, client_id: UUID, ids: list[UUID]) -> object:
    """Put the trackers in this order."""
    return await trackers.reorder(viewer=scene.viewer, client_id=client_id, tracker_ids=ids, now=scene.clock.now())


@moments
async def test_reading_a_client_that_is_due(scene: Scene, moment: Moment) -> None:
    """Each period closes once, whether or not the reader stays to see it."""
    client = await scene.client()
    tracker = await scene.tracker(client.id, SHORT)

    async def another_period() -> None:
        scene.clock.advance(days=4)

    scene.clock.advance(days=4)
    points = await at_each_point(
        scene, client.id, moment=moment, work=lambda: scene.read(client.id), check=another_period
    )
    assert points > 10
    await scene.read(client.id)
    periods = await ClosedPeriod.filter(tracker_id=tracker.id).order_by("number")
    assert [period.number for period in periods] == list(range(1, len(periods) + 1))
    assert len(await told(tracker.id, what="period.closed")) == len(periods) >= points


@moments
async def test_reading_a_page_of_clients(scene: Scene, moment: Moment) -> None:
    """A practice's due clients are settled before its list is read."""
    client = await scene.client()
    await scene.tracker(client.id, SHORT)

    async def another_period() -> None:
        scene.clock.advance(days=4)

    scene.clock.advance(days=4)
    points = await at_each_point(
        scene,
        client.id,
        moment=moment,
        work=lambda: clients.page(viewer=scene.viewer, search=None, first=10, after=None, now=scene.clock.now()),
        check=another_period,
    )
    assert points > 10


@moments
async def test_settling_a_batch(scene: Scene, moment: Moment) -> None:
    """Of a batch of clients all are settled, or none."""
    batch = [await scene.client(f"Client {number}") for number in range(4)]
    for client in batch:
        await scene.tracker(client.id, SHORT)
    scene.clock.advance(days=4)

    async def all_alike() -> None:
        rows = await Tracker.filter(client_id__in=[client.id for client in batch])
        assert len({row.period_number for row in rows}) == 1
        scene.clock.advance(days=4)

    points = await at_each_point(
        scene,
        batch[0].id,
        moment=moment,
        work=lambda: settle_due_clients([client.id for client in batch], now=scene.clock.now()),
        check=all_alike,
    )
    assert points > 10


@moments
async def test_watching_a_banner(scene: Scene, moment: Moment) -> None:
    """However far the dialog got before it went away, nobody stays subscribed."""
    client = await scene.client()
    await scene.tracker(client.id)
    appointment = await scene.appointment(client.id)
    bus = InProcessBus()
    hubs: list[Hub] = []

    async def first_banner() -> None:
        hubs.append(hub := Hub(bus, now=scene.clock.now))
        watch = await watch_banner(viewer=scene.viewer, appointment_id=appointment.id, known_revision=None, hub=hub)
        async with aclosing(watch) as banners:
            await anext(banners)

    async def nobody_listens() -> None:
        await hubs[-1].aclose()
        assert (len(hubs[-1]), list(bus._listeners)) == (0, [])

    points = await at_each_point(scene, client.id, moment=moment, work=first_banner, check=nobody_listens)
    assert points > 5
