"""Reading: the viewer, anything by its id, clients, appointments, tasks and staff."""

import pytest

from graph.ids import global_id
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = "query ($search: String) { clients(search: $search) { nodes { name } } }"
APPOINTMENTS = """query ($from: Date, $to: Date, $status: [AppointmentStatus!], $clientId: ID) {
  appointments(from: $from, to: $to, status: $status, clientId: $clientId) { nodes { id } } }"""
TASKS = "query ($filter: TaskFilter) { tasks(filter: $filter) { nodes { id } } }"


async def test_the_viewer_is_told(office: House) -> None:
    """Who they are, where, and what they may do."""
    query = """{ viewer { role staffMember { id name email role active } practice { id } }
      practice { id name timeZone today clientsToMove } }"""
    practice = {"id": global_id("Practice", office.practice.id)}
    assert await office.api(Role.STAFF).data(query) == {
        "viewer": {
            "role": "STAFF",
            "staffMember": {
                "id": office.id_of(Role.STAFF),
                "name": "Staff",
                "email": "staff@harbour.example",
                "role": "STAFF",
                "active": True,
            },
            "practice": practice,
        },
        "practice": {
            **practice,
            "name": "Harbour",
            "timeZone": "Europe/Zurich",
            "today": "2026-03-04",
            "clientsToMove": 0,
        },
    }


async def test_anything_is_found_by_its_id(office: House) -> None:
    """One or several, in the order asked for; what is not there is null, in its place."""
    client = await office.desk.client()
    tracker, appointment = await office.desk.tracker(client), await office.desk.session(client)
    task = await office.desk.task(office.id_of(Role.STAFF), client)
    practice = global_id("Practice", office.practice.id)
    missing = global_id("Client", new_id(now=office.clock.now()))
    ids = [task, missing, practice, client, appointment, tracker, office.id_of(Role.STAFF), task]
    found = (await office.api().data("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids))["nodes"]
    assert [node and node["id"] for node in found] == [None if each == missing else each for each in ids]
    kinds = ["Task", "Practice", "Client", "Appointment", "Tracker", "StaffMember", "Task"]
    assert [node["__typename"] for node in found if node] == kinds
    for node_id, node in zip(ids, found, strict=True):
        single = await office.api().data("query ($id: ID!) { node(id: $id) { __typename id } }", id=node_id)
        assert single["node"] == node


async def test_no_id_is_told_from_an_unknown_one(office: House) -> None:
    """What the API never returned is INVALID_ID; what is not there is null."""
    unknown = new_id(now=office.clock.now())
    for field, kind in (("client", "Client"), ("appointment", "Appointment"), ("node", "Task")):
        query = f"query ($id: ID!) {{ {field}(id: $id) {{ id }} }}"
        assert await office.api().data(query, id=global_id(kind, unknown)) == {field: None}
        for wrong in ("", "x", "Q2xpZW50OjE", "é", "\0", "Q2xpZW50Og==" * 99):
            answer = await office.api().post(query, id=wrong)
            assert answer["errors"][0]["extensions"] == {"code": "INVALID_ID", "input": ["id"]}
    answer = await office.api().post("query ($id: ID!) { client(id: $id) { id } }", id=office.id_of(Role.STAFF))
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_ID", "input": ["id"]}


async def test_at_most_100_nodes_are_read_at_once(office: House) -> None:
    """One more is a coded error."""
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    person = office.id_of(Role.STAFF)
    assert len((await office.api().data(query, ids=[person] * 100))["nodes"]) == 100
    assert (await office.api().data(query, ids=[]))["nodes"] == []
    answer = await office.api().post(query, ids=[person] * 101)
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_PAGE_SIZE", "input": ["ids"]}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        (None, ["100% Fit", "Mara Keller", "Noah Kelly", "Özlem Acar"]),
        ("", ["100% Fit", "Mara Keller", "Noah Kelly", "Özlem Acar"]),
        ("kell", ["Mara Keller", "Noah Kelly"]),
        (" KELLER ", ["Mara Keller"]),
        ("K-7", ["Mara Keller"]),
        ("K-", []),
        ("%", ["100% Fit"]),
        ("_", []),
        ("\\", []),
        ("'; drop table client --", []),
        ("özlem", ["Özlem Acar"]),
    ],
)
async def test_clients_are_searched(office: House, search: str | None, found: list[str]) -> None:
    """By part of a name in any case, or a whole external id; nothing in it is a pattern."""
    for name, external_id in (("Noah Kelly", None), ("Mara Keller", "K-7"), ("Özlem Acar", "7"), ("100% Fit", None)):
        await office.desk.client(name, externalId=external_id)
    data = await office.api().data(CLIENTS, search=search)
    assert [client["name"] for client in data["clients"]["nodes"]] == found


async def test_a_search_for_what_no_name_can_hold_is_refused(office: House) -> None:
    """Control characters are a coded error."""
    answer = await office.api().post(CLIENTS, search="a\0b")
    assert answer["errors"][0]["extensions"] == {"code": "INVALID", "input": ["search"]}


async def test_appointments_are_filtered(office: House) -> None:
    """By service dates, both ends included, by status, by client, and by all of these."""
    mara, noah = await office.desk.client(), await office.desk.client("Noah Meier")
    late = await office.desk.session(mara, "2026-03-05")
    done = await office.desk.session(noah, "2026-03-03", completed=True)
    early = await office.desk.session(mara, "2026-03-02", completed=True)
    missed = await office.desk.session(mara, "2026-03-04")
    await office.api().done("markAppointmentMissed", "appointment { id }", appointmentId=missed)

    async def found(**given: object) -> list[str]:
        return [node["id"] for node in (await office.api().data(APPOINTMENTS, **given))["appointments"]["nodes"]]

    assert await found() == [early, done, missed, late]
    assert await found(**{"from": "2026-03-03", "to": "2026-03-04"}) == [done, missed]
    assert await found(**{"from": "2026-03-05"}) == [late]
    assert await found(to="2026-03-02") == [early]
    assert await found(**{"from": "2026-03-04", "to": "2026-03-03"}) == []
    assert await found(status=["COMPLETED", "MISSED"]) == [early, done, missed]
    assert await found(status=[]) == []
    assert await found(clientId=mara) == [early, missed, late]
    assert await found(clientId=mara, status=["COMPLETED"], to="2026-03-03") == [early]
    answer = await office.api().post(APPOINTMENTS, clientId=done)
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_ID", "input": ["clientId"]}


async def test_a_session_is_listed_on_its_day_where_the_practice_is(office: House) -> None:
    """Late in the evening elsewhere is the next day here."""
    client = await office.desk.client()
    times = {"startsAt": "2026-03-04T23:30:00Z", "endsAt": "2026-03-05T00:20:00Z"}
    late = await office.desk.session(client, **times)  # type: ignore[arg-type]  # all of them times
    query = "query ($id: ID!, $on: Date) { client(id: $id) { appointments(from: $on, to: $on) { nodes { id } } } }"
    for day, nodes in (("2026-03-04", []), ("2026-03-05", [{"id": late}])):
        assert (await office.api().data(query, id=client, on=day))["client"]["appointments"]["nodes"] == nodes


async def test_tasks_are_filtered(office: House) -> None:
    """By status, person and client; newest first."""
    staff, admin = office.id_of(Role.STAFF), office.id_of(Role.ADMIN)
    mara, noah = await office.desk.client(), await office.desk.client("Noah Meier")
    first = await office.desk.task(staff, mara)
    office.clock.advance(minutes=1)
    second = await office.desk.task(admin, noah)
    office.clock.advance(minutes=1)
    await office.api().done("completeTask", "task { id }", taskId=first)

    async def found(**given: object) -> list[str]:
        return [node["id"] for node in (await office.api().data(TASKS, filter=given))["tasks"]["nodes"]]

    assert await found() == [second, first]
    assert await found(status=["DONE"]) == [first]
    assert await found(status=["OPEN", "DONE"]) == [second, first]
    assert await found(status=["WITHDRAWN"]) == []
    assert await found(status=[]) == []
    assert await found(assigneeId=admin) == [second]
    assert await found(clientId=mara) == [first]
    assert await found(clientId=mara, assigneeId=admin) == []
    for field, wrong in (("assigneeId", mara), ("clientId", staff)):
        answer = await office.api().post(TASKS, filter={field: wrong})
        assert answer["errors"][0]["extensions"] == {"code": "INVALID_ID", "input": ["filter", field]}
    query = "query ($id: ID!, $s: [TaskStatus!]) { client(id: $id) { tasks(status: $s) { id } } }"
    for status, tasks in ((None, [{"id": first}]), (["DONE"], [{"id": first}]), (["OPEN"], []), ([], [])):
        assert (await office.api().data(query, id=mara, s=status))["client"]["tasks"] == tasks


async def test_staff_are_listed_by_name(office: House) -> None:
    """Those who left, too."""
    await office.api().done(
        "updateStaffMember", "staffMember { id }", staffMemberId=office.id_of(Role.STAFF), active=False
    )
    nodes = (await office.api().data("{ staff { nodes { name active } } }"))["staff"]["nodes"]
    assert [(node["name"], node["active"]) for node in nodes] == [
        ("Admin", True),
        ("Integration", True),
        ("Read_Only", True),
        ("Staff", False),
    ]
