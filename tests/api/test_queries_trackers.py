"""Lists of trackers, filtered and ordered, and the periods of one."""

import pytest

from models.terms import Role
from tests.api.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

TRACKERS = """query (
  $filter: TrackerFilter, $orderBy: TrackerOrder! = LEAST_REMAINING, $first: Int! = 20, $after: String) {
  trackers(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id note } pageInfo { hasNextPage endCursor } } }"""


async def furnish(office: House) -> dict[str, str]:
    """Set six trackers on three clients, each noted by its name; return their ids by it."""
    mara, noah, ada = [await office.desk.client(name) for name in ("Mara Keller", "Noah Meier", "Ada Lang")]
    for day in ("2026-03-02", "2026-03-03"):
        await office.desk.session(mara, day, completed=True)
    kinds: dict[str, tuple[str, int, str, str | None]] = {
        "reached": (mara, 2, "2026-03-01", "2026-04-30"),
        "active": (mara, 5, "2026-03-01", None),
        "expired": (noah, 6, "2026-02-01", "2026-02-28"),
        "upcoming": (noah, 4, "2026-03-10", "2026-03-31"),
        "removed": (ada, 1, "2026-03-01", "2026-03-31"),
        "long": (ada, 9, "2026-03-01", None),
    }
    found = {}
    for note, (client, limit, begin, end) in kinds.items():
        office.clock.advance(minutes=1)
        found[note] = await office.desk.tracker(client, limit, begin, endDate=end, note=note)
    await office.api().done("removeTracker", "tracker { id }", trackerId=found["removed"])
    return {**found, "mara": mara}


async def listed(office: House, order: str = "CREATED_AT", **given: object) -> list[str]:
    """Return the notes of the trackers of a filter, in an order."""
    data = await office.api().data(TRACKERS, filter=given, orderBy=order)
    return [node["note"] for node in data["trackers"]["nodes"]]


async def test_trackers_are_filtered(office: House) -> None:
    """By state, client, sessions left and end date; removed ones only when asked for."""
    trackers = await furnish(office)
    assert await listed(office) == ["reached", "active", "expired", "upcoming", "long"]
    for state, notes in (
        (["ACTIVE"], ["active", "long"]),
        (["LIMIT_REACHED"], ["reached"]),
        (["EXPIRED", "UPCOMING"], ["expired", "upcoming"]),
        (["REMOVED"], ["removed"]),
        (["REMOVED", "LIMIT_REACHED"], ["reached", "removed"]),
        ([], []),
    ):
        assert await listed(office, state=state) == notes
    assert await listed(office, clientId=trackers["mara"]) == ["reached", "active"]
    assert await listed(office, remainingAtMost=0) == ["reached"]
    assert await listed(office, remainingAtMost=3) == ["reached", "active"]
    assert await listed(office, remainingAtMost=-1) == []
    assert await listed(office, endsOnOrBefore="2026-03-31") == ["expired", "upcoming"]
    assert await listed(office, endsOnOrBefore="2026-03-30") == ["expired"]
    assert await listed(office, endsOnOrBefore="2026-04-30", state=["LIMIT_REACHED"], remainingAtMost=5) == ["reached"]
    answer = await office.api().post(TRACKERS, filter={"clientId": trackers["active"]})
    assert answer["errors"][0]["extensions"] == {"code": "INVALID_ID", "input": ["filter", "clientId"]}


@pytest.mark.parametrize(
    ("order", "notes"),
    [
        ("LEAST_REMAINING", ["reached", "active", "upcoming", "expired", "long"]),
        ("END_DATE", ["expired", "upcoming", "reached", "active", "long"]),
        ("CLIENT_NAME", ["long", "reached", "active", "expired", "upcoming"]),
        ("CREATED_AT", ["reached", "active", "expired", "upcoming", "long"]),
    ],
)
async def test_trackers_are_ordered(office: House, order: str, notes: list[str]) -> None:
    """In each order, on one page or walked one by one; those without an end date come last by end date."""
    await furnish(office)
    assert await listed(office, order) == notes
    walked: list[str] = []
    page: dict[str, object] = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        data = (await office.api().data(TRACKERS, orderBy=order, first=1, after=page["endCursor"]))["trackers"]
        walked += [node["note"] for node in data["nodes"]]
        page = data["pageInfo"]
    assert walked == notes


async def test_the_default_order_is_least_remaining(office: House) -> None:
    """What is nearly used up comes first."""
    await furnish(office)
    nodes = (await office.api().data("{ trackers { nodes { note } } }"))["trackers"]["nodes"]
    assert [node["note"] for node in nodes] == ["reached", "active", "upcoming", "expired", "long"]


async def test_periods_are_listed_newest_first(office: House) -> None:
    """Each with its own days, count, task and moment of closing; the last is the current one."""
    client = await office.desk.client()
    for day in ("2026-01-05", "2026-01-31", "2026-02-01", "2026-03-04"):
        await office.desk.session(client, day, completed=True)
    tracker = await office.desk.tracker(client, 1, "2026-01-01", endDate="2026-01-31", autoReset=True)
    rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": "COUNT_REACHED"}
    await office.api().done("updateTracker", "tracker { id }", trackerId=tracker, taskRule=rule)
    query = """query ($id: ID!, $first: Int! = 20, $after: String) { node(id: $id) { ... on Tracker {
      currentPeriod { number } periods(first: $first, after: $after) { pageInfo { hasNextPage endCursor }
        nodes { number beginDate endDate sessionLimit used remaining over closedAt task { reason } } } } } }"""
    found = (await office.api().data(query, id=tracker))["node"]
    limits = {"sessionLimit": 1, "remaining": 0}
    assert found["periods"]["nodes"] == [
        {
            "number": 3,
            "beginDate": "2026-03-01",
            "endDate": "2026-03-31",
            "used": 1,
            "over": 0,
            "closedAt": None,
            "task": {"reason": "COUNT_REACHED"},
            **limits,
        },
        {
            "number": 2,
            "beginDate": "2026-02-01",
            "endDate": "2026-02-28",
            "used": 1,
            "over": 0,
            "closedAt": "2026-02-28T23:00:00+00:00",
            "task": None,
            **limits,
        },
        {
            "number": 1,
            "beginDate": "2026-01-01",
            "endDate": "2026-01-31",
            "used": 2,
            "over": 1,
            "closedAt": "2026-01-31T23:00:00+00:00",
            "task": None,
            **limits,
        },
    ]
    assert found["currentPeriod"] == {"number": 3}
    walked, cursor = [], None
    for more in (True, True, False):
        page = (await office.api().data(query, id=tracker, first=1, after=cursor))["node"]["periods"]
        walked += [node["number"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasNextPage"] is more
    assert walked == [3, 2, 1]


async def test_a_list_settles_what_is_due_first(office: House) -> None:
    """Nobody sees a period that is over as if it were running, in any list, worker or not."""
    client = await office.desk.client()
    await office.desk.tracker(client, endDate="2026-03-04", note="ends")
    office.clock.advance(hours=12, minutes=59, seconds=59)
    assert await listed(office, state=["ACTIVE"]) == ["ends"]
    office.clock.advance(seconds=1)
    assert await listed(office, state=["ACTIVE"]) == []
    assert await listed(office, state=["EXPIRED"]) == ["ends"]
