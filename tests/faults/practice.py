"""A practice of its own for each seed: clients alike, with appointments around today and trackers that fill up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from graph.auth import issue_token
from graph.ids import global_id
from models.appointments import Appointment
from models.books import write_settings
from models.bulk import insert_rows
from models.calendar import local_date
from models.clients import Client
from models.history import Actor
from models.identifiers import new_id
from models.ledger import lock, settle
from models.practices import StaffMember
from models.standing import Standing
from models.terms import AppointmentStatus, ChangeReason, Role, TaskTrigger
from models.tracker_settings import TaskRule, TrackerSettings
from models.trackers import Tracker
from models.unit_of_work import unit_of_work
from resolvers import practices, staff
from tests.cli.tool import SECRET
from tests.faults.plan import DAYS

ACTOR: Final = Actor("faults")
ZONE: Final = ZoneInfo("Europe/Zurich")
DAY: Final = timedelta(days=1)
SESSION: Final = timedelta(minutes=45)
LIFETIME: Final = timedelta(hours=12)
STAFF: Final = 10
"""How many people share the dialogs: a server takes only so many sockets of one."""


@dataclass(frozen=True, slots=True)
class Person:
    """One client, and what was on record at the start; by global ids."""

    client: str
    appointments: Sequence[str]
    trackers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Practice:
    """What the front desk works with; one token for each staff member."""

    id: UUID
    tokens: Sequence[str]
    assignee: str
    people: Sequence[Person]


async def settle_in(*, clients: int, seed: int) -> Practice:
    """Set up a practice in the connected database; some sessions are completed, as the seed draws."""
    now, random = datetime.now(UTC), Random(seed)
    practice = await practices.create(name=f"Seed {seed}", time_zone=ZONE.key, actor=ACTOR, now=now)
    team = [await _staff_member(practice.id, number, now=now) for number in range(STAFF)]
    rows = [
        Client(id=new_id(now=now), practice_id=practice.id, name=f"Client {number}", time_zone=ZONE.key, created_at=now)
        for number in range(clients)
    ]
    appointments = [_appointment(row, days, random, now=now) for row in rows for days in DAYS]
    trackers = [tracker for row in rows for tracker in _trackers(row, team[0].id, now=now)]
    for model, table in ((Client, rows), (Appointment, appointments), (Tracker, trackers)):
        await insert_rows(model, table)

    async def work() -> None:
        locked = await lock([row.id for row in rows])
        quiet = [tracker.id for tracker in trackers]
        await settle(locked, now=now, because=ChangeReason.TRACKER_EDIT, actor=ACTOR, quiet=quiet)

    await unit_of_work(work)
    tokens = [
        issue_token(secret=SECRET, practice_id=practice.id, now=now, lifetime=LIFETIME, staff_member_id=member.id)
        for member in team
    ]
    people = [
        Person(
            global_id(Client.__name__, row.id),
            [global_id(Appointment.__name__, each.id) for each in appointments if each.client_id == row.id],
            [global_id(Tracker.__name__, each.id) for each in trackers if each.client_id == row.id],
        )
        for row in rows
    ]
    return Practice(practice.id, tokens, global_id(StaffMember.__name__, team[0].id), people)


def starts_on(days: int, *, now: datetime) -> datetime:
    """Return when a session starts that is so many days from today: at ten, local time."""
    return datetime.combine(local_date(now, zone=ZONE) + days * DAY, time(10), tzinfo=ZONE).astimezone(UTC)


async def _staff_member(practice_id: UUID, number: int, *, now: datetime) -> StaffMember:
    email = f"person-{number}@harbour.example"
    return await staff.add(
        practice_id=practice_id, actor=ACTOR, name=f"Person {number}", email=email, role=Role.ADMIN, now=now
    )


def _appointment(client: Client, days: int, random: Random, *, now: datetime) -> Appointment:
    done = days < 0 and random.random() < 0.5
    row = Appointment(
        id=new_id(now=now),
        practice_id=client.practice_id,
        client_id=client.id,
        status=AppointmentStatus.COMPLETED if done else AppointmentStatus.SCHEDULED,
        created_at=now,
    )
    starts_at = starts_on(days, now=now)
    row.place(starts_at=starts_at, ends_at=starts_at + SESSION, zone=ZONE)
    return row


def _trackers(client: Client, assignee_id: UUID, *, now: datetime) -> list[Tracker]:
    """Return one that runs on and is soon full, and one that has been reset once already."""
    today = local_date(now, zone=ZONE)
    by_count = TaskRule(assignee_id, TaskTrigger.COUNT_REACHED)
    by_both = TaskRule(assignee_id, TaskTrigger.WHICHEVER_COMES_FIRST)
    both = [
        TrackerSettings(3, today - 20 * DAY, None, "Ask the insurer", "#2A7F62", False, by_count),
        TrackerSettings(2, today - 45 * DAY, today - 16 * DAY, "Each month", "#3366CC", True, by_both),
    ]
    rows = []
    for slot, settings in enumerate(both, start=1):
        row = Tracker(
            id=new_id(now=now), practice_id=client.practice_id, client_id=client.id, slot=slot,
            created_at=now, updated_at=now,
        )  # fmt: skip
        standing = Standing(settings.session_limit, settings.span, settings.auto_reset, settings.trigger, settings.span)
        write_settings(row, settings, standing)
        rows.append(row)
    return rows
