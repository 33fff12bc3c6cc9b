"""Somebody of another practice asks by an id of ours, while our client is due: nothing is settled, nothing is told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jobs.bus import InProcessBus
from models.access import Viewer
from models.appointments import Appointment
from models.clients import Client
from models.errors import NotFound
from models.outbox import OutboxHint
from models.tasks import Task
from models.terms import AppointmentStatus, TaskTrigger, TrackerOrder, TrackerState
from models.tracker_settings import TaskRule
from models.trackers import Tracker
from resolvers import appointments, banners, clients, nodes, tasks, tracker_lists, trackers
from resolvers.live.hub import Hub
from tests.api.desk import on_record
from tests.storage.scene import MARCH, Scene, set_scene

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
IN_AN_HOUR = {"starts_at": NOW + timedelta(hours=1), "ends_at": NOW + timedelta(hours=2)}
Ids = dict[type, UUID]
Ask = Callable[[Viewer, Ids], Awaitable[Any]]


READS: dict[str, Ask] = {
    "clients.get": lambda viewer, ids: clients.get(viewer=viewer, client_id=ids[Client], now=NOW),
    "appointments.get": lambda viewer, ids: appointments.get(viewer=viewer, appointment_id=ids[Appointment], now=NOW),
    "banners.banner_of": lambda viewer, ids: banners.banner_of(viewer=viewer, appointment_id=ids[Appointment], now=NOW),
    "nodes.get tracker": lambda viewer, ids: nodes.get(Tracker, ids[Tracker], viewer=viewer, now=NOW),
    "nodes.get client": lambda viewer, ids: nodes.get(Client, ids[Client], viewer=viewer, now=NOW),
    "nodes.get appointment": lambda viewer, ids: nodes.get(Appointment, ids[Appointment], viewer=viewer, now=NOW),
    "nodes.get task": lambda viewer, ids: nodes.get(Task, ids[Task], viewer=viewer, now=NOW),
}
LISTS: dict[str, Ask] = {
    "clients.page": lambda viewer, _ids: clients.page(viewer=viewer, search=None, first=9, after=None, now=NOW),
    "tracker_lists.page": lambda viewer, ids: tracker_lists.page(
        viewer=viewer,
        only=tracker_lists.TrackerFilter(client_id=ids[Client]),
        order=TrackerOrder.CREATED_AT,
        first=9,
        after=None,
        now=NOW,
    ),
    "tasks.page": lambda viewer, ids: tasks.page(
        viewer=viewer, only=tasks.TaskFilter(client_id=ids[Client]), first=9, after=None, now=NOW
    ),
    "appointments.page": lambda viewer, ids: appointments.page(
        viewer=viewer,
        from_date=None,
        to_date=None,
        status=None,
        client_id=ids[Client],
        first=9,
        after=None,
        now=NOW,
    ),
}
REFUSED: dict[str, Ask] = {
    "clients.update": lambda viewer, ids: clients.update(
        viewer=viewer, client_id=ids[Client], changes={"name": "Noah Meier"}, now=NOW
    ),
    "appointments.schedule": lambda viewer, ids: appointments.schedule(
        viewer=viewer,
        client_id=ids[Client],
        practitioner_id=None,
        service=None,
        external_id=None,
        now=NOW,
        **IN_AN_HOUR,
    ),
    "appointments.reschedule": lambda viewer, ids: appointments.reschedule(
        viewer=viewer, appointment_id=ids[Appointment], now=NOW, **IN_AN_HOUR
    ),
    "appointments.set_status": lambda viewer, ids: appointments.set_status(
        viewer=viewer, appointment_id=ids[Appointment], status=AppointmentStatus.MISSED, now=NOW
    ),
    "appointments.delete": lambda viewer, ids: appointments.delete(
        viewer=viewer, appointment_id=ids[Appointment], now=NOW
    ),
    "trackers.create": lambda viewer, ids: trackers.create(
        viewer=viewer, client_id=ids[Client], settings=MARCH, now=NOW
    ),
    "trackers.reorder": lambda viewer, ids: trackers.reorder(
        viewer=viewer, client_id=ids[Client], tracker_ids=[ids[Tracker]], now=NOW
    ),
    "tasks.complete": lambda viewer, ids: tasks.complete(viewer=viewer, task_id=ids[Task], now=NOW),
    "tasks.reopen": lambda viewer, ids: tasks.reopen(viewer=viewer, task_id=ids[Task], now=NOW),
    "banners.watch_banner": lambda viewer, ids: banners.watch_banner(
        viewer=viewer, appointment_id=ids[Appointment], known_revision=None, hub=Hub(InProcessBus(), now=lambda: NOW)
    ),
    "banners.watch_client": lambda viewer, ids: banners.watch_client(
        viewer=viewer, client_id=ids[Client], known_revision=None, hub=Hub(InProcessBus(), now=lambda: NOW)
    ),
}


async def furnish(scene: Scene) -> Ids:
    """Set up a client that is due since midnight, with a tracker, a session and a task; return their ids."""
    client = await scene.client()
    rule = TaskRule(scene.nora.id, TaskTrigger.WHICHEVER_COMES_FIRST)
    tracker = await scene.tracker(client.id, replace(MARCH, session_limit=1, task_rule=rule))
    session = await scene.appointment(client.id, completed=True)
    task = await Task.get(tracker_id=tracker.id)
    return {Client: client.id, Tracker: tracker.id, Appointment: session.id, Task: task.id}


async def assert_still_due(scene: Scene, ids: Ids) -> None:
    """Expect that the client's midnight has not been settled."""
    client, tracker = await Client.get(id=ids[Client]), await Tracker.get(id=ids[Tracker])
    assert (client.revision, client.due_at) == (2, datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert (tracker.state, tracker.period_number, tracker.used) == (TrackerState.LIMIT_REACHED, 1, 1)
    assert await OutboxHint.filter(client_id=client.id).count() == 2


async def test_reads_find_nothing_and_settle_nothing(scene: Scene) -> None:
    """By id nothing, in lists nothing; the practice's own administrator finds it, settled."""
    neighbour = await set_scene(scene.clock, name="Lakeside")
    ids = await furnish(scene)
    before = await on_record(scene.practice.id)
    for name, ask in READS.items():
        assert await ask(neighbour.viewer, ids) is None, name
    for name, ask in LISTS.items():
        assert list((await ask(neighbour.viewer, ids)).rows) == [], name
    await assert_still_due(scene, ids)
    assert await on_record(scene.practice.id) == before
    for name, ask in READS.items():
        assert await ask(scene.viewer, ids) is not None, name
    assert (await Tracker.get(id=ids[Tracker])).period_number == 2


async def test_changes_are_refused_and_settle_nothing(scene: Scene) -> None:
    """NOT_FOUND each time, as for an id that nobody has."""
    neighbour = await set_scene(scene.clock, name="Lakeside")
    ids = await furnish(scene)
    before = await on_record(scene.practice.id, neighbour.practice.id)
    for ask in REFUSED.values():
        with pytest.raises(NotFound):
            await ask(neighbour.viewer, ids)
    tracker = await Tracker.get(id=ids[Tracker])
    neighbour.clock.moment = NOW
    for change in (
        neighbour.edit(tracker, replace(MARCH, session_limit=3), "session_limit"),
        neighbour.remove(tracker.id),
    ):
        with pytest.raises(NotFound):
            await change
    await assert_still_due(scene, ids)
    assert await on_record(scene.practice.id, neighbour.practice.id) == before
