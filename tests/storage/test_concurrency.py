"""Many at once, in one process and in two: the outcome is one that doing the same in some order would have given."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.appointments import Appointment
from models.clients import Client
from models.demo import DemoState, demo_state
from models.errors import Conflict, DomainError, ExternalIdTaken, NotFound, TooManyTrackers, TrackerRemoved
from models.tasks import Task
from models.terms import AppointmentStatus, TaskReason, TaskTrigger, TrackerState
from models.tracker_settings import TaskRule
from models.trackers import Tracker
from resolvers import appointments, practices
from tests.storage.recount import assert_whole
from tests.storage.scene import MARCH, Scene, told
from tests.storage.second_process import outcome_of, second_process


def refusals(outcomes: Sequence[object]) -> list[type[BaseException]]:
    """Return what was raised; anything but a domain error is raised here."""
    raised = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    for error in raised:
        if not isinstance(error, DomainError):
            raise error
    return [type(error) for error in raised]


async def test_two_people_complete_the_same_appointment(scene: Scene) -> None:
    """One of them does; the other finds it done. It counts once and is told once."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    appointment = await scene.appointment(client.id)
    await client.refresh_from_db()
    before = client.revision
    both = await asyncio.gather(scene.complete(appointment.id), scene.complete(appointment.id))
    assert [row.status for row in both] == [AppointmentStatus.COMPLETED] * 2
    await tracker.refresh_from_db()
    await client.refresh_from_db()
    assert (tracker.used, tracker.remaining, client.revision) == (1, 11, before + 1)
    assert sorted(await told(appointment.id)) == ["appointment.completed", "appointment.scheduled"]
    await assert_whole(client.id, now=scene.clock.now())


async def test_ten_people_complete_ten_appointments_of_one_client(scene: Scene) -> None:
    """None is lost, and the limit is reached once: one task."""
    client = await scene.client()
    rule = TaskRule(scene.nora.id, TaskTrigger.COUNT_REACHED)
    tracker = await scene.tracker(client.id, replace(MARCH, session_limit=7, task_rule=rule))
    rows = [await scene.appointment(client.id) for _ in range(10)]
    await asyncio.gather(*(scene.complete(row.id) for row in rows))
    await tracker.refresh_from_db()
    assert (tracker.used, tracker.remaining, tracker.over) == (10, 0, 3)
    assert tracker.state is TrackerState.LIMIT_REACHED
    task = await Task.get(tracker_id=tracker.id)
    assert (task.reason, task.period_number) == (TaskReason.COUNT_REACHED, 1)
    assert await told(task.id) == ["task.created"]
    assert len(await told(tracker.id, what="tracker.counted")) == 11  # once when it was set
    await assert_whole(client.id, now=scene.clock.now())


async def test_two_processes_complete_appointments_of_one_client(database: str, scene: Scene) -> None:
    """Each waits for the other: nothing is lost, and nobody is told that the database is locked."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    rows = [await scene.appointment(client.id) for _ in range(20)]
    theirs, ours = [row.id for row in rows[:12]], [row.id for row in rows[8:]]
    async with second_process(database, scene, "complete", *theirs) as other:
        outcomes, *_ = await asyncio.gather(other.act(), *(scene.complete(key) for key in ours))
    assert outcomes == ["done"] * 12
    await tracker.refresh_from_db()
    assert (tracker.used, tracker.over) == (20, 8)
    completed = [await told(row.id, what="appointment.completed") for row in rows]
    assert completed == [["appointment.completed"]] * 20
    await assert_whole(client.id, now=scene.clock.now())


async def test_two_people_set_the_eighth_tracker(scene: Scene) -> None:
    """One of them succeeds, the other is told that there are too many."""
    client = await scene.client()
    for _ in range(7):
        await scene.tracker(client.id)
    outcomes = await asyncio.gather(*(scene.tracker(client.id) for _ in range(2)), return_exceptions=True)
    assert refusals(outcomes) == [TooManyTrackers]
    slots = [row.slot for row in await Tracker.filter(client_id=client.id).order_by("slot")]
    assert slots == [1, 2, 3, 4, 5, 6, 7, 8]
    await assert_whole(client.id, now=scene.clock.now())


async def test_two_processes_set_the_eighth_tracker(database: str, scene: Scene) -> None:
    """The limit holds between processes as well."""
    client = await scene.client()
    for _ in range(7):
        await scene.tracker(client.id)
    async with second_process(database, scene, "tracker", client.id) as other:
        theirs, ours = await asyncio.gather(other.act(), outcome_of(scene, "tracker", client.id))
    assert sorted([*theirs, ours]) == ["TooManyTrackers", "done"]
    assert await Tracker.filter(client_id=client.id).count() == 8
    await assert_whole(client.id, now=scene.clock.now())


async def test_two_people_edit_what_both_have_seen(scene: Scene) -> None:
    """The first edit stands; the second names a state that is no more and is refused."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    edits = [scene.edit(tracker, replace(MARCH, session_limit=n), "session_limit", guarded=True) for n in (5, 6)]
    outcomes = await asyncio.gather(*edits, return_exceptions=True)
    assert refusals(outcomes) == [Conflict]
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Tracker)]
    row = await Tracker.get(id=tracker.id)
    assert row.session_limit == winner.session_limit
    assert row.updated_at == winner.updated_at > tracker.updated_at
    assert await told(tracker.id, what="tracker.updated") == ["tracker.updated"]


async def test_two_people_edit_different_settings(scene: Scene) -> None:
    """Without naming what they saw, both edits stand, each told with its own moment."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    changed = replace(MARCH, session_limit=5, note="Second referral")
    both = await asyncio.gather(scene.edit(tracker, changed, "session_limit"), scene.edit(tracker, changed, "note"))
    row = await Tracker.get(id=tracker.id)
    assert (row.session_limit, row.note) == (5, "Second referral")
    assert len({edit.updated_at for edit in both}) == 2
    assert await told(tracker.id, what="tracker.updated") == ["tracker.updated"] * 2


async def test_an_edit_meets_a_removal(scene: Scene) -> None:
    """Removed it is in either case; the edit came before, or is refused."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    edit = scene.edit(tracker, replace(MARCH, session_limit=5), "session_limit")
    outcomes = await asyncio.gather(edit, scene.remove(tracker.id), return_exceptions=True)
    refused = refusals(outcomes)
    row = await Tracker.get(id=tracker.id)
    assert row.state is TrackerState.REMOVED
    assert (refused, row.session_limit) in (([TrackerRemoved], 12), ([], 5))
    updates = await told(tracker.id, what="tracker.updated")
    assert len(updates) == 1 - len(refused)


async def test_a_completion_meets_its_undoing_and_a_deletion(scene: Scene) -> None:
    """In whatever order they come, the count is that of the appointments on record."""
    client = await scene.client()
    tracker = await scene.tracker(client.id)
    await scene.appointment(client.id, completed=True)
    for _ in range(5):
        row = await scene.appointment(client.id, completed=True)
        outcomes = await asyncio.gather(
            scene.set_status(row.id, AppointmentStatus.SCHEDULED),
            scene.complete(row.id),
            scene.delete(row.id),
            scene.complete(row.id),
            return_exceptions=True,
        )
        assert set(refusals(outcomes)) <= {NotFound}
        assert not await Appointment.exists(id=row.id)
        assert await told(row.id, what="appointment.deleted") == ["appointment.deleted"]
        await assert_whole(client.id, now=scene.clock.now())
    await tracker.refresh_from_db()
    assert tracker.used == 1


async def test_one_appointment_is_deleted_by_two(scene: Scene) -> None:
    """One of them does it; for the other it is gone. It is told once."""
    row = await scene.appointment((await scene.client()).id, completed=True)
    outcomes = await asyncio.gather(scene.delete(row.id), scene.delete(row.id), return_exceptions=True)
    assert refusals(outcomes) == [NotFound]
    assert await told(row.id, what="appointment.deleted") == ["appointment.deleted"]


async def test_the_practice_moves_while_sessions_are_booked_and_completed(scene: Scene) -> None:
    """Every service date is that of the new zone, also of what was booked at that moment, and the counts agree."""
    client = await scene.client()
    settings = replace(MARCH, end_date=date(2026, 3, 4), auto_reset=False)
    tracker = await scene.tracker(client.id, settings)
    late = scene.clock.now() - timedelta(hours=11)  # midnight in Zurich, the day before in New York
    rows = [await scene.appointment(client.id) for _ in range(6)]
    move = practices.update(viewer=scene.viewer, changes={"time_zone": "America/New_York"}, now=scene.clock.now())

    async def book(number: int) -> Appointment:
        return await appointments.schedule(
            viewer=scene.viewer,
            client_id=client.id,
            starts_at=late + timedelta(minutes=number),
            ends_at=late + timedelta(minutes=number + 30),
            practitioner_id=None,
            service=None,
            external_id=None,
            now=scene.clock.now(),
        )

    first, last = rows[:3], rows[3:]
    booking = asyncio.gather(*(book(number) for number in range(4)))
    completions = (scene.complete(row.id) for row in last)
    await asyncio.gather(booking, *(scene.complete(row.id) for row in first), move, *completions)
    booked = await booking
    assert {row.service_date for row in await Appointment.filter(id__in=[row.id for row in booked])} == {
        date(2026, 3, 3)
    }
    await tracker.refresh_from_db()
    assert tracker.used == 6
    await assert_whole(client.id, now=scene.clock.now())


async def test_one_external_id_is_given_twice_at_once(scene: Scene) -> None:
    """One client gets it, the other is refused by name."""
    both = [scene.client(name, external_id="A-1") for name in ("Mara Keller", "Jonas Frei")]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert refusals(outcomes) == [ExternalIdTaken]
    assert await Client.filter(external_id="A-1").count() == await Client.all().count() == 1


@pytest.mark.usefixtures("database")
async def test_demo_mode_starts_twice_at_once() -> None:
    """Both starts find the same secret."""
    first, second = await asyncio.gather(demo_state(), demo_state())
    assert first.jwt_secret == second.jwt_secret
    assert await DemoState.all().count() == 1
