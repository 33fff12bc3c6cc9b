"""Importing appointments: booked, changed, left as they are, refused."""

from datetime import UTC, date, datetime

import pytest

from models.history import HistoryEntry
from models.outbox import OutboxHint
from models.terms import AppointmentStatus, ChangeReason
from tests.conftest import StillClock
from tests.jobs.importing.cases import Desk, everything, open_desk, session, sessions

TODAY = "2026-03-04"
CORRECTION, COMPLETION = ChangeReason.CORRECTION, ChangeReason.COMPLETION


@pytest.fixture
async def desk(database: str, clock: StillClock) -> Desk:
    """Open a practice in Zurich with two clients."""
    desk = await open_desk(clock)
    await desk.known("c1", "c2")
    return desk


async def revision(desk: Desk, external_id: str) -> tuple[int, ChangeReason]:
    """Return a client's revision and its reason."""
    client = await desk.client(external_id)
    return client.revision, client.changed_because


async def test_an_appointment_is_booked_as_told(desk: Desk) -> None:
    """Its service date is the practice's."""
    ida = await desk.hire("ida@harbour.example")
    summary = await desk.appointments(
        sessions(session("a1", "c1", "2026-03-03T23:30Z", "2026-03-04T00:15Z", "MISSED", "Ida@Harbour.example", "Talk"))
    )
    assert (summary.created, summary.lines) == (1, 1)
    row = await desk.appointment("a1")
    assert row.client_id == (await desk.client("c1")).id
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 3, 3, 23, 30, tzinfo=UTC),
        datetime(2026, 3, 4, 0, 15, tzinfo=UTC),
    )
    assert (row.service_date, row.status) == (date(2026, 3, 4), AppointmentStatus.MISSED)
    assert (row.practitioner_id, row.service, row.created_at) == (ida.id, "Talk", desk.clock.now())
    noted = await HistoryEntry.get(subject_id=row.id)
    assert (noted.what, noted.actor, noted.client_id, noted.before) == (
        "appointment.imported",
        "command line",
        row.client_id,
        None,
    )
    assert noted.after == {
        "status": "MISSED",
        "startsAt": "2026-03-03T23:30:00+00:00",
        "endsAt": "2026-03-04T00:15:00+00:00",
        "serviceDate": "2026-03-04",
        "clientId": str(row.client_id),
        "practitionerId": str(ida.id),
        "service": "Talk",
    }


async def test_a_completed_session_is_counted_and_told(desk: Desk) -> None:
    """One revision for however many; a session that is only booked is no change yet."""
    tracker = await desk.tracker("c1", date(2026, 3, 1), date(2026, 3, 31))
    await desk.tracker("c2", date(2026, 3, 1), date(2026, 3, 31))
    lines = [session(f"a{day}", "c1", f"2026-03-0{day}T09:00") for day in (1, 2, 3, 4, 5)]
    summary = await desk.appointments(sessions(*lines, session("a6", "c2", f"{TODAY}T15:00", status="SCHEDULED")))
    await tracker.refresh_from_db()
    assert (tracker.used, tracker.remaining) == (4, 8)
    assert summary.created == 6
    assert await revision(desk, "c1") == (2, COMPLETION)
    assert await revision(desk, "c2") == (1, ChangeReason.TRACKER_EDIT)
    hints = await OutboxHint.all().order_by("id").values_list("client_id", "revision")
    assert hints[-1] == ((await desk.client("c1")).id, 2)
    assert len(hints) == 3


async def test_the_same_file_again_changes_nothing(desk: Desk) -> None:
    """No revision grows, no history, no hint; not a row of any table differs."""
    await desk.hire("ida@harbour.example")
    await desk.tracker("c1", date(2026, 3, 1), date(2026, 3, 31), limit=2)
    text = sessions(
        session("a1", "c1", practitioner="ida@harbour.example", service="Talk"),
        session("a2", "c1"),
        session("a3", "c2", f"{TODAY}T15:00:00.125", status="SCHEDULED"),
        session("a4", "c2", status="CANCELLED"),
    )
    await desk.appointments(text)
    before = await everything()
    desk.clock.advance(minutes=5)
    summary = await desk.appointments(text)
    assert (summary.unchanged, summary.lines) == (4, 4)
    assert await everything() == before


async def test_a_changed_line_updates(desk: Desk) -> None:
    """Whatever changed, the client is settled once, and the other client is left alone."""
    await desk.hire("ida@harbour.example")
    tracker = await desk.tracker("c1", date(2026, 3, 1), date(2026, 3, 31))
    lines = {
        "a1": session("a1", "c1"),
        "a2": session("a2", "c1"),
        "a3": session("a3", "c1", f"{TODAY}T08:00", status="SCHEDULED"),
        "a4": session("a4", "c2"),
    }
    await desk.appointments(sessions(*lines.values()))
    other, changes = await revision(desk, "c2"), 0
    for external_id, changed, because, used in (
        ("a1", session("a1", "c1", service="Talk"), CORRECTION, 2),
        ("a1", session("a1", "c1", practitioner="ida@harbour.example"), CORRECTION, 2),
        ("a1", session("a1", "c1", ends_at="2026-03-03T22:00"), CORRECTION, 2),
        ("a1", session("a1", "c1", "2026-02-28T09:00"), CORRECTION, 1),
        ("a3", session("a3", "c1", f"{TODAY}T08:00"), COMPLETION, 2),
        ("a2", session("a2", "c1", status="CANCELLED"), CORRECTION, 1),
    ):
        lines[external_id], changes = changed, changes + 1
        summary = await desk.appointments(sessions(*lines.values()))
        assert (summary.created, summary.updated, summary.unchanged, summary.refused) == (0, 1, 3, 0)
        await tracker.refresh_from_db()
        assert tracker.used == used
        assert await revision(desk, "c1") == (2 + changes, because)
        assert await revision(desk, "c2") == other
        noted = await HistoryEntry.filter(what="appointment.updated")
        assert len(noted) == changes
        assert all(each.before != each.after for each in noted)


async def test_an_appointment_given_to_another_client_settles_both(desk: Desk) -> None:
    """Each counts what is theirs, and both banners change; the revision in the appointment's dialog grows."""
    first = await desk.tracker("c1", date(2026, 3, 1), None)
    second = await desk.tracker("c2", date(2026, 3, 1), None)
    await desk.appointments(sessions(session("a1", "c1"), session("a2", "c1")))
    summary = await desk.appointments(sessions(session("a1", "c2"), session("a2", "c1")))
    assert (summary.updated, summary.unchanged) == (1, 1)
    await first.refresh_from_db()
    await second.refresh_from_db()
    assert (first.used, second.used) == (1, 1)
    assert await revision(desk, "c1") == (3, CORRECTION)
    assert await revision(desk, "c2") == (3, CORRECTION)
    noted = await HistoryEntry.get(what="appointment.updated")
    assert noted.before is not None
    assert noted.after is not None
    assert noted.before["clientId"] == str((await desk.client("c1")).id)
    assert noted.after["clientId"] == str(noted.client_id) == str((await desk.client("c2")).id)


async def test_what_is_due_is_settled_before_the_lines_count(desk: Desk) -> None:
    """The period that ended closes with its own count; the import's correction of it is told as such."""
    tracker = await desk.tracker("c1", date(2026, 3, 4), date(2026, 3, 4), auto_reset=True)
    desk.clock.advance(days=1)
    await desk.appointments(sessions(session("a1", "c1", f"{TODAY}T09:00"), session("a2", "c1", "2026-03-05T09:00")))
    await tracker.refresh_from_db()
    assert (tracker.begin_date, tracker.used) == (date(2026, 3, 5), 1)
    closed = await HistoryEntry.get(subject_id=tracker.id, what="period.closed")
    corrected = await HistoryEntry.get(subject_id=tracker.id, what="period.corrected")
    assert closed.after is not None
    assert (closed.actor, closed.after["used"]) == ("system", 0)
    assert (corrected.actor, corrected.after) == ("command line", {"used": 1, "period": 1})
