"""Practices as they were left when somebody last settled, weeks ago: everybody is long due."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as day_time
from random import Random
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments import Appointment
from models.books import write_settings
from models.bulk import insert_rows
from models.calendar import local_date
from models.clients import Client
from models.identifiers import new_id
from models.ledger import lock, settle
from models.practices import StaffMember
from models.standing import Standing
from models.terms import AppointmentStatus, ChangeReason, Role, TaskTrigger
from models.tracker_settings import TaskRule, TrackerSettings
from models.trackers import Tracker
from models.unit_of_work import unit_of_work
from resolvers import practices, staff
from tests.faults.practice import ACTOR
from tests.faults.twins import Twin
from tests.models.naive import NaiveClient, NaiveTerms

ZONES: Final = ("Europe/Zurich", "America/Santiago", "Pacific/Auckland")
LAST_SETTLED: Final = timedelta(days=40)
"""For so long nobody has settled anything."""
DAY: Final = timedelta(days=1)
BATCH: Final = 500


async def settle_in(random: Random, *, clients: int) -> list[Twin]:
    """Set up practices as they were left when somebody last settled; everybody's next day is long past."""
    now = datetime.now(UTC) - LAST_SETTLED
    twins = []
    for zone in ZONES:
        practice = await practices.create(name=zone, time_zone=zone, actor=ACTOR, now=now)
        assignee = await staff.add(
            practice_id=practice.id, actor=ACTOR, name="Nora", email="nora@harbour.example", role=Role.ADMIN, now=now
        )
        twins += await _settle_in(random, assignee, zone=ZoneInfo(zone), clients=clients // len(ZONES), now=now)
    return twins


async def _settle_in(
    random: Random, assignee: StaffMember, *, zone: ZoneInfo, clients: int, now: datetime
) -> list[Twin]:
    twins, rows, appointments, trackers = list[Twin](), list[Client](), list[Appointment](), list[Tracker]()
    for number in range(clients):
        row = Client(
            id=new_id(now=now), practice_id=assignee.practice_id, name=f"Client {number}", time_zone=zone.key,
            created_at=now,
        )  # fmt: skip
        booked = [_appointment(random, row, zone=zone, now=now) for _ in range(random.randrange(8))]
        naive = NaiveClient(zone, now, {key: (each.service_date, each.status) for key, each in enumerate(booked)})
        own = []
        for slot in range(1, random.randrange(2, 5)):
            settings = _settings(random, assignee.id, today=naive.today)
            own.append(_tracker(row, settings, slot=slot, now=now))
            naive.create(key=slot, terms=_terms(settings))
        rows.append(row)
        appointments += booked
        trackers += own
        twins.append(Twin(row.id, [each.id for each in own], naive))
    for model, table in ((Client, rows), (Appointment, appointments), (Tracker, trackers)):
        await insert_rows(model, table)
    quiet = [each.id for each in trackers]
    for start in range(0, len(rows), BATCH):
        ids = [each.id for each in rows[start : start + BATCH]]

        async def work(ids: Sequence[UUID] = ids) -> None:
            await settle(await lock(ids), now=now, because=ChangeReason.TRACKER_EDIT, actor=ACTOR, quiet=quiet)

        await unit_of_work(work)
    return twins


def _appointment(random: Random, client: Client, *, zone: ZoneInfo, now: datetime) -> Appointment:
    row = Appointment(
        id=new_id(now=now),
        practice_id=client.practice_id,
        client_id=client.id,
        status=random.choice((AppointmentStatus.COMPLETED, AppointmentStatus.COMPLETED, AppointmentStatus.SCHEDULED)),
        created_at=now,
    )
    day = local_date(now, zone=zone) + random.randrange(-40, 60) * DAY
    starts_at = datetime.combine(day, day_time(random.randrange(24)), tzinfo=zone).astimezone(UTC)
    row.place(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), zone=zone)
    return row


def _settings(random: Random, assignee_id: UUID, *, today: date) -> TrackerSettings:
    begin = today + random.randrange(-30, 10) * DAY
    end = max(begin, today) + random.choice((0, 6, 13, 29, 30)) * DAY if random.random() < 0.85 else None
    triggers = [None, TaskTrigger.COUNT_REACHED]
    if end is not None:
        triggers += [TaskTrigger.END_DATE, TaskTrigger.WHICHEVER_COMES_FIRST]
    trigger = random.choice(triggers)
    return TrackerSettings(
        session_limit=random.randrange(1, 5),
        begin_date=begin,
        end_date=end,
        note="Each month",
        color="#3366CC",
        auto_reset=end is not None and random.random() < 0.7,
        task_rule=None if trigger is None else TaskRule(assignee_id, trigger),
    )


def _terms(settings: TrackerSettings) -> NaiveTerms:
    return NaiveTerms(
        settings.session_limit, settings.begin_date, settings.end_date, settings.auto_reset, settings.trigger
    )


def _tracker(client: Client, settings: TrackerSettings, *, slot: int, now: datetime) -> Tracker:
    row = Tracker(
        id=new_id(now=now), practice_id=client.practice_id, client_id=client.id, slot=slot, created_at=now,
        updated_at=now,
    )  # fmt: skip
    span = settings.span
    write_settings(row, settings, Standing(settings.session_limit, span, settings.auto_reset, settings.trigger, span))
    return row
