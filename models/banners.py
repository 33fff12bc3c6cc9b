"""Reading banners: many at once, in a fixed number of statements, each as of one revision of its client."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from models.appointments import Appointment
from models.banner import Banner, SessionNumber, shown_tracker
from models.calendar import local_date, zone_named
from models.clients import Client
from models.practices import Practice
from models.terms import AppointmentStatus
from models.trackers import ClosedPeriod, Tracker

ATTEMPTS: Final = 10


@dataclass(frozen=True, slots=True)
class _Record:
    """What is on record for the clients of some appointments."""

    clients: Mapping[UUID, Client]
    today: Mapping[UUID, date]
    trackers: Mapping[UUID, Sequence[Tracker]]
    closed: Mapping[UUID, Sequence[ClosedPeriod]]
    completed: Mapping[UUID, Sequence[Appointment]]


async def read_banners(appointments: Sequence[Appointment], *, now: datetime) -> dict[UUID, Banner]:
    """Return the banner of each appointment, by its id; the clients are settled.

    Reads again when a client's revision grew meanwhile, so that no banner mixes two states. An appointment whose client
    is gone has no entry.
    """
    client_ids = {appointment.client_id for appointment in appointments}
    record = await _read(client_ids, now=now)
    for _ in range(ATTEMPTS):
        known = {key: client.revision for key, client in record.clients.items()}
        if known == await _revisions(client_ids):
            break
        record = await _read(client_ids, now=now)
    return {
        appointment.id: _banner(appointment, record)
        for appointment in appointments
        if appointment.client_id in record.clients
    }


async def _revisions(client_ids: Iterable[UUID]) -> dict[UUID, int]:
    return {client.id: client.revision for client in await Client.filter(id__in=client_ids).only("id", "revision")}


async def _read(client_ids: Iterable[UUID], *, now: datetime) -> _Record:
    clients = {client.id: client for client in await Client.filter(id__in=client_ids)}
    practices = await Practice.filter(id__in={client.practice_id for client in clients.values()})
    today = {practice.id: local_date(now, zone=zone_named(practice.time_zone)) for practice in practices}
    trackers, closed, completed = defaultdict(list), defaultdict(list), defaultdict(list)
    for tracker in await Tracker.filter(client_id__in=client_ids, removed_at=None).order_by("slot"):
        trackers[tracker.client_id].append(tracker)
    for period in await ClosedPeriod.filter(tracker__client_id__in=client_ids, tracker__removed_at=None):
        closed[period.tracker_id].append(period)
    counted = Appointment.filter(client_id__in=client_ids, status=AppointmentStatus.COMPLETED)
    for appointment in await counted.order_by("starts_at", "id").only("id", "client_id", "service_date", "starts_at"):
        completed[appointment.client_id].append(appointment)
    return _Record(
        clients=clients,
        today={key: today[client.practice_id] for key, client in clients.items()},
        trackers=trackers,
        closed=closed,
        completed=completed,
    )


def _banner(appointment: Appointment, record: _Record) -> Banner:
    client = record.clients[appointment.client_id]
    today = record.today[client.id]
    number = _number(appointment, record.completed.get(client.id, ()), today=today)
    shown = [
        shown_tracker(
            tracker,
            record.closed.get(tracker.id, ()),
            service_date=appointment.service_date,
            today=today,
            number_in=number,
        )
        for tracker in record.trackers.get(client.id, ())
    ]
    return Banner(
        appointment_id=appointment.id,
        client_id=client.id,
        revision=client.revision,
        reason=client.changed_because,
        trackers=tuple(tracker for tracker in shown if tracker) if appointment.service_date <= today else (),
    )


def _number(appointment: Appointment, completed: Sequence[Appointment], *, today: date) -> SessionNumber:
    earlier: list[date] = []
    for counted in completed:
        earlier.append(counted.service_date)
        if counted.id == appointment.id and counted.service_date <= today:
            return SessionNumber(appointment.service_date, earlier)
    return SessionNumber(appointment.service_date, None)
