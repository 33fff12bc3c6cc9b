"""What an imported line leaves, clears, brings back, and what it may not name."""

from datetime import UTC, date, datetime

import pytest

from models.access import within
from models.appointments import Appointment
from models.terms import AppointmentStatus
from resolvers import appointments
from tests.conftest import StillClock
from tests.jobs.importing.cases import Desk, open_desk, session, sessions


@pytest.fixture
async def desk(database: str, clock: StillClock) -> Desk:
    """Open a practice in Zurich with two clients."""
    desk = await open_desk(clock)
    await desk.known("c1", "c2")
    return desk


async def test_columns_that_are_not_there_leave_what_is_on_record(desk: Desk) -> None:
    """A file that moves appointments does not undo completions."""
    ida = await desk.hire("ida@harbour.example")
    await desk.appointments(sessions(session("a1", "c1", practitioner="ida@harbour.example", service="Talk")))
    header = "external_id,client_external_id,starts_at,ends_at\n"
    await desk.appointments(
        f"{header}a1,c1,2026-03-02T09:00,2026-03-02T10:00\na2,c1,2026-03-02T09:00,2026-03-02T10:00\n"
    )
    moved, booked = await desk.appointment("a1"), await desk.appointment("a2")
    assert (moved.service_date, moved.status) == (date(2026, 3, 2), AppointmentStatus.COMPLETED)
    assert (moved.practitioner_id, moved.service) == (ida.id, "Talk")
    assert (booked.status, booked.practitioner_id, booked.service) == (AppointmentStatus.SCHEDULED, None, None)


async def test_empty_cells_clear_what_is_on_record(desk: Desk) -> None:
    """The file is the truth for the columns that it has."""
    await desk.hire("ida@harbour.example")
    await desk.appointments(sessions(session("a1", "c1", practitioner="ida@harbour.example", service="Talk")))
    await desk.appointments(sessions(session("a1", "c1", status="")))
    row = await desk.appointment("a1")
    assert (row.status, row.practitioner_id, row.service) == (AppointmentStatus.SCHEDULED, None, None)


async def test_what_the_practice_does_not_know_is_refused(desk: Desk, clock: StillClock) -> None:
    """Clients and staff of another practice are unknown; the good lines are imported."""
    elsewhere = await open_desk(clock)
    await elsewhere.known("c3")
    await elsewhere.hire("noa@shore.example")
    await desk.hire("gone@harbour.example", active=False)
    summary = await desk.appointments(
        sessions(
            session("a1", "c3"),
            session("a2", "c1", practitioner="noa@shore.example"),
            session("a3", "c1", practitioner="gone@harbour.example"),
            session("a4", "c1", "2026-03-29T02:30"),
            session("a5", "c1", "2026-03-03T09:00+01:00", "2026-03-03T08:00Z"),
            session("a6", "c1", "2026-03-03T09:00", "2026-03-04T09:01"),
            session("a7", "c1"),
            session("a7", "c2"),
        )
    )
    assert desk.refused == [
        (2, "There is no client with the external id 'c3' in this practice."),
        (3, "There is no staff member noa@shore.example in this practice."),
        (4, "The staff member gone@harbour.example is not active."),
        (5, "The start: 2026-03-29T02:30:00 does not exist in Europe/Zurich, where the clocks go forward."),
        (6, "The appointment ends after it starts, not before or at the same moment."),
        (7, "An appointment lasts at most a day."),
        (9, "'a7' is already on line 8 of this file."),
    ]
    assert (summary.created, summary.refused, summary.lines) == (1, 7, 8)
    assert await within(Appointment, practice_id=desk.practice.id).count() == 1


async def test_who_has_left_keeps_the_appointments_they_had(desk: Desk) -> None:
    """Those are to be cancelled; nothing new is given to them."""
    ida = await desk.hire("ida@harbour.example")
    text = sessions(session("a1", "c1", practitioner="ida@harbour.example"))
    await desk.appointments(text)
    await desk.leave(ida)
    assert (await desk.appointments(text)).unchanged == 1
    summary = await desk.appointments(
        sessions(
            session("a1", "c1", status="CANCELLED", practitioner="ida@harbour.example"),
            session("a2", "c1", practitioner="ida@harbour.example"),
        )
    )
    assert (summary.updated, summary.refused) == (1, 1)
    assert (await desk.appointment("a1")).status is AppointmentStatus.CANCELLED


async def test_a_deleted_appointment_comes_back(desk: Desk) -> None:
    """The file still holds it."""
    text = sessions(session("a1", "c1"))
    await desk.appointments(text)
    row = await desk.appointment("a1")
    await appointments.delete(viewer=desk.viewer, appointment_id=row.id, now=desk.clock.now())
    assert (await desk.appointments(text)).created == 1


async def test_an_appointment_of_the_api_is_known_by_its_external_id(desk: Desk) -> None:
    """Whoever booked it, the file says what became of it."""
    booked = await appointments.schedule(
        viewer=desk.viewer,
        client_id=(await desk.client("c1")).id,
        starts_at=datetime(2026, 3, 3, 8, 0, tzinfo=UTC),
        ends_at=datetime(2026, 3, 3, 9, 0, tzinfo=UTC),
        practitioner_id=None,
        service=None,
        external_id="a1",
        now=desk.clock.now(),
    )
    summary = await desk.appointments(sessions(session("a1", "c1", ends_at="2026-03-03T10:00")))
    assert (summary.created, summary.updated) == (0, 1)
    row = await desk.appointment("a1")
    assert (row.id, row.status) == (booked.id, AppointmentStatus.COMPLETED)
