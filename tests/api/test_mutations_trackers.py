"""Setting, removing and reordering trackers."""

import asyncio

import pytest

from graph.ids import global_id
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import House
from tests.api.refusals import refused, unchanged

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS = """tracker { slot state sessionLimit beginDate endDate note color autoReset used remaining over
  taskRule { assignee { id } trigger } currentPeriod { number beginDate endDate closedAt task { id } }
  createdAt updatedAt client { revision } }"""


async def test_a_tracker_is_set(office: House) -> None:
    """With every setting; completions since its begin date count at once."""
    client = await office.desk.client()
    await office.desk.session(client, "2026-03-01", completed=True)
    await office.desk.session(client, "2026-02-28", completed=True)
    payload = await office.api().done(
        "createTracker",
        FIELDS,
        clientId=client,
        sessionLimit=12,
        beginDate="2026-03-01",
        endDate="2026-03-31",
        note=" Approved by phone ",
        color="#a1b2c3",
        autoReset=True,
        taskRule={"assigneeId": office.id_of(Role.STAFF), "trigger": "WHICHEVER_COMES_FIRST"},
    )
    assert payload["tracker"] == {
        "slot": 1,
        "state": "ACTIVE",
        "sessionLimit": 12,
        "beginDate": "2026-03-01",
        "endDate": "2026-03-31",
        "note": "Approved by phone",
        "color": "#A1B2C3",
        "autoReset": True,
        "used": 1,
        "remaining": 11,
        "over": 0,
        "taskRule": {"assignee": {"id": office.id_of(Role.STAFF)}, "trigger": "WHICHEVER_COMES_FIRST"},
        "currentPeriod": {
            "number": 1,
            "beginDate": "2026-03-01",
            "endDate": "2026-03-31",
            "closedAt": None,
            "task": None,
        },
        "createdAt": "2026-03-04T10:00:00+00:00",
        "updatedAt": "2026-03-04T10:00:00+00:00",
        "client": {"revision": 3},
    }


async def test_what_is_left_out_has_a_default(office: House) -> None:
    """No end, no note, no reset, no task, and a colour of the house."""
    client = await office.desk.client()
    named = {"clientId": client, "sessionLimit": 1, "beginDate": "2026-03-05"}
    tracker = (await office.api().done("createTracker", FIELDS, **named))["tracker"]
    assert (tracker["endDate"], tracker["note"], tracker["taskRule"]) == (None, None, None)
    assert (tracker["autoReset"], tracker["color"], tracker["state"]) == (False, "#3366CC", "UPCOMING")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"sessionLimit": 0}, ("LIMIT_TOO_LOW", "sessionLimit")),
        ({"sessionLimit": -3}, ("LIMIT_TOO_LOW", "sessionLimit")),
        ({"sessionLimit": 100_001}, ("INVALID", "sessionLimit")),
        ({"endDate": "2026-02-28"}, ("END_BEFORE_BEGIN", "endDate")),
        ({"autoReset": True, "endDate": None}, ("END_DATE_REQUIRED", "endDate")),
        ({"beginDate": "1899-12-31"}, ("INVALID", "beginDate")),
        ({"endDate": "3000-01-01"}, ("INVALID", "endDate")),
        ({"note": "x" * 1001}, ("INVALID", "note")),
        ({"note": "a\0b"}, ("INVALID", "note")),
    ],
)
async def test_bad_settings_are_refused(office: House, given: dict[str, object], problem: tuple[str, ...]) -> None:
    """On creation and on change, with the code of the rule and the field at fault."""
    client = await office.desk.client()
    settings = {"sessionLimit": 3, "beginDate": "2026-03-01", "endDate": "2026-03-31"}
    await refused(office, "createTracker", problem, **{"clientId": client, **settings, **given})
    tracker = await office.desk.tracker(client, endDate="2026-03-31")
    await refused(office, "updateTracker", problem, trackerId=tracker, **given)


@pytest.mark.parametrize("trigger", ["END_DATE", "WHICHEVER_COMES_FIRST"])
async def test_a_task_on_the_end_date_needs_one(office: House, trigger: str) -> None:
    """A tracker that runs on has no such task, from the start or later."""
    client, problem = await office.desk.client(), ("END_DATE_REQUIRED", "endDate")
    rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": trigger}
    settings = {"sessionLimit": 3, "beginDate": "2026-03-01"}
    await refused(office, "createTracker", problem, clientId=client, taskRule=rule, **settings)
    tracker = await office.desk.tracker(client)
    await refused(office, "updateTracker", problem, trackerId=tracker, taskRule=rule)
    ending = await office.desk.tracker(client, endDate="2026-03-31", taskRule=rule)
    await refused(office, "updateTracker", problem, trackerId=ending, endDate=None)


async def test_all_problems_of_a_tracker_are_told_at_once(office: House) -> None:
    """In the order of the fields, on creation and on change."""
    problems = (("LIMIT_TOO_LOW", "sessionLimit"), ("END_BEFORE_BEGIN", "endDate"), ("INVALID", "note"))
    client = await office.desk.client()
    bad = {"sessionLimit": 0, "beginDate": "2026-03-01", "endDate": "2026-02-28", "note": "x" * 1001}
    await refused(office, "createTracker", *problems, clientId=client, **bad)
    tracker = await office.desk.tracker(client)
    await refused(office, "updateTracker", *problems, trackerId=tracker, **bad)


@pytest.mark.parametrize(("field", "value"), [("color", "red"), ("color", "#12345"), ("beginDate", "04.03.2026")])
async def test_a_malformed_value_is_a_bad_request(office: House, field: str, value: str) -> None:
    """A colour or date that is none fails the request, and nothing is set."""
    client = await office.desk.client()
    given = {"clientId": client, "sessionLimit": 3, "beginDate": "2026-03-01", field: value}
    answer = await office.api().post(
        "mutation ($i: CreateTrackerInput!) { createTracker(input: $i) { errors { code } } }", i=given
    )
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
    assert await office.desk.revision(client) == 0


async def test_a_client_has_eight_trackers(office: House) -> None:
    """The ninth is refused; a removed one leaves its slot to the next."""
    client = await office.desk.client()
    trackers = [await office.desk.tracker(client) for _ in range(8)]
    settings = {"clientId": client, "sessionLimit": 3, "beginDate": "2026-03-01"}
    await refused(office, "createTracker", ("TOO_MANY_TRACKERS", "clientId"), **settings)
    await office.api().done("removeTracker", "tracker { id }", trackerId=trackers[4])
    payload = await office.api().done("createTracker", FIELDS, **settings)
    assert payload["tracker"]["slot"] == 5


async def test_eight_is_the_limit_also_at_the_same_moment(office: House) -> None:
    """Of twelve people who each set one at once eight succeed, in eight slots; the others are told."""
    client = await office.desk.client()
    settings = {"clientId": client, "sessionLimit": 3, "beginDate": "2026-03-01"}
    returning = "tracker { slot }"
    payloads = await asyncio.gather(*(office.api().do("createTracker", returning, **settings) for _ in range(12)))
    assert sorted(payload["tracker"]["slot"] for payload in payloads if payload["tracker"]) == list(range(1, 9))
    told = [[error["code"] for error in payload["errors"]] for payload in payloads if not payload["tracker"]]
    assert told == [["TOO_MANY_TRACKERS"]] * 4


async def test_a_tracker_names_who_is_there(office: House) -> None:
    """The client exists; the assignee exists and is active."""
    client, unknown = await office.desk.client(), new_id(now=office.clock.now())
    settings = {"sessionLimit": 3, "beginDate": "2026-03-01"}
    missing = global_id("Client", unknown)
    await refused(office, "createTracker", ("NOT_FOUND", "clientId"), clientId=missing, **settings)
    await refused(office, "createTracker", ("INVALID_ID", "clientId"), clientId=office.id_of(Role.STAFF), **settings)
    tracker = await office.desk.tracker(client)
    gone = office.id_of(Role.READ_ONLY)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=gone, active=False)
    for assignee, code in (
        (global_id("StaffMember", unknown), "NOT_FOUND"),
        (client, "INVALID_ID"),
        (gone, "INACTIVE_STAFF_MEMBER"),
    ):
        rule, problem = {"assigneeId": assignee, "trigger": "COUNT_REACHED"}, (code, "taskRule", "assigneeId")
        await refused(office, "createTracker", problem, clientId=client, taskRule=rule, **settings)
        await refused(office, "updateTracker", problem, trackerId=tracker, taskRule=rule)


async def test_a_removed_tracker_is_gone_for_good(office: House) -> None:
    """Removing it again changes nothing; editing and ordering it are refused; its task stays."""
    client = await office.desk.client()
    task = await office.desk.task(office.id_of(Role.STAFF), client)
    query = "query ($id: ID!) { node(id: $id) { ... on Task { status tracker { id state } } } }"
    tracker = (await office.api().data(query, id=task))["node"]["tracker"]["id"]
    payload = await office.api().done(
        "removeTracker", "tracker { state client { trackers { id } } }", trackerId=tracker
    )
    assert payload["tracker"] == {"state": "REMOVED", "client": {"trackers": []}}
    assert (await office.api().data(query, id=task))["node"] == {
        "status": "OPEN",
        "tracker": {"id": tracker, "state": "REMOVED"},
    }
    await unchanged(office, "removeTracker", trackerId=tracker)
    await refused(office, "updateTracker", ("TRACKER_REMOVED", "trackerId"), trackerId=tracker, sessionLimit=5)
    await refused(office, "reorderTrackers", ("INVALID", "trackerIds"), clientId=client, trackerIds=[tracker])


async def test_trackers_take_the_order_given(office: House) -> None:
    """Slots 1, 2, 3 …, gaps closed; the same order again changes nothing."""
    client = await office.desk.client()
    first, second, third, fourth = [await office.desk.tracker(client) for _ in range(4)]
    await office.api().done("removeTracker", "tracker { id }", trackerId=second)
    before = await office.desk.revision(client)
    wanted = [fourth, first, third]
    payload = await office.api().done(
        "reorderTrackers", "client { revision trackers { id slot } }", clientId=client, trackerIds=wanted
    )
    assert payload["client"] == {
        "revision": before + 1,
        "trackers": [{"id": tracker, "slot": slot} for slot, tracker in enumerate(wanted, start=1)],
    }
    await unchanged(office, "reorderTrackers", clientId=client, trackerIds=wanted)


async def test_an_order_names_each_tracker_once(office: House) -> None:
    """Missing, repeated or foreign trackers are refused, and every slot stays."""
    client = await office.desk.client()
    one, two = await office.desk.tracker(client), await office.desk.tracker(client)
    other = await office.desk.tracker(await office.desk.client("Noah Meier"))
    for wrong in ([], [one], [one, one], [one, two, one], [one, other], [one, two, other]):
        await refused(office, "reorderTrackers", ("INVALID", "trackerIds"), clientId=client, trackerIds=wrong)
    problem = ("INVALID_ID", "trackerIds")
    await refused(office, "reorderTrackers", problem, clientId=client, trackerIds=[one, client])
    missing = global_id("Client", new_id(now=office.clock.now()))
    await refused(office, "reorderTrackers", ("NOT_FOUND", "clientId"), clientId=missing, trackerIds=[one, two])


@pytest.mark.parametrize("mutation", ["updateTracker", "removeTracker"])
async def test_a_tracker_that_is_not_there_cannot_be_changed(office: House, mutation: str) -> None:
    """An unknown id is not found; an id of another type is invalid."""
    unknown = global_id("Tracker", new_id(now=office.clock.now()))
    await refused(office, mutation, ("NOT_FOUND", "trackerId"), trackerId=unknown)
    await refused(office, mutation, ("INVALID_ID", "trackerId"), trackerId=office.id_of(Role.STAFF))
