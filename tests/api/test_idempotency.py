"""A mutation that is sent again with its key: answered, and not made again."""

import asyncio
import json
from typing import Any, Final

import pytest

from models.appointments import Appointment
from models.clients import Client
from models.terms import Role
from tests.api.conftest import House
from tests.api.desk import at, on_record
from tests.api.refusals import refused, unchanged
from tests.storage.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY: Final = "8e03978e-40d5-43dd-bc93-6894a57f9324"
MARA: Final[dict[str, Any]] = {"name": "Mara Keller", "externalId": "A-1", "idempotencyKey": KEY}
CREATED: Final = "client { id name revision }"


async def test_a_retry_is_answered_as_the_first_and_changes_nothing(office: House) -> None:
    """As often as it comes; without the key it would be refused."""
    first = await office.api().done("createClient", CREATED, **MARA)
    before = await on_record(office.practice.id)
    for _ in range(3):
        assert await office.api().done("createClient", CREATED, **MARA) == first
    assert await on_record(office.practice.id) == before
    await refused(office, "createClient", ("EXTERNAL_ID_TAKEN", "externalId"), **{**MARA, "idempotencyKey": None})


async def test_a_retry_may_ask_for_other_fields(office: House) -> None:
    """What is asked for is no part of the change."""
    first = await office.api().done("createClient", "client { id }", **MARA)
    again = await office.api().done("createClient", "client { id name tasks { id } }", **MARA)
    assert again["client"] == {**first["client"], "name": "Mara Keller", "tasks": []}


async def test_requests_at_once_are_answered_alike(office: House) -> None:
    """One of them makes the change; the others wait for it."""
    answers = await asyncio.gather(*(office.api().done("createClient", CREATED, **MARA) for _ in range(5)))
    assert answers == [answers[0]] * 5
    assert await Client.filter(practice_id=office.practice.id).count() == 1


async def test_a_retry_comes_over_a_socket(office: House) -> None:
    """The first came over HTTP."""
    first = await office.api().done("createClient", "client { id }", **MARA)
    query = "mutation ($i: CreateClientInput!) { createClient(input: $i) { client { id } errors { code } } }"
    async with office.api().socket() as socket:
        assert await socket.next(await socket.subscribe(query, i=MARA)) == {"createClient": first}
    assert await Client.filter(practice_id=office.practice.id).count() == 1


async def test_the_answer_was_never_read(office: House) -> None:
    """The connection breaks off between the commit and the answer; the retry is told what was made."""
    query = "mutation ($i: CreateClientInput!) { createClient(input: $i) { client { id } } }"
    body = json.dumps({"query": query, "variables": {"i": MARA}})
    host, port = office.address.removeprefix("http://").split(":")
    _reader, writer = await asyncio.open_connection(host, int(port))
    headers = (f"Host: {host}", f"Authorization: Bearer {office.api().token}", "Content-Type: application/json")
    writer.write("\r\n".join(["POST /graphql HTTP/1.1", *headers, f"Content-Length: {len(body)}", "", body]).encode())
    made = Client.filter(practice_id=office.practice.id)
    await until(made.exists)
    writer.transport.abort()
    again = await office.api().done("createClient", "client { name }", **MARA)
    assert again["client"] == {"name": "Mara Keller"}
    assert await made.count() == 1


async def test_what_came_after_the_first_stays(office: House) -> None:
    """A retry does not make the change once more over it: it is told how things stand."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    session = await office.desk.session(client)
    fields = "appointment { status banner { revision primary { used } } }"
    keyed = {"appointmentId": session, "idempotencyKey": KEY}
    first = await office.api().done("completeAppointment", fields, **keyed)
    assert first["appointment"] == {"status": "COMPLETED", "banner": {"revision": 2, "primary": {"used": 1}}}
    await office.desk.reopen(session)
    before = await on_record(office.practice.id)
    again = await office.api().done("completeAppointment", fields, **keyed)
    assert again["appointment"] == {"status": "SCHEDULED", "banner": {"revision": 3, "primary": {"used": 0}}}
    assert await on_record(office.practice.id) == before


async def test_what_was_made_is_gone_meanwhile(office: House) -> None:
    """It is not made again; that it was made, and is gone, is told."""
    booking = {"clientId": await office.desk.client(), **at("2026-03-04"), "idempotencyKey": KEY}
    booked = await office.api().done("scheduleAppointment", "appointment { id }", **booking)
    await office.api().done("deleteAppointment", "deletedId", appointmentId=booked["appointment"]["id"])
    await refused(office, "scheduleAppointment", ("NOT_FOUND",), **booking)
    assert await Appointment.filter(practice_id=office.practice.id).count() == 0


async def test_a_deletion_is_answered_again(office: House) -> None:
    """Without its key it would find nothing."""
    session = await office.desk.session(await office.desk.client())
    for _ in range(2):
        done = await office.api().done("deleteAppointment", "deletedId", appointmentId=session, idempotencyKey=KEY)
        assert done["deletedId"] == session
    await refused(office, "deleteAppointment", ("NOT_FOUND", "appointmentId"), appointmentId=session)


async def test_a_change_that_changes_nothing_is_done_too(office: House) -> None:
    """Repeated after the thing has changed, it still changes nothing."""
    session = await office.desk.session(await office.desk.client())
    await unchanged(office, "reopenAppointment", appointmentId=session, idempotencyKey=KEY)
    await office.desk.complete(session)
    await unchanged(office, "reopenAppointment", appointmentId=session, idempotencyKey=KEY)


async def test_what_failed_was_not_done(office: House) -> None:
    """The key is free for a retry, which succeeds once it can, and for another input."""
    client = await office.desk.client()
    for _ in range(8):
        last = await office.desk.tracker(client)
    keyed = {"clientId": client, "sessionLimit": 3, "beginDate": "2026-03-01", "idempotencyKey": KEY}
    for _ in range(2):
        await refused(office, "createTracker", ("TOO_MANY_TRACKERS", "clientId"), **keyed)
    await refused(office, "createTracker", ("LIMIT_TOO_LOW", "sessionLimit"), **{**keyed, "sessionLimit": 0})
    await office.api().done("removeTracker", "tracker { id }", trackerId=last)
    made = [await office.api().done("createTracker", "tracker { id slot }", **keyed) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["tracker"]["slot"] == 8


async def test_who_may_no_longer_is_refused(office: House) -> None:
    """A retry asks for the same permission as the change did."""
    keyed = {"name": "Mara Keller", "idempotencyKey": KEY}
    await office.api(Role.STAFF).done("createClient", CREATED, **keyed)
    person = office.id_of(Role.STAFF)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, role="READ_ONLY")
    payload = await office.api(Role.STAFF).do("createClient", CREATED, **keyed)
    assert [error["code"] for error in payload["errors"]] == ["FORBIDDEN"]
    assert payload["client"] is None
