"""Changing the practice, its staff, and the demo's clock."""

import pytest

from graph.ids import global_id
from models.clients import Client
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import House
from tests.api.desk import on_record
from tests.api.refusals import refused, unchanged
from tests.storage.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PRACTICE = "practice { name timeZone today }"
PERSON = "staffMember { name email role active }"
ADVANCE = """mutation ($days: Int!) {
  advanceClock(days: $days) { practice { today } errors { code path message } } }"""


async def test_the_practice_is_renamed_and_moved(office: House) -> None:
    """What is absent stays; the same again changes nothing; today is the new zone's."""
    renamed = await office.api().done("updatePractice", PRACTICE, name=" Harbour House ")
    assert renamed["practice"] == {"name": "Harbour House", "timeZone": "Europe/Zurich", "today": "2026-03-04"}
    moved = await office.api().done("updatePractice", PRACTICE, timeZone="Pacific/Kiritimati")
    assert moved["practice"] == {"name": "Harbour House", "timeZone": "Pacific/Kiritimati", "today": "2026-03-05"}
    await unchanged(office, "updatePractice", name="Harbour House", timeZone="Pacific/Kiritimati")
    await unchanged(office, "updatePractice")


async def test_the_clients_follow_by_themselves(office: House) -> None:
    """Though nobody reads them; the practice tells when the last one has."""
    people = [await office.desk.client() for _ in range(2)]
    moved = await office.api().done("updatePractice", "practice { clientsToMove }", timeZone="Pacific/Kiritimati")
    assert moved["practice"]["clientsToMove"] in {0, len(people)}  # The worker may have been quicker than the answer.

    async def is_over() -> bool:
        told = await office.api().data("{ practice { clientsToMove } }")
        return bool(told["practice"] == {"clientsToMove": 0})

    await until(is_over)
    rows = await Client.filter(practice_id=office.practice.id)
    assert [row.time_zone for row in rows] == ["Pacific/Kiritimati"] * 2


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\0b", None])
async def test_a_practice_has_a_proper_name(office: House, name: str | None) -> None:
    """Empty, over-long, unprintable, or cleared: refused."""
    await refused(office, "updatePractice", ("INVALID", "name"), name=name)


async def test_a_practice_cannot_lose_its_zone(office: House) -> None:
    """Nothing here can be cleared; all is told at once."""
    problems = (("INVALID", "name"), ("INVALID", "timeZone"))
    await refused(office, "updatePractice", *problems, name=None, timeZone=None)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "europe/zurich", "localtime", 7])
async def test_an_unknown_zone_is_a_bad_request(office: House, zone: object) -> None:
    """Only IANA names are zones; nothing moves."""
    before = await on_record(office.practice.id)
    answer = await office.api().post(
        "mutation ($i: UpdatePracticeInput!) { updatePractice(input: $i) { errors { code } } }", i={"timeZone": zone}
    )
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await on_record(office.practice.id) == before


async def test_a_staff_member_is_added_and_changed(office: House) -> None:
    """Addresses are kept in small letters; what is absent stays; the same again changes nothing."""
    given = {"name": " Ada Lang ", "email": " Ada@Harbour.example ", "role": "STAFF"}
    payload = await office.api().done("createStaffMember", f"{PERSON[:-1]} id }}", **given)
    person = payload["staffMember"].pop("id")
    ada = {"name": "Ada Lang", "email": "ada@harbour.example", "role": "STAFF", "active": True}
    assert payload["staffMember"] == ada
    for change in ({"name": "Ada Long"}, {"email": "long@harbour.example"}, {"role": "READ_ONLY"}, {"active": False}):
        ada |= change
        changed = await office.api().done("updateStaffMember", PERSON, staffMemberId=person, **change)
        assert changed["staffMember"] == ada
        await unchanged(office, "updateStaffMember", staffMemberId=person, **change)
    await unchanged(office, "updateStaffMember", staffMemberId=person, email="Long@Harbour.example ")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"name": " "}, ("INVALID", "name")),
        ({"name": "x" * 201}, ("INVALID", "name")),
        ({"name": "a\0b"}, ("INVALID", "name")),
        ({"email": ""}, ("INVALID", "email")),
        ({"email": "nobody"}, ("INVALID", "email")),
        ({"email": "a b@c.example"}, ("INVALID", "email")),
        ({"email": "x" * 250 + "@a.ch"}, ("INVALID", "email")),
        ({"email": "a\0@b.example"}, ("INVALID", "email")),
    ],
)
async def test_a_bad_name_or_address_is_refused(office: House, given: dict[str, str], problem: tuple[str, ...]) -> None:
    """When adding and when changing a person."""
    person = {"name": "Ada Lang", "email": "ada@harbour.example", "role": "STAFF"}
    await refused(office, "createStaffMember", problem, **{**person, **given})
    await refused(office, "updateStaffMember", problem, staffMemberId=office.id_of(Role.STAFF), **given)


async def test_all_problems_of_a_person_are_told_at_once(office: House) -> None:
    """Name and address; and all that cannot be cleared."""
    problems = (("INVALID", "name"), ("INVALID", "email"))
    await refused(office, "createStaffMember", *problems, name="", email="nobody", role="STAFF")
    person = office.id_of(Role.STAFF)
    await refused(office, "updateStaffMember", *problems, staffMemberId=person, name=" ", email="nobody")
    cleared = {"name": None, "email": None, "role": None, "active": None}
    problems_of_null = [("INVALID", field) for field in cleared]
    await refused(office, "updateStaffMember", *problems_of_null, staffMemberId=person, **cleared)


async def test_an_address_belongs_to_one_person(office: House) -> None:
    """In any spelling; also that of somebody who left."""
    gone = office.id_of(Role.READ_ONLY)
    await office.api().done("updateStaffMember", PERSON, staffMemberId=gone, active=False)
    taken = {"email": "READ_ONLY@harbour.example"}
    problem = ("EMAIL_TAKEN", "email")
    await refused(office, "createStaffMember", problem, name="Ada Lang", role="STAFF", **taken)
    await refused(office, "updateStaffMember", problem, staffMemberId=office.id_of(Role.STAFF), **taken)


@pytest.mark.parametrize(("field", "value"), [("role", "STAFF"), ("active", False)])
async def test_a_practice_keeps_an_administrator(office: House, field: str, value: object) -> None:
    """The last active one stays; with a second, the first may go."""
    admin = office.id_of(Role.ADMIN)
    await refused(office, "updateStaffMember", ("LAST_ADMIN", field), staffMemberId=admin, **{field: value})
    await office.api().done("updateStaffMember", PERSON, staffMemberId=office.id_of(Role.STAFF), role="ADMIN")
    changed = await office.api().done("updateStaffMember", PERSON, staffMemberId=admin, **{field: value})
    assert changed["staffMember"][field] == value


async def test_a_person_who_is_not_there_cannot_be_changed(office: House) -> None:
    """An unknown id is not found; an id of another type is invalid."""
    unknown = global_id("StaffMember", new_id(now=office.clock.now()))
    await refused(office, "updateStaffMember", ("NOT_FOUND", "staffMemberId"), staffMemberId=unknown, name="Ada")
    other = global_id("Practice", office.practice.id)
    await refused(office, "updateStaffMember", ("INVALID_ID", "staffMemberId"), staffMemberId=other, name="Ada")


@pytest.mark.parametrize("days", [0, -1, 3661])
async def test_the_clock_goes_ahead_by_days(office: House, days: int) -> None:
    """Never back, never without bound: the day stays."""
    payload = (await office.api().data(ADVANCE, days=days))["advanceClock"]
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("INVALID", ["days"])]
    assert payload["practice"] is None
    assert (await office.api().data("{ practice { today } }"))["practice"] == {"today": "2026-03-04"}
