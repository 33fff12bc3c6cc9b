"""Reading together: what many clients' dialogs show is read in as many statements as what a few show."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, Final

import pytest

from jobs.bus import Hint, InProcessBus
from models.appointments import Appointment
from models.terms import ChangeReason
from resolvers.banners import watch_banner, watch_client
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.api.test_statements import statements
from tests.storage.raw import execute
from tests.storage.scene import Scene
from tests.storage.waiting import PATIENCE_SECONDS

MANY: Final = 50
FEW: Final = 5


async def clients_with_appointments(scene: Scene, number: int) -> list[Appointment]:
    """Return an appointment of each of so many clients, who have a tracker each."""
    rows = []
    for _ in range(number):
        client = await scene.client()
        await scene.tracker(client.id)
        rows.append(await scene.appointment(client.id))
    return rows


async def changed(scene: Scene, rows: Sequence[Appointment]) -> list[Hint]:
    """Change what is shown of every client; return what is to be hinted at."""
    await execute("UPDATE tracker SET used = used + 1 WHERE practice_id = ?", scene.practice.id)
    await execute("UPDATE client SET revision = revision + 1 WHERE practice_id = ?", scene.practice.id)
    return [Hint(row.client_id, scene.practice.id, 2) for row in rows]


@asynccontextmanager
async def opening(scene: Scene, bus: InProcessBus) -> AsyncIterator[tuple[Hub, AsyncExitStack]]:
    """Run a hub for the time of the block, with what leaves the watches at its end."""
    hub = Hub(bus, now=scene.clock.now)
    async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as stack:
        yield hub, stack
    await hub.aclose()


async def opened(scene: Scene, rows: Sequence[Appointment], hub: Hub, stack: AsyncExitStack) -> list[Subscriber[Any]]:
    """Open the dialogs of all appointments at once."""
    watches = await asyncio.gather(
        *(watch_banner(viewer=scene.viewer, appointment_id=row.id, known_revision=None, hub=hub) for row in rows)
    )
    for watched in watches:
        await stack.enter_async_context(aclosing(watched))
    return list(watches)


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_dialogs_opened_at_once_are_read_together(scene: Scene, number: int) -> None:
    """One statement finds their clients, one reads their banners."""
    rows = await clients_with_appointments(scene, number)
    async with opening(scene, InProcessBus()) as (hub, stack):
        with statements() as seen:
            watches = await opened(scene, rows, hub, stack)
        states = [await anext(watched) for watched in watches]
    assert [state.appointment_id for state in states] == [row.id for row in rows]
    assert len(seen) == 2, seen


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_a_burst_of_hints_is_read_together(scene: Scene, number: int) -> None:
    """One statement reads the banners of as many clients as changed, one who may still see them."""
    bus, rows = InProcessBus(), await clients_with_appointments(scene, number)
    async with opening(scene, bus) as (hub, stack):
        watches = await opened(scene, rows, hub, stack)
        first = [await anext(watched) for watched in watches]
        hints = await changed(scene, rows)
        with statements() as seen:
            await bus.publish(hints)
            states = [await anext(watched) for watched in watches]
    assert [state.trackers[0].used for state in first] == [0] * number
    assert [(state.trackers[0].used, state.revision, state.reason) for state in states] == [
        (1, 2, ChangeReason.TRACKER_EDIT)
    ] * number
    assert len(seen) == 2, seen


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_clients_that_change_at_once_are_read_together(scene: Scene, number: int) -> None:
    """Their rows, whether any is due, and who may still see them."""
    bus, rows = InProcessBus(), await clients_with_appointments(scene, number)
    async with opening(scene, bus) as (hub, stack):
        watches = await asyncio.gather(
            *(watch_client(viewer=scene.viewer, client_id=row.client_id, known_revision=1, hub=hub) for row in rows)
        )
        for watched in watches:
            await stack.enter_async_context(aclosing(watched))
            assert watched.take() is None
        hints = await changed(scene, rows)
        with statements() as seen:
            await bus.publish(hints)
            states = [await anext(watched) for watched in watches]
    assert [(state.id, state.revision) for state in states] == [(row.client_id, 2) for row in rows]
    assert len(seen) == 3, seen
