"""What front ends ask for is within the limits with room to spare; what no screen shows is not."""

from typing import Any, Final

import pytest

from graph.limits.documents import documents_of
from graph.schema import make_schema
from models.limits import LimitSettings

LIMITS: Final = LimitSettings()
DOCUMENTS: Final = documents_of(make_schema(demo=False)._schema, LIMITS)

PERSON: Final = "{ id name }"
PAGE: Final = "pageInfo { hasNextPage endCursor }"
PERIOD: Final = "{ number beginDate endDate sessionLimit used remaining over task { id title status } }"
TRACKER: Final = f"""id slot state sessionLimit used remaining over beginDate endDate note color autoReset
  taskRule {{ trigger assignee {PERSON} }} currentPeriod {PERIOD}"""
TASK: Final = f"id title status createdAt assignee {PERSON} client {PERSON} tracker {{ id slot }}"
ON_A_BANNER: Final = "{ trackerId state sessionLimit used remaining over sessionNumber beginDate endDate note color }"
APPOINTMENT: Final = f"""id startsAt endsAt serviceDate status service client {PERSON} practitioner {PERSON}
  banner {{ revision reason moreCount primary {ON_A_BANNER} trackers {ON_A_BANNER} }}"""

PROFILE: Final = f"""query ($id: ID!, $first: Int!) {{ client(id: $id) {{ id name externalId revision
  trackers {{ {TRACKER} periods(first: $first) {{ nodes {PERIOD} {PAGE} }} }}
  tasks {{ {TASK} }} appointments(first: $first) {{ nodes {{ {APPOINTMENT} }} {PAGE} }} }} }}"""
DAY: Final = f"""query ($first: Int!) {{ practice {{ id name today timeZone }} viewer {{ role staffMember {PERSON} }}
  appointments(first: $first) {{ nodes {{ {APPOINTMENT} }} {PAGE} }} }}"""
CLIENTS: Final = f"""query ($first: Int!) {{
  clients(first: $first) {{ nodes {{ id name revision trackers {{ {TRACKER} }} }} {PAGE} }} }}"""
LISTED: Final = f"{{ {TRACKER} client {PERSON} }}"
BOARD: Final = f"""subscription {{ board {{ revision counts {{ active limitReached expired upcoming openTasks }}
  nearlyUsed {LISTED} endingSoon {LISTED} expired {LISTED} }} }}"""
INBOX: Final = f"subscription {{ taskInbox {{ openCount tasks {{ {TASK} period {PERIOD} }} }} }}"
TASKS: Final = f"query ($first: Int!) {{ tasks(first: $first) {{ nodes {{ {TASK} }} {PAGE} }} }}"

APPOINTMENTS_OF: Final = "appointments(first: 100) { nodes { id startsAt status } }"


def told(text: str, variables: dict[str, Any]) -> list[str]:
    """Return the codes with which a document is refused; none when it is not."""
    document = DOCUMENTS.read(text)
    assert document.operations is not None
    errors = document.errors or document.operations.refused(None, variables)
    return [(error.extensions or {})["code"] for error in errors]


@pytest.mark.parametrize(
    ("text", "first", "cost"),
    [
        (PROFILE, 20, 4_644),
        (PROFILE, 100, 21_044),
        (DAY, 100, 11_715),
        (CLIENTS, 20, 4_725),
        (CLIENTS, 100, 23_605),
        (BOARD, 100, 9_611),
        (INBOX, 100, 2503),
        (TASKS, 100, 1305),
    ],
    ids=["profile", "long profile", "day", "clients", "many clients", "board", "inbox", "tasks"],
)
def test_a_screen_is_within_the_limits(text: str, first: int, cost: int) -> None:
    """With everything that there is to show on it: eight trackers, past periods, tasks, a banner each."""
    variables = {"id": "1", "first": first} if "$id" in text else {"first": first} if "$first" in text else {}
    assert told(text, variables) == []
    operations = DOCUMENTS.read(text).operations
    assert operations is not None
    assert operations.cost(None, variables) == {"requested": cost, "limit": LIMITS.query_cost}


@pytest.mark.parametrize(
    "text",
    [
        f"{{ clients(first: 100) {{ nodes {{ name {APPOINTMENTS_OF} }} }} }}",
        f"{{ trackers(first: 100) {{ nodes {{ client {{ {APPOINTMENTS_OF} }} }} }} }}",
        f"subscription {{ board {{ nearlyUsed {{ client {{ {APPOINTMENTS_OF} }} }} }} }}",
        f"query {{ nodes(ids: [{' '.join(['1'] * 100)}]) {{ ... on Client {{ {APPOINTMENTS_OF} }} }} }}",
        f"{{ clients(first: 100) {{ nodes {{ trackers {{ periods(first: 100) {{ nodes {PERIOD} }} }} }} }} }}",
        "{ clients(first: 100) { nodes { tasks { tracker { client { trackers { used over } } } } } } }",
    ],
    ids=["pages of clients", "of trackers", "of a board", "by id", "of periods", "in circles"],
)
def test_pages_of_pages_are_refused(text: str) -> None:
    """Ten thousand things are asked for page by page."""
    assert told(text, {}) == ["TOO_COSTLY"]
