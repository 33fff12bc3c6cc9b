"""The history of a tracker: for who may read it, and with the event of each change."""

from typing import Final

import pytest

from models.terms import Role
from tests.api.audit_log import SET
from tests.api.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")
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
