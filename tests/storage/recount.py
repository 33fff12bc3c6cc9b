"""Recounts by hand, straight from the appointments, what is on record of a client."""

from datetime import date, datetime
from uuid import UUID

from models.appointments import Appointment
from models.calendar import local_date, zone_named
from models.clients import Client
from models.history import HistoryEntry
from models.outbox import OutboxHint
from models.tasks import Task
from models.terms import AppointmentStatus
from models.trackers import ClosedPeriod, Tracker

NOTED_STATUS = {
    "appointment.scheduled": "SCHEDULED",
    "appointment.completed": "COMPLETED",
    "appointment.cancelled": "CANCELLED",
    "appointment.missed": "MISSED",
}


async def assert_whole(client_id: UUID, *, now: datetime, relayed: bool = False) -> None:
    """Fail unless dates, counts, history, revision, hints and tasks of the client agree with its appointments.

    Where nothing is `relayed`, the outbox still has a hint for each revision.
    """
    client = await Client.get(id=client_id)
    zone = zone_named(client.time_zone)
    today = local_date(now, zone=zone)
    trackers = await Tracker.filter(client_id=client_id, removed_at=None).order_by("slot")
    assert len({row.slot for row in trackers}) == len(trackers) <= 8
    for tracker in trackers:
        used = await counted(client_id, begin=tracker.begin_date, end=tracker.end_date, today=today)
        assert (tracker.used, tracker.remaining) == (used, max(0, tracker.session_limit - used))
        closed = await ClosedPeriod.filter(tracker_id=tracker.id).order_by("number")
        assert [period.number for period in closed] == list(range(1, tracker.period_number))
        for period in closed:
            assert period.used == await counted(client_id, begin=period.begin_date, end=period.end_date, today=today)
        assert await HistoryEntry.filter(subject_id=tracker.id, what="tracker.created").count() == 1
        assert await HistoryEntry.filter(subject_id=tracker.id, what="period.closed").count() == len(closed)
        tasks = await Task.filter(tracker_id=tracker.id)
        assert len({task.period_number for task in tasks}) == len(tasks)
        for task in tasks:
            assert await HistoryEntry.filter(subject_id=task.id, what="task.created").count() == 1
    for appointment in await Appointment.filter(client_id=client_id):
        assert appointment.service_date == local_date(appointment.starts_at, zone=zone)
        await _assert_status_is_told(appointment)
    hints = await OutboxHint.filter(client_id=client_id).order_by("revision")
    assert relayed or [hint.revision for hint in hints] == list(range(1, client.revision + 1))


async def counted(client_id: UUID, *, begin: date, end: date | None, today: date) -> int:
    """Count the completed appointments in the period, up to today."""
    rows = await Appointment.filter(client_id=client_id, status=AppointmentStatus.COMPLETED)
    last = today if end is None else min(end, today)
    return sum(1 for row in rows if begin <= row.service_date <= last)


async def _assert_status_is_told(appointment: Appointment) -> None:
    """Each change of status begins where the one before it ended, and the last ends at the status on record."""
    changes = await HistoryEntry.filter(subject_id=appointment.id, what__in=list(NOTED_STATUS))
    steps = [(str((entry.before or {}).get("status", "")), NOTED_STATUS[entry.what]) for entry in changes]
    ends = [after for _before, after in steps]
    begins = [before for before, _after in steps if before]
    for begin in begins:
        ends.remove(begin)
    assert ends == [appointment.status.value]
