"""Several mutations in one request: each answers with what is so after itself, not with what was read before."""

from typing import Any, Final

import pytest

from tests.api.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHOWN: Final = """errors { code } appointment {
  status
  client { revision trackers { used remaining state } }
  banner { revision trackers { used remaining state sessionNumber } } }"""


async def all_at_once(office: House, mutation: str, sessions: list[str]) -> list[dict[str, Any]]:
    """Run the mutation for each session in one request; return the appointments in that order."""
    declared = ", ".join(f"$id{place}: ID!" for place in range(len(sessions)))
    fields = " ".join(
        f"m{place}: {mutation}(input: {{ appointmentId: $id{place} }}) {{ {SHOWN} }}" for place in range(len(sessions))
    )
    ids = {f"id{place}": session for place, session in enumerate(sessions)}
    data = await office.api().data(f"mutation ({declared}) {{ {fields} }}", **ids)
    assert [data[f"m{place}"]["errors"] for place in range(len(sessions))] == [[]] * len(sessions)
    return [data[f"m{place}"]["appointment"] for place in range(len(sessions))]


async def test_each_completion_answers_with_its_own_count(office: House) -> None:
    """1, 2, 3 in the client's tracker and in the banner alike, and the third reaches the limit."""
    client = await office.desk.client()
    await office.desk.tracker(client, 3)
    sessions = [await office.desk.session(client, hour=hour) for hour in (7, 8, 9)]
    answers = await all_at_once(office, "completeAppointment", sessions)
    states = ["ACTIVE", "ACTIVE", "LIMIT_REACHED"]
    for used, (answer, state) in enumerate(zip(answers, states, strict=True), start=1):
        count = {"used": used, "remaining": 3 - used, "state": state}
        assert answer == {
            "status": "COMPLETED",
            "client": {"revision": 1 + used, "trackers": [count]},
            "banner": {"revision": 1 + used, "trackers": [{**count, "sessionNumber": used}]},
        }


async def test_each_undoing_answers_with_its_own_count(office: House) -> None:
    """2, 1, 0, and what is not counted has no number."""
    client = await office.desk.client()
    await office.desk.tracker(client, 3)
    sessions = [await office.desk.session(client, hour=hour, completed=True) for hour in (7, 8, 9)]
    answers = await all_at_once(office, "reopenAppointment", sessions)
    for used, answer in zip((2, 1, 0), answers, strict=True):
        count = {"used": used, "remaining": 3 - used, "state": "ACTIVE"}
        assert answer == {
            "status": "SCHEDULED",
            "client": {"revision": 7 - used, "trackers": [count]},
            "banner": {"revision": 7 - used, "trackers": [{**count, "sessionNumber": None}]},
        }


async def test_a_failure_between_does_not_hold_back_what_is_read_after_it(office: House) -> None:
    """A completion, a refusal that reads the client as well, and another completion."""
    client = await office.desk.client()
    tracker = await office.desk.tracker(client, 3)
    first, second = await office.desk.session(client, hour=7), await office.desk.session(client, hour=8)
    data = await office.api().data(
        f"""mutation ($first: ID!, $second: ID!, $tracker: ID!) {{
          one: completeAppointment(input: {{ appointmentId: $first }}) {{ {SHOWN} }}
          two: updateTracker(input: {{ trackerId: $tracker, sessionLimit: 0 }}) {{ errors {{ code }} }}
          three: completeAppointment(input: {{ appointmentId: $second }}) {{ {SHOWN} }}
          four: updateTracker(input: {{ trackerId: $tracker, sessionLimit: 2 }}) {{
            tracker {{ used state client {{ revision trackers {{ used state }} }} }} errors {{ code }} }} }}""",
        first=first,
        second=second,
        tracker=tracker,
    )
    assert data["two"] == {"errors": [{"code": "LIMIT_TOO_LOW"}]}
    for name, used in (("one", 1), ("three", 2)):
        appointment = data[name]["appointment"]
        assert [row["used"] for row in appointment["client"]["trackers"]] == [used]
        assert [row["used"] for row in appointment["banner"]["trackers"]] == [used]
    reached = {"used": 2, "state": "LIMIT_REACHED"}
    assert data["four"] == {"tracker": {**reached, "client": {"revision": 4, "trackers": [reached]}}, "errors": []}
