"""The demo practice: a few clients at different points of their trackers' lives, around today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from models.access import Viewer, within
from models.calendar import local_date
from models.clients import Client
from models.history import Actor, HistoryEntry
from models.practices import Practice, StaffMember
from models.spans import add_months
from models.terms import AppointmentStatus, Role, TaskTrigger
from models.tracker_settings import TaskRule, TrackerSettings
from resolvers import appointments, clients, practices, staff, trackers

NAME: Final = "Harbour Physiotherapy"
ZONE: Final = "Europe/Zurich"
ACTOR: Final = Actor("demo")
PEOPLE: Final = {
    Role.ADMIN: ("Nora Brandt", "nora.brandt@harbour.example"),
    Role.STAFF: ("Luca Moretti", "luca.moretti@harbour.example"),
    Role.READ_ONLY: ("Ida Sommer", "ida.sommer@harbour.example"),
    Role.INTEGRATION: ("Calendar link", "calendar@harbour.example"),
}
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Story:
    """One client: on which days from today sessions were completed, were called off or missed, or are booked."""

    name: str
    completed: Sequence[int]
    booked: Sequence[int] = ()
    cancelled: Sequence[int] = ()
    missed: Sequence[int] = ()


STORIES: Final = (
    Story("Mara Keller", completed=[-24, -17, -10, -3], booked=[0, 4, 11], cancelled=[-14]),
    Story("Jonas Frei", completed=[-40, -33, -26, -19, -12], booked=[0, 2], missed=[-5]),
    Story("Aline Roth", completed=[-6, -4, -2, -1], booked=[0, 1]),
    Story("Peter Vogt", completed=[-200, -150, -100, -70], booked=[0]),
    Story("Selma Aydin", completed=[-8, 3], booked=[0, 7]),
)


async def seed(*, now: datetime) -> Practice | None:
    """Create the demo practice in a database without any; return it, or None where there are only others.

    It is made by the same use cases as everything else, so it has a history, and its counts are real.
    """
    if await Practice.exists():
        return await seeded()
    practice = await practices.create(name=NAME, time_zone=ZONE, actor=ACTOR, now=now)
    for role, (name, email) in PEOPLE.items():
        await staff.add(practice_id=practice.id, actor=ACTOR, name=name, email=email, role=role, now=now)
    viewer = Viewer(practice.id, Role.ADMIN, ACTOR.label)
    people = {story.name: await _tell(story, viewer, now=now) for story in STORIES}
    await _set_trackers(people, viewer, today=local_date(now, zone=ZoneInfo(ZONE)), now=now)
    return practice


async def seeded() -> Practice | None:
    """Return the practice that `seed` made, or None: it is the oldest, and its history says who made it."""
    oldest = await Practice.all().order_by("id").first()
    if oldest is None:
        return None
    made = within(HistoryEntry, practice_id=oldest.id).filter(subject_id=oldest.id, what="practice.created")
    return oldest if await made.filter(actor=ACTOR.label, staff_member_id=None).exists() else None


async def first_of_each_role(practice: Practice) -> dict[Role, StaffMember]:
    """Return who stands for each role: the active person who has had it longest."""
    people = await within(StaffMember, practice_id=practice.id).filter(active=True).order_by("id")
    return {person.role: person for person in reversed(people)}


async def _tell(story: Story, viewer: Viewer, *, now: datetime) -> Client:
    client = await clients.create(viewer=viewer, name=story.name, external_id=None, now=now)
    days = {
        AppointmentStatus.COMPLETED: story.completed,
        AppointmentStatus.SCHEDULED: story.booked,
        AppointmentStatus.CANCELLED: story.cancelled,
        AppointmentStatus.MISSED: story.missed,
    }
    hour = 8 + [other.name for other in STORIES].index(story.name)
    today = local_date(now, zone=ZoneInfo(ZONE))
    for status, offsets in days.items():
        for offset in offsets:
            starts_at = datetime.combine(today + offset * ONE_DAY, time(hour), tzinfo=ZoneInfo(ZONE))
            appointment = await appointments.schedule(
                viewer=viewer,
                client_id=client.id,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=45),
                practitioner_id=None,
                service="Physiotherapy",
                external_id=None,
                now=now,
            )
            await appointments.set_status(viewer=viewer, appointment_id=appointment.id, status=status, now=now)
    return client


async def _set_trackers(people: dict[str, Client], viewer: Viewer, *, today: date, now: datetime) -> None:
    luca = await within(StaffMember, practice_id=viewer.practice_id).get(role=Role.STAFF)
    month = today.replace(day=1)
    year = date(today.year, 1, 1)

    def rule(trigger: TaskTrigger) -> TaskRule:
        return TaskRule(luca.id, trigger)

    def end_of(begin: date, months: int) -> date:
        return add_months(begin, months) - ONE_DAY

    first = today - timedelta(days=30)
    settings = {
        "Mara Keller": [
            TrackerSettings(
                5,
                first,
                today + 2 * ONE_DAY,
                "Insurer: five sessions, then ask",
                "#2A7F62",
                True,
                rule(TaskTrigger.WHICHEVER_COMES_FIRST),
            ),
            TrackerSettings(36, year, end_of(year, 12), "Supplementary insurance, per year", "#3366CC", True, None),
        ],
        "Jonas Frei": [
            TrackerSettings(
                6,
                today - timedelta(days=45),
                today + timedelta(days=20),
                "Referral Dr. Stein",
                "#B3541E",
                False,
                rule(TaskTrigger.COUNT_REACHED),
            )
        ],
        "Aline Roth": [
            TrackerSettings(3, month, end_of(month, 1), "Direct access", "#7A3E9D", True, None),
        ],
        "Peter Vogt": [
            TrackerSettings(
                10,
                today - timedelta(days=210),
                today - timedelta(days=30),
                "Expired referral",
                "#8A1C1C",
                False,
                rule(TaskTrigger.END_DATE),
            )
        ],
        "Selma Aydin": [
            TrackerSettings(
                9, today - timedelta(days=10), None, None, "#14647A", False, rule(TaskTrigger.COUNT_REACHED)
            ),
            TrackerSettings(12, month + timedelta(days=40), None, "Next prescription", "#3366CC", False, None),
        ],
    }
    for name, wanted in settings.items():
        for tracker in wanted:
            await trackers.create(viewer=viewer, client_id=people[name].id, settings=tracker, now=now)
