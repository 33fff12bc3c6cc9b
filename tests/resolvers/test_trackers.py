"""Setting, editing, removing and reordering trackers."""

from datetime import date, timedelta

from models.access import Viewer
from models.history import Actor
from models.terms import AppointmentStatus, Role
from models.tracker_settings import TrackerSettings
from resolvers import appointments, clients, practices, trackers
from tests.conftest import StillClock


async def test_a_tracker_counts_what_was_completed(database: str, clock: StillClock) -> None:
    """A session completed today is counted at once."""
    now = clock.now()
    practice = await practices.create(name="Harbour", time_zone="Europe/Zurich", actor=Actor("test"), now=now)
    viewer = Viewer(practice.id, Role.ADMIN, "test")
    client = await clients.create(viewer=viewer, name="Mara Keller", external_id=None, now=now)
    tracker = await trackers.create(
        viewer=viewer,
        client_id=client.id,
        settings=TrackerSettings(12, date(2026, 3, 1), date(2026, 3, 31), None, "#336699", True, None),
        now=now,
    )
    a = await appointments.schedule(
        viewer=viewer,
        client_id=client.id,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        practitioner_id=None,
        service=None,
        external_id=None,
        now=now,
    )
    await appointments.set_status(viewer=viewer, appointment_id=a.id, status=AppointmentStatus.COMPLETED, now=now)
    page = await clients.page(viewer=viewer, search="mara", first=10, after=None, now=now)
    await tracker.refresh_from_db()
    assert tracker.used == 1
    assert page.rows[0].revision == 2
