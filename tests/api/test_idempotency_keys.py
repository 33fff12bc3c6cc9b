"""Idempotency keys: whose they are, what they stand for, and for how long."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from models.clients import Client
from models.idempotency import IdempotencyKey
from models.terms import Role
from tests.api.conftest import House, settle_in
from tests.api.refusals import refused
from tests.api.test_idempotency import CREATED, KEY, MARA

pytestmark = pytest.mark.asyncio(loop_scope="module")

REUSED: Final = ("IDEMPOTENCY_KEY_REUSED", "idempotencyKey")


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("createClient", {"name": "Mara Keller"}),
        ("createClient", {"name": "Jonas Frei", "externalId": "A-1"}),
        ("createStaffMember", {"name": "Mara Keller", "email": "mara@harbour.example", "role": "STAFF"}),
        ("updatePractice", {}),
    ],
)
async def test_a_key_of_another_change_is_refused(office: House, mutation: str, given: dict[str, str]) -> None:
    """Of another input, or of another mutation; and the first is answered as ever."""
    first = await office.api().done("createClient", CREATED, **MARA)
    await refused(office, mutation, REUSED, **given, idempotencyKey=KEY)
    assert await office.api().done("createClient", CREATED, **MARA) == first


async def test_the_same_input_may_be_written_in_another_way(office: House) -> None:
    """An instant with another offset, an option named as null; but null in an update says something."""
    client = await office.desk.client()
    local = {"startsAt": "2026-03-04T09:00:00+01:00", "endsAt": "2026-03-04T10:00:00+01:00"}
    universal = {"startsAt": "2026-03-04T08:00:00Z", "endsAt": "2026-03-04T09:00:00.000Z", "service": None}
    booked = [
        await office.api().done(
            "scheduleAppointment", "appointment { id }", clientId=client, idempotencyKey=KEY, **written
        )
        for written in (local, universal)
    ]
    assert booked[0] == booked[1]
    keyed = {"clientId": client, "name": "Mara Frei", "idempotencyKey": "another"}
    await office.api().done("updateClient", "client { id }", **keyed)
    await refused(office, "updateClient", REUSED, **keyed, externalId=None)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\0b", "\x1b"])
async def test_a_key_has_a_sane_length_and_can_be_written(office: House, key: str) -> None:
    """1 to 255 characters, none of them a control character."""
    await refused(office, "createClient", ("INVALID", "idempotencyKey"), **{**MARA, "idempotencyKey": key})


@pytest.mark.parametrize("key", [" ", "x" * 255, "ü" * 255, "🔑"])
async def test_any_other_text_is_a_key(office: House, key: str) -> None:
    """As it stands, spaces included."""
    keyed = {**MARA, "idempotencyKey": key}
    assert len({json.dumps(await office.api().done("createClient", CREATED, **keyed)) for _ in range(2)}) == 1


async def test_keys_belong_to_their_caller(office: House) -> None:
    """A colleague, a system, a system called as a colleague's id, another practice: each has keys of its own."""
    practice, people = await settle_in(office.clock, name="Lakeside")
    neighbour = replace(office, practice=practice, people=people)
    callers = [
        office.api(),
        office.api(Role.STAFF),
        office.system("calendar"),
        office.system("billing"),
        office.system(str(office.people[Role.ADMIN].id)),
        neighbour.api(),
        neighbour.system("calendar"),
    ]
    given = {"name": "Mara Keller", "idempotencyKey": KEY}
    made = [(await caller.done("createClient", CREATED, **given))["client"]["id"] for caller in callers]
    again = [(await caller.done("createClient", CREATED, **given))["client"]["id"] for caller in callers]
    assert again == made
    assert len(set(made)) == 7


async def test_a_key_is_kept_for_24_hours(office: House) -> None:
    """At the end of them it is new, for the same change or for another."""
    made = []
    for passed in (timedelta(0), timedelta(hours=24, microseconds=-1), timedelta(microseconds=1)):
        office.clock.moment += passed
        made.append(await office.api().done("createClient", CREATED, name="Mara Keller", idempotencyKey=KEY))
    assert made[0] == made[1] != made[2]
    office.clock.advance(hours=24)
    await office.api().done("createClient", CREATED, name="Jonas Frei", idempotencyKey=KEY)
    assert await Client.filter(practice_id=office.practice.id).count() == 3
    assert await IdempotencyKey.filter(practice_id=office.practice.id).count() == 1


async def test_each_mutation_of_a_request_has_its_own_key(office: House) -> None:
    """The same key again is a retry, and with another input it is refused; the others are made."""
    query = """mutation {
      one: createClient(input: { name: "Mara Keller", idempotencyKey: "1" }) { client { id } errors { code } }
      two: createClient(input: { name: "Mara Keller", idempotencyKey: "2" }) { client { id } errors { code } }
      again: createClient(input: { idempotencyKey: "1", name: "Mara Keller" }) { client { id } errors { code } }
      other: createClient(input: { name: "Jonas Frei", idempotencyKey: "2" }) { client { id } errors { code } }
      last: createClient(input: { name: "Mara Keller" }) { client { id } errors { code } } }"""
    first = await office.api().data(query)
    assert first["again"] == first["one"] != first["two"]
    assert first["other"] == {"client": None, "errors": [{"code": "IDEMPOTENCY_KEY_REUSED"}]}
    second = await office.api().data(query)
    assert {name: second[name] == first[name] for name in first} == {
        "one": True,
        "two": True,
        "again": True,
        "other": True,
        "last": False,
    }
    assert await Client.filter(practice_id=office.practice.id).count() == 4


async def test_a_key_with_nobody_signed_in(office: House) -> None:
    """It is the caller that is missing, as ever."""
    answer = await replace(office.api(), token=None).post(
        'mutation { createClient(input: { name: "Mara", idempotencyKey: "" }) { errors { code } } }'
    )
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"]
