"""Watching a banner past the API: what is yielded after a hint, and when the watch ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from jobs.bus import Hint, InProcessBus
from models.access import Viewer
from models.appointments import Appointment
from models.banner import Banner
from models.clients import Client
from models.practices import StaffMember
from models.terms import ChangeReason
from resolvers import staff
from resolvers.banners import watch_banner, watch_client
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.resolvers.dashboards import colleague
from tests.storage.raw import execute
from tests.storage.scene import Scene
from tests.storage.waiting import PATIENCE_SECONDS


async def hint(bus: InProcessBus, client_id: object, scene: Scene) -> None:
    """Publish a hint of the client as the database has it."""
    client = await Client.get(id=client_id)
    await bus.publish([Hint(client.id, scene.practice.id, client.revision)])


@asynccontextmanager
async def watch(scene: Scene, row: Appointment, bus: InProcessBus, viewer: Viewer) -> AsyncIterator[Subscriber[Banner]]:
    """Watch an appointment's banner."""
    hub = Hub(bus, now=scene.clock.now)
    watched = await watch_banner(viewer=viewer, appointment_id=row.id, known_revision=None, hub=hub)
    async with aclosing(watched):
        yield watched
    await hub.aclose()


async def deactivate(scene: Scene, person: StaffMember) -> None:
    """Take a person's access away."""
    await staff.update(viewer=scene.viewer, staff_member_id=person.id, changes={"active": False}, now=scene.clock.now())


async def test_other_content_of_the_same_revision_is_yielded(scene: Scene) -> None:
    """What is shown follows what is on record, even where no revision told of the change."""
    client, bus = await scene.client(), InProcessBus()
    tracker = await scene.tracker(client.id)
    row = await scene.appointment(client.id)
    async with asyncio.timeout(PATIENCE_SECONDS), watch(scene, row, bus, scene.viewer) as banners:
        first = await anext(banners)
        assert (first.revision, first.reason, first.trackers[0].used) == (1, ChangeReason.SNAPSHOT, 0)
        await execute("UPDATE tracker SET used = 3, remaining = 9 WHERE id = ?", tracker.id)
        await hint(bus, client.id, scene)
        second = await anext(banners)
        assert (second.revision, second.trackers[0].used, second.trackers[0].remaining) == (1, 3, 9)


async def test_a_move_that_is_hinted_at_twice_is_yielded_once(scene: Scene) -> None:
    """A repeated hint is harmless: the next thing yielded is the next change."""
    client, bus = await scene.client(), InProcessBus()
    await scene.tracker(client.id)
    row, other = await scene.appointment(client.id), await scene.appointment(client.id)
    async with asyncio.timeout(PATIENCE_SECONDS), watch(scene, row, bus, scene.viewer) as banners:
        await anext(banners)
        await scene.complete(row.id)
        await hint(bus, client.id, scene)
        assert (await anext(banners)).trackers[0].used == 1
        await hint(bus, client.id, scene)
        await scene.complete(other.id)
        await hint(bus, client.id, scene)
        assert (await anext(banners)).trackers[0].used == 2


async def test_a_banner_is_watched_no_more_by_who_was_deactivated(scene: Scene) -> None:
    """The watch ends at the next hint, and shows nothing of what the hint was about."""
    client, bus, ida = await scene.client(), InProcessBus(), await colleague(scene)
    await scene.tracker(client.id)
    row = await scene.appointment(client.id)
    viewer = Viewer(scene.practice.id, ida.role, ida.name, ida.id)
    async with asyncio.timeout(PATIENCE_SECONDS), watch(scene, row, bus, viewer) as banners:
        await anext(banners)
        await scene.complete(row.id)
        await hint(bus, client.id, scene)
        assert (await anext(banners)).trackers[0].used == 1
        await deactivate(scene, ida)
        await scene.appointment(client.id, completed=True)
        await hint(bus, client.id, scene)
        with pytest.raises(StopAsyncIteration):
            await anext(banners)


async def test_a_client_is_watched_no_more_by_who_was_deactivated(scene: Scene) -> None:
    """As for a banner; the administrator who watches beside them goes on."""
    client, bus, ida = await scene.client(), InProcessBus(), await colleague(scene)
    viewer = Viewer(scene.practice.id, ida.role, ida.name, ida.id)
    hub = Hub(bus, now=scene.clock.now)
    one, two = [
        await watch_client(viewer=who, client_id=client.id, known_revision=None, hub=hub)
        for who in (viewer, scene.viewer)
    ]
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(one) as theirs, aclosing(two) as ours:
        assert [(await anext(watched)).revision for watched in (theirs, ours)] == [0, 0]
        await deactivate(scene, ida)
        await scene.tracker(client.id)
        await hint(bus, client.id, scene)
        with pytest.raises(StopAsyncIteration):
            await anext(theirs)
        assert (await anext(ours)).revision == 1
