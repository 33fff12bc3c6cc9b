"""A large operator on New Year's Eve: practices whose trackers are all due at the same midnight, with their history."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from bench.night.copies import multiply
from bench.night.databases import come_to_rest
from models.appointments import Appointment
from models.books import ClosedPeriodRow, write_settings
from models.bulk import insert_rows
from models.calendar import first_instant
from models.clients import Client
from models.database import database, speaks_postgres
from models.history import Actor
from models.identifiers import new_id
from models.ledger import lock, settle
from models.outbox import OutboxHint
from models.practices import StaffMember
from models.spans import Span
from models.standing import Standing
from models.terms import AppointmentStatus, ChangeReason, Role, TaskTrigger
from models.tracker_settings import TaskRule, TrackerSettings
from models.trackers import ClosedPeriod, Tracker
from models.unit_of_work import unit_of_work
from resolvers import practices, staff

ZONE: Final = ZoneInfo("Europe/Zurich")
EVE: Final = datetime(2026, 12, 31, 12, tzinfo=UTC)
MIDNIGHT: Final = first_instant(date(2027, 1, 1), zone=ZONE)
ACTOR: Final = Actor("bench")
PRACTICES: Final = 20
TRACKERS_EACH: Final = 2
SESSIONS: Final = 6
FIRST: Final = 2_500
"""So many clients are settled one by one; where there are more, the others are copies of them."""

BATCH: Final = 1_250
SESSION: Final = timedelta(minutes=45)
LAST_YEAR: Final = Span(date(2025, 1, 1), date(2025, 12, 31))
YEAR: Final = TrackerSettings(12, date(2026, 1, 1), date(2026, 12, 31), "Insurer: twelve a year", "#2A7F62", True, None)
QUARTER: Final = replace(YEAR, begin_date=date(2026, 10, 1), session_limit=4, note="Referral", color="#3366CC")
ENDLESS: Final = replace(YEAR, end_date=None, auto_reset=False, note="Ask first")


@dataclass(slots=True)
class Batch:
    """Rows of some clients."""

    clients: list[Client] = field(default_factory=list)
    trackers: list[Tracker] = field(default_factory=list)
    closed: list[ClosedPeriodRow] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)

    async def save(self) -> None:
        """Insert them, settled as of the eve; references are not checked, which would take most of the time."""
        if speaks_postgres():
            await database().execute_query("SET LOCAL session_replication_role = replica")
        await insert_rows(Client, self.clients)
        await insert_rows(Tracker, self.trackers)
        await insert_rows(ClosedPeriod, self.closed)
        await insert_rows(Appointment, self.appointments)
        quiet = [row.id for row in self.trackers]
        clients = await lock([row.id for row in self.clients])
        await settle(clients, now=EVE, because=ChangeReason.TRACKER_EDIT, actor=ACTOR, quiet=quiet)


async def fill(trackers: int, *, practices_wanted: int = PRACTICES) -> None:
    """Have the connected, empty database hold so many trackers that are due at midnight, two of each client.

    Of ten clients five have two resets, two a reset and an expiry, one these with tasks, and two have trackers that run
    on and a session that was completed in advance. On PostgreSQL the first 5,000 trackers are settled and the others
    are copies.

    Raises ValueError for a larger number on PostgreSQL that is not a multiple of 5,000.
    """
    teams = [await _team(number) for number in range(practices_wanted)]
    wanted = trackers // TRACKERS_EACH
    first = min(FIRST, wanted) if speaks_postgres() else wanted
    if wanted % first:
        raise ValueError(f"{trackers:,} trackers are not a multiple of {FIRST * TRACKERS_EACH:,}.")
    for begin in range(0, first, BATCH):
        batch = Batch()
        for place in range(begin, min(begin + BATCH, first)):
            _add(batch, teams[place % practices_wanted], place)
        await unit_of_work(batch.save, announced=False)
    await OutboxHint.all().delete()
    await multiply(wanted // first)
    await come_to_rest()


async def _team(number: int) -> StaffMember:
    practice = await practices.create(name=f"Practice {number}", time_zone=ZONE.key, actor=ACTOR, now=EVE)
    return await staff.add(
        practice_id=practice.id, actor=ACTOR, name="Nora", email="nora@harbour.example", role=Role.ADMIN, now=EVE
    )


def _add(batch: Batch, nora: StaffMember, number: int) -> None:
    client = Client(
        id=new_id(now=EVE), practice_id=nora.practice_id, name=f"Client {number}", time_zone=ZONE.key, created_at=EVE
    )
    batch.clients.append(client)
    for slot, settings in enumerate(_settings(number % 10, nora.id), start=1):
        _add_tracker(batch, client, settings, slot=slot)
    days = [date(2026, 2 + 2 * session % 11, 1 + (number + session) % 28) for session in range(SESSIONS)]
    if number % 10 >= 8:
        days[-1] = date(2027, 1, 1)
    for day in days:
        _add_appointment(batch, client, day)


def _settings(kind: int, assignee_id: UUID) -> Sequence[TrackerSettings]:
    if kind < 5:
        return YEAR, QUARTER
    if kind < 7:
        return YEAR, replace(QUARTER, auto_reset=False)
    if kind < 8:
        at_end = TaskRule(assignee_id, TaskTrigger.END_DATE)
        by_either = TaskRule(assignee_id, TaskTrigger.WHICHEVER_COMES_FIRST)
        return replace(YEAR, task_rule=at_end), replace(QUARTER, auto_reset=False, task_rule=by_either)
    return ENDLESS, replace(ENDLESS, session_limit=6)


def _add_tracker(batch: Batch, client: Client, settings: TrackerSettings, *, slot: int) -> None:
    row = Tracker(
        id=new_id(now=EVE), practice_id=client.practice_id, client_id=client.id, slot=slot, created_at=EVE,
        updated_at=EVE,
    )  # fmt: skip
    has_past = settings.begin_date == YEAR.begin_date and settings.auto_reset
    standing = Standing(
        settings.session_limit,
        settings.span,
        settings.auto_reset,
        settings.trigger,
        LAST_YEAR if has_past else settings.span,
        number=2 if has_past else 1,
    )
    write_settings(row, settings, standing)
    batch.trackers.append(row)
    if has_past:
        batch.closed.append(
            ClosedPeriodRow(
                id=new_id(now=EVE),
                practice_id=client.practice_id,
                tracker_id=row.id,
                number=1,
                begin_date=LAST_YEAR.begin,
                end_date=date(2025, 12, 31),
                session_limit=settings.session_limit,
                used=0,
                closed_at=first_instant(YEAR.begin_date, zone=ZONE),
            )
        )


def _add_appointment(batch: Batch, client: Client, day: date) -> None:
    row = Appointment(
        id=new_id(now=EVE),
        practice_id=client.practice_id,
        client_id=client.id,
        status=AppointmentStatus.COMPLETED,
        created_at=EVE,
    )
    starts_at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    row.place(starts_at=starts_at, ends_at=starts_at + SESSION, zone=ZONE)
    batch.appointments.append(row)
