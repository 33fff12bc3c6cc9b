"""The audit log: every change in the practice, who made it, when, and from what to what."""

from datetime import datetime

import pytest

from models.terms import Role
from tests.api.audit_log import LOG, SET, log_of
from tests.api.conftest import House
from tests.api.desk import at

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_change_is_told_with_who_made_it_and_when(office: House) -> None:
    """By a person, by a system with a token, and by itself; from what to what."""
    office.clock.advance(minutes=1)
    client = await office.desk.client()
    office.clock.advance(minutes=1)
    await office.system("calendar").done("updateClient", "client { id }", clientId=client, externalId="K-1")
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
