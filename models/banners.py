"""Reading banners: many at once, in a fixed number of statements, each as of one revision of its client."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from models.access import within
from models.appointments import Appointment
from models.banner import Banner, SessionNumber, shown_tracker
from models.calendar import local_date, zone_named
from models.clients import Client
from models.ledger import lock
from models.practices import Practice
from models.terms import AppointmentStatus
from models.trackers import ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work

ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class _Record:
    """What is on record for the clients of some appointments."""

    appointments: Sequence[Appointment]
    clients: Mapping[UUID, Client]
    today: Mapping[UUID, date]
    trackers: Mapping[UUID, Sequence[Tracker]]
    closed: Mapping[UUID, Sequence[ClosedPeriod]]
    completed: Mapping[UUID, Sequence[Appointment]]


async def read_banners(appointments: Sequence[Appointment], *, practice_id: UUID, now: datetime) -> dict[UUID, Banner]:
    """Return the banner of each appointment, by its id; the clients are settled.

    The appointments are read again, between two looks at their clients' revisions: when one grew meanwhile all is read
    anew, at last under the clients' locks, so that no banner mixes two states or carries a revision that is newer than
    what it shows. An appointment that is gone has no entry.
    """
    ids = [appointment.id for appointment in appointments]
    client_ids = {appointment.client_id for appointment in appointments}

    async def attempt() -> dict[UUID, Banner] | None:
        before = await _clients(client_ids, practice_id=practice_id)
        record = await _read(ids, before, practice_id=practice_id, now=now)
        client_ids.update(appointment.client_id for appointment in record.appointments)
        after = await _clients(client_ids, practice_id=practice_id)
        if _revisions(before) != _revisions(after):
            return None
        return {appointment.id: _banner(appointment, record) for appointment in record.appointments}

    async def attempt_locked() -> dict[UUID, Banner] | None:
        await lock(client_ids)
        return await attempt()

    for _ in range(ATTEMPTS):
        if (banners := await attempt()) is not None:
            return banners
    while (banners := await unit_of_work(attempt_locked, announced=False)) is None:
        pass
    return banners


async def _clients(client_ids: Iterable[UUID], *, practice_id: UUID) -> dict[UUID, Client]:
    rows = await within(Client, practice_id=practice_id).filter(id__in=set(client_ids))
    return {client.id: client for client in rows}


def _revisions(clients: Mapping[UUID, Client]) -> dict[UUID, int]:
    return {key: client.revision for key, client in clients.items()}


async def _read(
    appointment_ids: Iterable[UUID], clients: Mapping[UUID, Client], *, practice_id: UUID, now: datetime
) -> _Record:
    zone = zone_named((await Practice.get(id=practice_id)).time_zone)
    client_ids = list(clients)
    trackers, closed, completed = defaultdict(list), defaultdict(list), defaultdict(list)
    for tracker in await Tracker.filter(client_id__in=client_ids, removed_at=None).order_by("slot"):
        trackers[tracker.client_id].append(tracker)
    for period in await ClosedPeriod.filter(tracker__client_id__in=client_ids, tracker__removed_at=None):
        closed[period.tracker_id].append(period)
    counted = Appointment.filter(client_id__in=client_ids, status=AppointmentStatus.COMPLETED)
    for appointment in await counted.order_by("starts_at", "id").only("id", "client_id", "service_date", "starts_at"):
        completed[appointment.client_id].append(appointment)
    return _Record(
        appointments=await within(Appointment, practice_id=practice_id).filter(id__in=list(appointment_ids)),
        clients=clients,
        # What a client was settled for has come, also for a reader whose clock was read before.
        today={key: local_date(max(now, client.settled_at or now), zone=zone) for key, client in clients.items()},
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
