"""A request that read the clock before another one settled its client."""

from datetime import UTC, date, datetime, timedelta

from models.access import Viewer
from models.clients import Client
from models.history import Actor
from models.ledger import bring_client_up_to_date
from models.terms import AppointmentStatus, Role, TrackerState
from models.tracker_settings import TrackerSettings
from models.trackers import ClosedPeriod, Tracker
from resolvers import appointments, clients, practices, trackers

BEFORE_MIDNIGHT = datetime(2026, 3, 31, 21, 59, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 3, 31, 22, 1, tzinfo=UTC)


async def test_a_late_request_does_not_turn_time_back(database: str) -> None:
    """Keep the period that midnight closed, and count what the late request completed where it belongs."""
    # Given a tracker whose period ends at midnight in Zurich, and a session of its last day
    now = BEFORE_MIDNIGHT
    practice = await practices.create(name="Harbour", time_zone="Europe/Zurich", actor=Actor("tests"), now=now)
    viewer = Viewer(practice.id, Role.ADMIN, "tests")
    client = await clients.create(viewer=viewer, name="Mara Keller", external_id=None, now=now)
    march = TrackerSettings(12, date(2026, 3, 1), date(2026, 3, 31), None, "#336699", True, None)
    tracker = await trackers.create(viewer=viewer, client_id=client.id, settings=march, now=now)
    session = await appointments.schedule(
        viewer=viewer,
        client_id=client.id,
        starts_at=now - timedelta(hours=8),
        ends_at=now - timedelta(hours=7),
        practitioner_id=None,
        service=None,
        external_id=None,
        now=now,
    )
    # When midnight has been settled, and a request that read the clock before it comes through
    await bring_client_up_to_date(client.id, practice_id=practice.id, now=AFTER_MIDNIGHT)
    rolled = await Client.get(id=client.id)
    await appointments.set_status(
        viewer=viewer, appointment_id=session.id, status=AppointmentStatus.COMPLETED, now=BEFORE_MIDNIGHT
    )
    # Then the new period runs on, nothing is due again, and the closed one has counted the session
    tracker = await Tracker.get(id=tracker.id)
    assert (tracker.period_number, tracker.state, tracker.used) == (2, TrackerState.ACTIVE, 0)
    assert (await Client.get(id=client.id)).due_at == rolled.due_at
    assert [period.used for period in await ClosedPeriod.filter(tracker_id=tracker.id)] == [1]
