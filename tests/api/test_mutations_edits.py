"""Editing a tracker: what is absent stays, null clears, the current period is counted anew."""

import pytest

from models.terms import Role
from tests.api.conftest import House
from tests.api.refusals import refused, unchanged

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = "sessionLimit beginDate endDate note color autoReset taskRule { assignee { id } trigger }"
FIELDS = f"tracker {{ {SETTINGS} state used remaining over updatedAt client {{ revision }} }}"
PLAIN = {
    "sessionLimit": 3,
    "beginDate": "2026-03-01",
    "endDate": "2026-03-31",
    "note": "Approved",
    "color": "#A1B2C3",
    "autoReset": True,
}


async def full_tracker(office: House) -> tuple[str, dict[str, object]]:
    """Set a tracker with every setting; return its id and its settings as the API tells them."""
    assignee = office.id_of(Role.STAFF)
    rule = {"assigneeId": assignee, "trigger": "END_DATE"}
    client = await office.desk.client()
    payload = await office.api().done("createTracker", "tracker { id }", clientId=client, taskRule=rule, **PLAIN)
    return payload["tracker"]["id"], {**PLAIN, "taskRule": {"assignee": {"id": assignee}, "trigger": "END_DATE"}}


async def settings_of(office: House, tracker: str) -> dict[str, object]:
    """Return a tracker's settings as the API tells them."""
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Tracker {{ {SETTINGS} }} }} }}"
    settings: dict[str, object] = (await office.api().data(query, id=tracker))["node"]
    return settings


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sessionLimit", 5),
        ("beginDate", "2026-03-02"),
        ("endDate", "2026-04-30"),
        ("note", "Extended"),
        ("color", "#00FF00"),
        ("autoReset", False),
        ("note", None),
    ],
)
async def test_an_edit_changes_what_it_names(office: House, field: str, value: object) -> None:
    """One setting changes, the others stay; the revision grows by one."""
    tracker, settings = await full_tracker(office)
    payload = await office.api().done("updateTracker", FIELDS, trackerId=tracker, **{field: value})
    assert await settings_of(office, tracker) == {**settings, field: value}
    assert payload["tracker"]["client"]["revision"] == 2


@pytest.mark.parametrize(
    ("field", "cleared"), [("autoReset", False), ("color", "#3366CC"), ("taskRule", None), ("note", None)]
)
async def test_null_clears(office: House, field: str, cleared: object) -> None:
    """No reset, the colour of the house, no rule, no note."""
    tracker, settings = await full_tracker(office)
    await office.api().done("updateTracker", FIELDS, trackerId=tracker, **{field: None})
    assert await settings_of(office, tracker) == {**settings, field: cleared}


async def test_an_end_date_is_cleared(office: House) -> None:
    """The period runs on, once nothing needs its end; several fields change together."""
    tracker, settings = await full_tracker(office)
    await refused(office, "updateTracker", ("END_DATE_REQUIRED", "endDate"), trackerId=tracker, endDate=None)
    given = {"endDate": None, "autoReset": False, "taskRule": None}
    await office.api().done("updateTracker", FIELDS, trackerId=tracker, **given)
    assert await settings_of(office, tracker) == {**settings, **given}


async def test_a_limit_and_a_begin_date_cannot_be_cleared(office: House) -> None:
    """Both are told at once."""
    tracker, _ = await full_tracker(office)
    problems = (("INVALID", "sessionLimit"), ("INVALID", "beginDate"))
    await refused(office, "updateTracker", *problems, trackerId=tracker, sessionLimit=None, beginDate=None)


async def test_an_edit_to_the_same_changes_nothing(office: House) -> None:
    """Not even updatedAt, although time has passed; colours and texts are compared as they are kept."""
    tracker, settings = await full_tracker(office)
    office.clock.advance(minutes=5)
    await unchanged(office, "updateTracker", trackerId=tracker)
    rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": "END_DATE"}
    given = {**PLAIN, "color": "#a1b2c3", "note": " Approved ", "taskRule": rule}
    await unchanged(office, "updateTracker", trackerId=tracker, **given)
    assert await settings_of(office, tracker) == settings


async def test_the_count_is_taken_anew(office: House) -> None:
    """A lower limit, a later begin and an earlier end are each followed at once."""
    client = await office.desk.client()
    for day in ("2026-03-01", "2026-03-02", "2026-03-03"):
        await office.desk.session(client, day, completed=True)
    tracker = await office.desk.tracker(client, 5)
    for given, expected in (
        ({"sessionLimit": 2}, ("LIMIT_REACHED", 3, 0, 1)),
        ({"beginDate": "2026-03-02"}, ("LIMIT_REACHED", 2, 0, 0)),
        ({"endDate": "2026-03-02"}, ("EXPIRED", 1, 1, 0)),
        ({"endDate": None, "sessionLimit": 4}, ("ACTIVE", 2, 2, 0)),
        ({"beginDate": "2026-03-05"}, ("UPCOMING", 0, 4, 0)),
    ):
        edited = (await office.api().done("updateTracker", FIELDS, trackerId=tracker, **given))["tracker"]
        assert (edited["state"], edited["used"], edited["remaining"], edited["over"]) == expected


async def test_an_edit_of_something_newer_is_refused(office: House) -> None:
    """Of two people who saw the same state the second is told; having looked again, they may edit."""
    tracker, _ = await full_tracker(office)
    seen = {"expectedUpdatedAt": "2026-03-04T11:00:00+01:00"}
    edited = await office.api().done("updateTracker", FIELDS, trackerId=tracker, sessionLimit=5, **seen)
    newer = edited["tracker"]["updatedAt"]
    assert newer > "2026-03-04T10:00:00+00:00"
    problem = ("CONFLICT", "expectedUpdatedAt")
    await refused(office, "updateTracker", problem, trackerId=tracker, sessionLimit=7, **seen)
    again = {"expectedUpdatedAt": newer}
    await office.api().done("updateTracker", FIELDS, trackerId=tracker, sessionLimit=7, **again)
    assert (await settings_of(office, tracker))["sessionLimit"] == 7
    await office.api().done("updateTracker", FIELDS, trackerId=tracker, sessionLimit=8, expectedUpdatedAt=None)


async def test_a_session_does_not_count_as_an_edit(office: House) -> None:
    """`updatedAt` tells when a person last edited: a completion in between is no conflict."""
    client = await office.desk.client()
    tracker = await office.desk.tracker(client)
    office.clock.advance(minutes=5)
    await office.desk.session(client, completed=True)
    seen = {"expectedUpdatedAt": "2026-03-04T10:00:00Z"}
    edited = await office.api().done("updateTracker", FIELDS, trackerId=tracker, note="Fine", **seen)
    assert edited["tracker"]["updatedAt"] == "2026-03-04T10:05:00+00:00"


async def test_a_period_does_not_begin_in_a_closed_one(office: House) -> None:
    """Periods before the current one keep their days."""
    client = await office.desk.client()
    tracker = await office.desk.tracker(client, begin="2026-01-01", endDate="2026-01-31", autoReset=True)
    assert (await settings_of(office, tracker))["beginDate"] == "2026-03-01"
    problem = ("OVERLAPS_CLOSED_PERIOD", "beginDate")
    for begin in ("2026-02-28", "2026-01-15", "2025-12-31"):
        await refused(office, "updateTracker", problem, trackerId=tracker, beginDate=begin)
    await office.api().done("updateTracker", FIELDS, trackerId=tracker, beginDate="2026-03-02")
    assert (await settings_of(office, tracker))["beginDate"] == "2026-03-02"


async def test_an_inactive_assignee_may_stay(office: House) -> None:
    """Who left keeps the rule until it is handed on: other settings can still be edited."""
    tracker, settings = await full_tracker(office)
    gone = office.id_of(Role.STAFF)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=gone, active=False)
    rule = {"assigneeId": gone, "trigger": "END_DATE"}
    await office.api().done("updateTracker", FIELDS, trackerId=tracker, note="Still here", taskRule=rule)
    assert await settings_of(office, tracker) == {**settings, "note": "Still here"}
