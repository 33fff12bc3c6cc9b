"""The audit log narrowed: by subject, client, person, name and time."""

import pytest

from graph.ids import global_id
from models.terms import Role
from tests.api.audit_log import FIRST, LOG, SET, whats
from tests.api.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_log_is_narrowed(office: House) -> None:
    """By subject, client, person, name and time, and by several of these; `until` is not included."""
    mara, noah = await office.desk.client(), await office.desk.client("Noah Meier")
    tracker = await office.desk.tracker(mara)
    office.clock.advance(hours=1)
    await office.api(Role.STAFF).done("updateClient", "client { id }", clientId=noah, name="Noah Huber")
    office.clock.advance(hours=1)
    await office.system("calendar").done("updateClient", "client { id }", clientId=mara, name="Mara Huber")
    assert await whats(office, subjectId=mara) == ["client.updated", "client.created"]
    assert await whats(office, clientId=mara) == ["client.updated", *SET, "client.created"]
    assert await whats(office, subjectId=tracker, clientId=mara) == SET
    assert await whats(office, subjectId=tracker, clientId=noah) == []
    assert await whats(office, actorId=office.id_of(Role.STAFF)) == ["client.updated"]
    assert await whats(office, actorLabel="calendar") == ["client.updated"]
    assert await whats(office, actorLabel="cal") == []
    assert await whats(office, actorLabel="tests") == FIRST
    eleven = "2026-03-04T12:00:00+01:00"
    assert await whats(office, since=eleven) == ["client.updated", "client.updated"]
    assert await whats(office, since=eleven, until="2026-03-04T12:00:00Z") == ["client.updated"]
    assert await whats(office, until=eleven) == [*SET, "client.created", "client.created", *FIRST]
    assert await whats(office, since=eleven, until=eleven) == []
    assert await whats(office, actorLabel=" ") == await whats(office)


async def test_a_filter_that_makes_no_sense_is_refused(office: House) -> None:
    """With the field at fault."""
    person = office.id_of(Role.STAFF)
    wrong: list[tuple[dict[str, object], str, list[str]]] = [
        ({"subjectId": "x"}, "INVALID_ID", ["filter", "subjectId"]),
        ({"clientId": person}, "INVALID_ID", ["filter", "clientId"]),
        ({"actorId": global_id("Practice", office.practice.id)}, "INVALID_ID", ["filter", "actorId"]),
        ({"actorLabel": "a\0b"}, "INVALID", ["filter", "actorLabel"]),
        ({"actorLabel": "a" * 201}, "INVALID", ["filter", "actorLabel"]),
    ]
    for only, code, path in wrong:
        (error,) = (await office.api().post(LOG, filter=only))["errors"]
        assert error["extensions"] == {"code": code, "input": path}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z"])
async def test_moments_at_the_ends_of_time_are_no_fault_of_ours(office: House, moment: str) -> None:
    """They are answered, or are not acceptable."""
    answer = await office.api().post(LOG, filter={"since": moment, "until": moment})
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    assert codes <= {"BAD_USER_INPUT"}
