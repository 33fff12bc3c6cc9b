"""Hundreds of open dialogs and a board at midnight: the worker settles, and each is sent what the new day shows."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from tortoise.models import Model

from graph.app import background
from jobs.bus import InProcessBus
from jobs.relay import Relay
from jobs.rollover import Rollover
from jobs.worker import Worker
from models.appointments import Appointment
from models.banner import Banner
from models.board import BoardCounts, BoardView
from models.bulk import insert_rows
from models.clients import Client
from models.identifiers import new_id
from models.tracker_settings import TrackerSettings
from models.trackers import Tracker
from resolvers.banners import watch_banner
from resolvers.dashboards import watch_board
from resolvers.live.hub import Hub
from resolvers.live.source import Subscriber
from tests.storage.scene import MARCH, Scene

M = TypeVar("M", bound=Model)

EACH: Final = 166
"""Three such crowds are one chunk: a board that is read settles what is left of its practice."""
APRIL_BEGINS: Final = datetime(2026, 3, 31, 22, tzinfo=UTC)
PATIENCE_SECONDS: Final = 60
VIEW: Final = BoardView(soon_days=0, nearly_used=0)


async def crowd(scene: Scene, settings: TrackerSettings, *, day: int) -> list[Appointment]:
    """Return an appointment of each of many clients alike, so many days from 4 March; each has a tracker."""
    now = scene.clock.now()
    first = await scene.client()
    tracker, booked = await scene.tracker(first.id, settings), await scene.appointment(first.id, day=day)
    settled = await Client.get(id=first.id)
    clients = [copy(settled, id=new_id(now=now)) for _ in range(EACH - 1)]
    trackers = [copy(tracker, id=new_id(now=now), client_id=client.id) for client in clients]
    appointments = [copy(booked, id=new_id(now=now), client_id=client.id) for client in clients]
    for model, rows in ((Client, clients), (Tracker, trackers), (Appointment, appointments)):
        await insert_rows(model, rows)
    return [booked, *appointments]


def copy(row: M, **changes: object) -> M:
    """Return a row that differs in these columns only."""
    return type(row)(**{column: getattr(row, column) for column in row._meta.db_fields} | changes)


def told(banner: Banner) -> str:
    """Tell why a banner is shown, and its trackers: 'EXPIRY: EXPIRED 0 of 12 until 2026-03-31'."""
    trackers = [f"{each.state} {each.used} of {each.session_limit} until {each.end_date}" for each in banner.trackers]
    return f"{banner.reason}: {', '.join(trackers)}"


async def test_each_is_sent_what_the_worker_s_commit_changed(scene: Scene) -> None:
    """Resets, expiries and the day of a booked session; nobody read before, as the worker had them all to settle."""
    resets = await crowd(scene, MARCH, day=28)
    expires = await crowd(scene, replace(MARCH, auto_reset=False), day=0)
    begins = await crowd(scene, replace(MARCH, end_date=None, auto_reset=False), day=28)
    bus = InProcessBus()
    hub, worker = Hub(bus, now=scene.clock.now), Worker(scene.clock)
    async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as stack:
        await stack.enter_async_context(bus.running())
        await stack.enter_async_context(background(Relay(bus).run()))

        async def watch(row: Appointment) -> Subscriber[Banner]:
            watched = await watch_banner(viewer=scene.viewer, appointment_id=row.id, known_revision=None, hub=hub)
            return await stack.enter_async_context(aclosing(watched))

        groups = [[await watch(row) for row in rows] for rows in (resets, expires, begins)]
        board = await stack.enter_async_context(aclosing(await watch_board(viewer=scene.viewer, view=VIEW, hub=hub)))

        async def shown() -> list[set[str]]:
            return [{told(banner) for banner in await asyncio.gather(*map(anext, group))} for group in groups]

        assert await shown() == [{"SNAPSHOT: "}, {"SNAPSHOT: ACTIVE 0 of 12 until 2026-03-31"}, {"SNAPSHOT: "}]
        assert (await anext(board)).counts == BoardCounts(3 * EACH, 0, 0, 0, 0)

        scene.clock.moment = APRIL_BEGINS
        assert await worker.tick() == Rollover(clients=3 * EACH, periods_closed=EACH, expired=EACH)
        assert await shown() == [
            {"RESET: ACTIVE 0 of 12 until 2026-04-30"},
            {"EXPIRY: EXPIRED 0 of 12 until 2026-03-31"},
            {"NEW_DAY: ACTIVE 0 of 12 until None"},
        ]
        assert (await anext(board)).counts == BoardCounts(2 * EACH, 0, EACH, 0, 0)
        assert await worker.tick() == Rollover()
    await hub.aclose()
