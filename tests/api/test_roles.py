"""Who may do what: every mutation and the reads, for each role and for tokens that are none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from models.terms import Role
from tests.api.conftest import House
from tests.api.desk import TODAY, Desk, at
from tests.api.furnished import answer_to, codes_in, furnish
from tests.api.refusals import entity_of, refused_to
from tests.api.walking import operations

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Stage:
    """A client with a tracker, an appointment that was completed, and the open task that this raised."""

    client: str
    appointment: str
    tracker: str
    task: str
    person: str


async def set_up(desk: Desk, *, person: str) -> Stage:
    """Return a new stage, for a mutation to change."""
    client = await desk.client()
    task = await desk.task(person, client)
    query = "query ($id: ID!) { client(id: $id) { trackers { id } appointments { nodes { id } } } }"
    found = (await desk.api.data(query, id=client))["client"]
    return Stage(client, found["appointments"]["nodes"][0]["id"], found["trackers"][0]["id"], task, person)


PRACTICE: Final = {Role.ADMIN}
TRACKERS: Final = PRACTICE | {Role.STAFF}
CLIENTS: Final = TRACKERS | {Role.INTEGRATION}
TABLE: Final[dict[str, tuple[set[Role], Callable[[Stage], dict[str, object]]]]] = {
    "createClient": (CLIENTS, lambda _: {"name": "Noah Meier"}),
    "updateClient": (CLIENTS, lambda on: {"clientId": on.client, "name": "Mara Huber"}),
    "scheduleAppointment": (CLIENTS, lambda on: {"clientId": on.client, **at(TODAY)}),
    "rescheduleAppointment": (CLIENTS, lambda on: {"appointmentId": on.appointment, **at("2026-03-03")}),
    "completeAppointment": (CLIENTS, lambda on: {"appointmentId": on.appointment}),
    "cancelAppointment": (CLIENTS, lambda on: {"appointmentId": on.appointment}),
    "markAppointmentMissed": (CLIENTS, lambda on: {"appointmentId": on.appointment}),
    "reopenAppointment": (CLIENTS, lambda on: {"appointmentId": on.appointment}),
    "deleteAppointment": (CLIENTS, lambda on: {"appointmentId": on.appointment}),
    "createTracker": (TRACKERS, lambda on: {"clientId": on.client, "sessionLimit": 1, "beginDate": TODAY}),
    "updateTracker": (TRACKERS, lambda on: {"trackerId": on.tracker, "sessionLimit": 2}),
    "removeTracker": (TRACKERS, lambda on: {"trackerId": on.tracker}),
    "reorderTrackers": (TRACKERS, lambda on: {"clientId": on.client, "trackerIds": [on.tracker]}),
    "completeTask": (TRACKERS, lambda on: {"taskId": on.task}),
    "reopenTask": (TRACKERS, lambda on: {"taskId": on.task}),
    "reassignTask": (TRACKERS, lambda on: {"taskId": on.task, "assigneeId": on.person}),
    "updatePractice": (PRACTICE, lambda _: {"name": "Harbour House"}),
    "createStaffMember": (PRACTICE, lambda _: {"name": "Ada", "email": "ada@harbour.example", "role": "ADMIN"}),
    "updateStaffMember": (PRACTICE, lambda on: {"staffMemberId": on.person, "role": "ADMIN"}),
}
APART: Final = {"advanceClock": TRACKERS}
READERS: Final[dict[str, set[Role]]] = {"auditLog": PRACTICE}
"""Who may read or watch; all may what is not here."""

READS: Final = """{ viewer { role practice { name } } practice { id } clients { nodes { id } } staff { nodes { id } }
  appointments { nodes { id banner { revision } } } trackers { nodes { id } } tasks { nodes { id } } }"""


MUTATIONS: Final = [each.field for each in operations("mutation")]


@pytest.mark.parametrize("mutation", [name for name in MUTATIONS if name not in APART])
async def test_a_role_changes_what_it_may(office: House, mutation: str) -> None:
    """Who may not is told so, even of things that are not there, and nothing changes; who may, does."""
    allowed, fields = TABLE[mutation]
    stage = await set_up(office.desk, person=office.id_of(Role.STAFF))
    for role in Role:
        if role not in allowed:
            await refused_to(office, role, mutation, ("FORBIDDEN",), **fields(stage))
    for role in sorted(allowed, reverse=True):
        payload = await office.api(role).done(mutation, entity_of(mutation), **fields(stage))
        assert payload[entity_of(mutation).split()[0]]
        if mutation in {"deleteAppointment", "removeTracker"}:
            stage = await set_up(office.desk, person=office.id_of(Role.STAFF))
        if mutation == "createStaffMember":
            break


@pytest.mark.parametrize("role", Role)
async def test_who_changes_trackers_may_advance_the_clock(office: House, role: Role) -> None:
    """In demo mode."""
    query = "mutation { advanceClock(days: 1) { practice { today } errors { code } } }"
    before = (await office.api().data("{ practice { today } }"))["practice"]["today"]
    payload = (await office.api(role).data(query))["advanceClock"]
    today = (await office.api().data("{ practice { today } }"))["practice"]["today"]
    if role in APART["advanceClock"]:
        assert payload == {"practice": {"today": today}, "errors": []}
        assert today > before
    else:
        assert payload == {"practice": None, "errors": [{"code": "FORBIDDEN"}]}
        assert today == before


@pytest.mark.parametrize("role", Role)
async def test_every_role_reads_and_watches(office: House, role: Role) -> None:
    """All of the practice, and nothing but."""
    stage = await set_up(office.desk, person=office.id_of(Role.STAFF))
    data = await office.api(role).data(READS)
    assert data["viewer"] == {"role": role.value, "practice": {"name": "Harbour"}}
    assert data["clients"] == {"nodes": [{"id": stage.client}]}
    assert data["tasks"] == {"nodes": [{"id": stage.task}]}
    assert len(data["staff"]["nodes"]) == 4
    async with office.api(role).socket() as socket:
        watched = await socket.subscribe(
            "subscription ($id: ID!) { clientTrackers(clientId: $id) { id } }", id=stage.client
        )
        assert (await socket.next(watched))["clientTrackers"] == {"id": stage.client}


@pytest.mark.parametrize("role", Role)
async def test_a_role_reads_and_watches_what_it_may(office: House, role: Role) -> None:
    """Each query and each subscription, whatever will be added to them."""
    own = await furnish(office, "Here")
    for asked in operations("query", "subscription"):
        answer = await answer_to(office, asked, asked.variables(own=own.__getitem__), role=role)
        wanted = [] if role in READERS.get(asked.field, set(Role)) else ["FORBIDDEN"]
        assert codes_in(answer) == wanted, (asked, answer)
