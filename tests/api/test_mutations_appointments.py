"""Booking, moving and deleting appointments, and saying what became of them."""

import pytest

from graph.ids import global_id
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import House
from tests.api.desk import TODAY, at, history_of
from tests.api.refusals import refused, unchanged

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS = """appointment { startsAt endsAt serviceDate status service externalId
  client { id revision trackers { used } } practitioner { id } }"""
STATUSES = {
    "completeAppointment": ("COMPLETED", 1),
    "cancelAppointment": ("CANCELLED", 0),
    "markAppointmentMissed": ("MISSED", 0),
    "reopenAppointment": ("SCHEDULED", 0),
}


async def test_a_session_is_booked(office: House) -> None:
    """Its service date is the date of its start where the practice is, and its times are told in UTC."""
    client = await office.desk.client()
    payload = await office.api().done(
        "scheduleAppointment",
        FIELDS,
        clientId=client,
        startsAt="2026-03-04T23:30:00Z",
        endsAt="2026-03-05T01:00:00+01:00",
        practitionerId=office.id_of(Role.STAFF),
        service=" Speech therapy ",
        externalId=" A-1 ",
    )
    assert payload["appointment"] == {
        "startsAt": "2026-03-04T23:30:00+00:00",
        "endsAt": "2026-03-05T00:00:00+00:00",
        "serviceDate": "2026-03-05",
        "status": "SCHEDULED",
        "service": "Speech therapy",
        "externalId": "A-1",
        "client": {"id": client, "revision": 0, "trackers": []},
        "practitioner": {"id": office.id_of(Role.STAFF)},
    }


@pytest.mark.parametrize(
    ("starts", "ends", "problem"),
    [
        ("2026-03-04T10:00:00Z", "2026-03-04T10:00:00Z", ("END_BEFORE_BEGIN", "endsAt")),
        ("2026-03-04T10:00:00Z", "2026-03-04T10:30:00+01:00", ("END_BEFORE_BEGIN", "endsAt")),
        ("2026-03-04T10:00:00Z", "2026-03-05T10:00:01Z", ("INVALID", "endsAt")),
        ("1066-10-14T09:00:00Z", "1066-10-14T10:00:00Z", ("INVALID", "startsAt")),
        ("2026-03-04T10:00:00Z", "3500-01-01T10:00:00Z", ("INVALID", "endsAt")),
    ],
)
async def test_impossible_times_are_refused(office: House, starts: str, ends: str, problem: tuple[str, ...]) -> None:
    """A session ends after it starts, within a day, in years that a practice knows."""
    client = await office.desk.client()
    times = {"startsAt": starts, "endsAt": ends}
    await refused(office, "scheduleAppointment", problem, clientId=client, **times)
    appointment = await office.desk.session(client)
    await refused(office, "rescheduleAppointment", problem, appointmentId=appointment, **times)


@pytest.mark.parametrize("moment", ["2026-03-04T10:00:00", "2026-03-04", "tomorrow", 5, "2026-02-30T10:00:00Z"])
async def test_a_moment_without_an_offset_is_refused(office: House, moment: object) -> None:
    """Nobody guesses which hour was meant: the request itself is at fault."""
    client = await office.desk.client()
    answer = await office.api().post(
        "mutation ($i: ScheduleAppointmentInput!) { scheduleAppointment(input: $i) { errors { code } } }",
        i={"clientId": client, "startsAt": moment, "endsAt": "2026-03-04T11:00:00Z"},
    )
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert "data" not in answer or answer["data"] is None
    assert await history_of(office.practice.id) == ["client.created"]


async def test_all_problems_of_a_booking_are_told_at_once(office: House) -> None:
    """Times and texts together."""
    await refused(
        office,
        "scheduleAppointment",
        ("END_BEFORE_BEGIN", "endsAt"),
        ("INVALID", "service"),
        ("INVALID", "externalId"),
        clientId=await office.desk.client(),
        startsAt="2026-03-04T10:00:00Z",
        endsAt="2026-03-04T09:00:00Z",
        service="x" * 201,
        externalId="a\0b",
    )


async def test_a_booking_names_people_who_are_there(office: House) -> None:
    """The client and the practitioner exist, and the practitioner is active."""
    client, unknown = await office.desk.client(), new_id(now=office.clock.now())
    await refused(
        office, "scheduleAppointment", ("NOT_FOUND", "clientId"), clientId=global_id("Client", unknown), **at(TODAY)
    )
    named = {"clientId": client, **at(TODAY)}
    nobody = global_id("StaffMember", unknown)
    await refused(office, "scheduleAppointment", ("NOT_FOUND", "practitionerId"), practitionerId=nobody, **named)
    await refused(office, "scheduleAppointment", ("INVALID_ID", "practitionerId"), practitionerId=client, **named)
    gone = office.id_of(Role.STAFF)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=gone, active=False)
    await refused(
        office, "scheduleAppointment", ("INACTIVE_STAFF_MEMBER", "practitionerId"), practitionerId=gone, **named
    )


async def test_an_external_id_belongs_to_one_appointment(office: House) -> None:
    """Another calendar's id names one appointment of the practice."""
    client = await office.desk.client()
    await office.desk.session(client, externalId="A-1")
    taken = ("EXTERNAL_ID_TAKEN", "externalId")
    await refused(office, "scheduleAppointment", taken, clientId=client, externalId="A-1", **at(TODAY, 10))


@pytest.mark.parametrize("mutation", STATUSES)
async def test_a_status_is_set_once(office: House, mutation: str) -> None:
    """The status and the count are answered; saying it again grows no revision and writes no history."""
    status, used = STATUSES[mutation]
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client, completed=mutation != "completeAppointment")
    before = await office.desk.revision(client)
    payload = await office.api().done(mutation, FIELDS, appointmentId=appointment)
    assert payload["appointment"]["status"] == status
    assert payload["appointment"]["client"] == {"id": client, "revision": before + 1, "trackers": [{"used": used}]}
    await unchanged(office, mutation, appointmentId=appointment)


@pytest.mark.parametrize("mutation", [*STATUSES, "rescheduleAppointment", "deleteAppointment"])
async def test_an_appointment_that_is_not_there_cannot_be_changed(office: House, mutation: str) -> None:
    """An unknown id is not found; an id of another type, or no id, is invalid."""
    times = at(TODAY) if mutation == "rescheduleAppointment" else {}
    unknown = global_id("Appointment", new_id(now=office.clock.now()))
    await refused(office, mutation, ("NOT_FOUND", "appointmentId"), appointmentId=unknown, **times)
    await refused(office, mutation, ("INVALID_ID", "appointmentId"), appointmentId=office.id_of(Role.STAFF), **times)
    await refused(office, mutation, ("INVALID_ID", "appointmentId"), appointmentId="nonsense", **times)


async def test_a_moved_session_counts_on_its_new_day(office: House) -> None:
    """Out of the period and back in; a move to where it is changes nothing."""
    client = await office.desk.client()
    await office.desk.tracker(client, begin="2026-03-02")
    appointment = await office.desk.session(client, completed=True)
    out = await office.api().done("rescheduleAppointment", FIELDS, appointmentId=appointment, **at("2026-03-01"))
    assert out["appointment"]["serviceDate"] == "2026-03-01"
    assert out["appointment"]["status"] == "COMPLETED"
    assert out["appointment"]["client"]["trackers"] == [{"used": 0}]
    await unchanged(office, "rescheduleAppointment", appointmentId=appointment, **at("2026-03-01"))
    back = await office.api().done("rescheduleAppointment", FIELDS, appointmentId=appointment, **at("2026-03-02"))
    assert back["appointment"]["client"]["trackers"] == [{"used": 1}]


async def test_a_deleted_session_counts_no_more(office: House) -> None:
    """Its id is answered, its count is gone, its trace stays; a second deletion finds nothing."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client, completed=True)
    payload = await office.api().done("deleteAppointment", "deletedId", appointmentId=appointment)
    assert payload["deletedId"] == appointment
    data = await office.api().data(
        "query ($a: ID!, $c: ID!) { appointment(id: $a) { id } client(id: $c) { trackers { used } } }",
        a=appointment,
        c=client,
    )
    assert data == {"appointment": None, "client": {"trackers": [{"used": 0}]}}
    assert await history_of(office.practice.id) == [
        "appointment.completed",
        "appointment.deleted",
        "appointment.scheduled",
        "client.created",
        *("tracker.counted", "tracker.counted", "tracker.counted"),
        "tracker.created",
    ]
    await refused(office, "deleteAppointment", ("NOT_FOUND", "appointmentId"), appointmentId=appointment)
