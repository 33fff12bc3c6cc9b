"""The audit log: every change in the practice, who made it, when, and from what to what."""

from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from graph.auth import issue_token
from graph.ids import global_id
from models.terms import Role
from tests.api.conftest import SECRET, House
from tests.api.desk import at
from tests.api.served import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENTRY: Final = """id at what subjectId before after actor { label staffMember { id } } client { id }
  subject { __typename id }"""
LOG: Final = f"query ($filter: AuditLogFilter) {{ auditLog(filter: $filter, first: 100) {{ nodes {{ {ENTRY} }} }} }}"
FIRST: Final = ["staff_member.created"] * 4 + ["practice.created"]
"""What a new practice's log begins with, newest first."""

SET: Final = ["tracker.counted", "tracker.created"]
"""What is told of a tracker that was set, newest first."""


async def log_of(office: House, **only: object) -> list[dict[str, Any]]:
    """Return the entries that a filter leaves, newest first."""
    entries: list[dict[str, Any]] = (await office.api().data(LOG, filter=only))["auditLog"]["nodes"]
    return entries


async def whats(office: House, **only: object) -> list[str]:
    """Return what was done, newest first."""
    return [entry["what"] for entry in await log_of(office, **only)]


def calendar_of(office: House) -> Api:
    """Return a client with the token of a system that is called calendar."""
    token = issue_token(
        secret=SECRET,
        practice_id=office.practice.id,
        now=office.clock.now(),
        lifetime=timedelta(days=1),
        role=Role.INTEGRATION,
        label="calendar",
    )
    return Api(office.address, token, office.http)


async def test_a_change_is_told_with_who_made_it_and_when(office: House) -> None:
    """By a person, by a system with a token, and by itself; from what to what."""
    office.clock.advance(minutes=1)
    client = await office.desk.client()
    office.clock.advance(minutes=1)
    await calendar_of(office).done("updateClient", "client { id }", clientId=client, externalId="K-1")
    renamed, created, *_ = await log_of(office)
    assert created.pop("id") != renamed.pop("id")
    about = {"subjectId": client, "client": {"id": client}, "subject": {"__typename": "Client", "id": client}}
    assert created == {
        "at": "2026-03-04T10:01:00+00:00",
        "what": "client.created",
        "actor": {"label": "Admin", "staffMember": {"id": office.id_of(Role.ADMIN)}},
        "before": None,
        "after": {"name": "Mara Keller", "externalId": None},
        **about,
    }
    assert renamed == {
        "at": "2026-03-04T10:02:00+00:00",
        "what": "client.updated",
        "actor": {"label": "calendar", "staffMember": None},
        "before": {"name": "Mara Keller", "externalId": None},
        "after": {"name": "Mara Keller", "externalId": "K-1"},
        **about,
    }


async def test_what_was_deleted_is_still_told(office: House) -> None:
    """Its id, what it was, and that it is there no more."""
    client = await office.desk.client()
    appointment = await office.desk.session(client, practitionerId=office.id_of(Role.STAFF))
    await office.api().done("deleteAppointment", "deletedId", appointmentId=appointment)
    deleted, booked = await log_of(office, subjectId=appointment)
    assert (deleted["what"], booked["what"]) == ("appointment.deleted", "appointment.scheduled")
    assert deleted["subject"] is booked["subject"] is None
    assert deleted["subjectId"] == appointment
    assert (deleted["before"], deleted["after"], booked["before"]) == (booked["after"], None, None)
    assert booked["after"] == {
        "status": "SCHEDULED",
        "startsAt": "2026-03-04T08:00:00+00:00",
        "endsAt": "2026-03-04T08:50:00+00:00",
        "serviceDate": "2026-03-04",
        "clientId": client,
        "practitionerId": office.id_of(Role.STAFF),
        "service": None,
    }


async def test_ids_in_a_change_are_those_of_the_api(office: House) -> None:
    """Of the person in a rule, of the one who is given a task, of trackers in their slots."""
    client, staff, admin = await office.desk.client(), office.id_of(Role.STAFF), office.id_of(Role.ADMIN)
    task = await office.desk.task(staff, client)
    first = (await office.api().data("{ trackers { nodes { id } } }"))["trackers"]["nodes"][0]["id"]
    second = await office.desk.tracker(client)
    await office.api().done("reorderTrackers", "client { id }", clientId=client, trackerIds=[second, first])
    await office.api().done("reassignTask", "task { id }", taskId=task, assigneeId=admin)
    told = {entry["what"]: entry for entry in reversed(await log_of(office, clientId=client))}
    (set_first,) = [entry for entry in await log_of(office, subjectId=first) if entry["what"] == "tracker.created"]
    assert set_first["after"]["taskRule"] == {"assigneeId": staff, "trigger": "COUNT_REACHED"}
    assert told["trackers.reordered"]["before"] == {"1": first, "2": second}
    assert told["trackers.reordered"]["after"] == {"1": second, "2": first}
    assert told["task.reassigned"]["before"] == {"status": "OPEN", "assignee": staff}
    assert told["task.reassigned"]["after"] == {"status": "OPEN", "assignee": admin}


async def everything(office: House) -> None:
    """Have everything happen that history tells of."""
    desk, do, staff = office.desk, office.api().done, office.id_of(Role.STAFF)
    client = await desk.client()
    await do("updateClient", "client { id }", clientId=client, name="Mara Huber")
    task = await desk.task(staff, client)
    tracker = await desk.tracker(client, 2, "2026-02-01", endDate="2026-02-28", autoReset=True)
    await desk.tracker(client, begin="2026-03-01", endDate="2026-03-04")
    appointment = await desk.session(client, "2026-02-10", completed=True)
    for change in ("reopenAppointment", "markAppointmentMissed", "cancelAppointment"):
        await do(change, "appointment { id }", appointmentId=appointment)
    await do("rescheduleAppointment", "appointment { id }", appointmentId=appointment, **at("2026-03-03"))
    for change in ("completeTask", "reopenTask"):
        await do(change, "task { id }", taskId=task)
    await do("reassignTask", "task { id }", taskId=task, assigneeId=office.id_of(Role.ADMIN))
    counted = (await office.api().data("{ appointments(status: COMPLETED) { nodes { id } } }"))["appointments"]["nodes"]
    await do("deleteAppointment", "deletedId", appointmentId=counted[0]["id"])
    trackers = [each["id"] for each in (await office.api().data("{ trackers { nodes { id } } }"))["trackers"]["nodes"]]
    await do("reorderTrackers", "client { id }", clientId=client, trackerIds=sorted(trackers, reverse=True))
    await do("reorderTrackers", "client { id }", clientId=client, trackerIds=sorted(trackers))
    await do("updateTracker", "tracker { id }", trackerId=tracker, sessionLimit=9)
    await do("removeTracker", "tracker { id }", trackerId=tracker)
    await do("updatePractice", "practice { id }", name="Harbour House")
    await do("updateStaffMember", "staffMember { id }", staffMemberId=staff, name="Ada")
    office.clock.advance(days=1)


async def test_every_kind_of_change_is_told_with_what_it_is_about(office: House) -> None:
    """Of each kind the subject is found, unless it was deleted, and is what its first word says."""
    await everything(office)
    found: dict[str, set[str]] = {}
    for entry in await log_of(office):
        name = entry["subject"]["__typename"] if entry["subject"] else "gone"
        found.setdefault(name, set()).add(entry["what"])
    deleted = {"appointment.deleted", "appointment.completed", "appointment.scheduled"}
    said = ("scheduled", "completed", "missed", "cancelled", "rescheduled")
    assert found == {
        "Appointment": {f"appointment.{what}" for what in said},
        "Client": {"client.created", "client.updated", "trackers.reordered"},
        "Practice": {"practice.created", "practice.updated"},
        "StaffMember": {"staff_member.created", "staff_member.updated"},
        "Task": {f"task.{what}" for what in ("created", "completed", "reopened", "reassigned", "withdrawn")},
        "Tracker": {f"tracker.{what}" for what in ("created", "updated", "counted", "expired", "removed")}
        | {"period.closed", "period.corrected"},
        "gone": deleted,
    }


async def test_the_log_is_narrowed(office: House) -> None:
    """By subject, client, person, name and time, and by several of these; `until` is not included."""
    mara, noah = await office.desk.client(), await office.desk.client("Noah Meier")
    tracker = await office.desk.tracker(mara)
    office.clock.advance(hours=1)
    await office.api(Role.STAFF).done("updateClient", "client { id }", clientId=noah, name="Noah Huber")
    office.clock.advance(hours=1)
    await calendar_of(office).done("updateClient", "client { id }", clientId=mara, name="Mara Huber")
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


async def test_what_was_due_is_settled_before_it_is_told(office: House) -> None:
    """The end of a period is told at the midnight at which it was, by the system."""
    client = await office.desk.client()
    tracker = await office.desk.tracker(client, endDate="2026-03-31", autoReset=True)
    office.clock.moment = datetime.fromisoformat("2026-04-02T09:00:00+02:00")
    entry, *others = await log_of(office, subjectId=tracker)
    assert [other["what"] for other in others] == SET
    assert (entry["what"], entry["at"]) == ("period.closed", "2026-03-31T22:00:00+00:00")
    assert entry["actor"] == {"label": "system", "staffMember": None}
    assert (entry["before"], entry["subject"]) == (None, {"__typename": "Tracker", "id": tracker})
    assert entry["after"] == {"period": 1, "begin": "2026-03-01", "end": "2026-03-31", "limit": 3, "used": 0}


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_who_is_no_administrator_is_shown_nothing(office: House, role: Role) -> None:
    """Not even whether there is something."""
    await office.desk.client()
    answer = await office.api(role).post(LOG)
    (error,) = answer["errors"]
    assert (answer["data"], error["path"], error["extensions"]) == (None, ["auditLog"], {"code": "FORBIDDEN"})
    assert error["message"] == f"The role {role} may not read the audit log, as auditLog does."


HISTORY: Final = """query ($id: ID!) { node(id: $id) { ... on Tracker { history {
  nodes { at what actor { label } subjectId before after } } } } }"""


@pytest.mark.parametrize("role", Role)
async def test_who_reads_a_tracker_reads_its_history(office: House, role: Role) -> None:
    """Newest first, its own alone, also when it was removed."""
    client = await office.desk.client()
    other, tracker = await office.desk.tracker(client), await office.desk.tracker(client, 1)
    office.clock.advance(minutes=1)
    await office.desk.session(client, completed=True)
    office.clock.advance(minutes=1)
    await office.api(Role.STAFF).done("removeTracker", "tracker { id }", trackerId=tracker)
    nodes = (await office.api(role).data(HISTORY, id=tracker))["node"]["history"]["nodes"]
    assert [(each["what"], each["actor"]["label"], each["at"][11:16]) for each in nodes] == [
        ("tracker.removed", "Staff", "10:02"),
        ("tracker.counted", "Admin", "10:01"),
        ("tracker.counted", "Admin", "10:00"),
        ("tracker.created", "Admin", "10:00"),
    ]
    assert {each["subjectId"] for each in nodes} == {tracker}
    assert nodes[1]["before"] == {"used": 0, "remaining": 1, "state": "ACTIVE", "period": 1}
    assert nodes[1]["after"] == {"used": 1, "remaining": 0, "state": "LIMIT_REACHED", "period": 1}
    of_other = (await office.api(role).data(HISTORY, id=other))["node"]["history"]["nodes"]
    assert [each["what"] for each in of_other] == ["tracker.counted", *SET]


async def test_a_watched_client_is_shown_what_was_just_told(office: House) -> None:
    """With the event of a change comes the entry of that change."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    query = """subscription ($id: ID!) { clientTrackers(clientId: $id) { trackers { history(first: 1) {
      nodes { what after } } } } }"""
    async with office.api().socket() as socket:
        watched = await socket.subscribe(query, id=client)
        await socket.next(watched)
        await office.desk.session(client, completed=True)
        event = await socket.next(watched)
    (entry,) = event["clientTrackers"]["trackers"][0]["history"]["nodes"]
    after = {"used": 1, "remaining": 2, "state": "ACTIVE", "period": 1}
    assert entry == {"what": "tracker.counted", "after": after}
