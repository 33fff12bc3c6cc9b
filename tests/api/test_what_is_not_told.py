"""What is not told: the schema where it is hidden, what is behind a fault, and anybody's data in the log."""

import logging
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from typing import Any, Final

import pytest

from graph.logs import FORMAT, Discreet
from models.database import connected, database
from tests.api.conftest import House, running, settle_in
from tests.conftest import StillClock
from tests.graph.limits.test_documents import HINTS

WRONG_VALUES: Final[list[tuple[str, dict[str, Any]]]] = [
    ("query ($x: TrackerFilter) { trackers(filter: $x) { nodes { id } } }", {"x": {"stat": ["ACTIVE"]}}),
    ("query ($x: [TrackerState!]) { trackers(filter: { state: $x }) { nodes { id } } }", {"x": ["ACTIV"]}),
    ("subscription ($x: ID!) { clientTrackers(clientId: $x) { revisio } }", {"x": "1"}),
    (
        "subscription ($s: [TaskStatus!]) { taskInbox { tasks { client { tasks(status: $s) { id } } } } }",
        {"s": ["OPE"]},
    ),
]


@pytest.fixture
async def hidden(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve a practice whose schema is not to be known."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    async with running(database_url, clock, practice, people, introspection=False) as house:
        yield house


async def test_suggestions_leak_nothing(hidden: House) -> None:
    """Neither about the document nor about the values of variables, over HTTP and over a socket."""
    async with hidden.api().socket() as socket:
        for query, variables in [*((hint, dict[str, Any]()) for hint in HINTS), *WRONG_VALUES]:
            answer = await hidden.api().post(query, **variables)
            await socket.subscribe(query, **variables)
            message = await socket.receive()
            assert message["type"] == "error" or "errors" in message["payload"], message
            if message["type"] == "next":
                assert (await socket.receive())["type"] == "complete"
            for told in (str(answer), str(message)):
                assert "did you mean" not in told.lower(), told
            assert "errors" in answer


async def test_introspection_is_off(hidden: House) -> None:
    """By POST, by GET and over a socket."""
    query = "{ __schema { queryType { name } } }"
    answer = await hidden.api().post(query)
    assert "data" not in answer or answer["data"] is None
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}
    response = await hidden.http.get(f"{hidden.address}/graphql", params={"query": query})
    assert response.json()["errors"]
    async with hidden.api().socket() as socket:
        await socket.subscribe(query)
        assert (await socket.receive())["type"] == "error"
    assert await hidden.api().data("{ __typename }") == {"__typename": "Query"}


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Yield all that is logged meanwhile, as a server writes it."""
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(Discreet(FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield text
    finally:
        root.removeHandler(handler)


async def test_the_log_has_nobodys_data(database_url: str, clock: StillClock, written: StringIO) -> None:
    """Whatever is sent, and whatever goes wrong over it: there is the id of each fault, and no client error."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    async with running(database_url, clock, practice, people) as house:
        client = await house.desk.client("Mara Secretkeller", externalId="ext-secret-1")
        await house.desk.session(client)
        for query in ("{", "{ nobody }", "{ client(id: 5) { id } }", '{ client(id: "secret-id") { id } }'):
            await house.api().post(query)
        await house.http.post(f"{house.address}/graphql", content=b"secret-body", headers={"Authorization": "secret"})
        assert written.getvalue() == ""
        await database().execute_script(
            f"UPDATE appointment SET status = 'SECRET-STATUS' WHERE practice_id = '{house.practice.id}'"
        )
        answer = await house.api().post("{ appointments { nodes { status } } }")
        (error,) = answer["errors"]
    log = written.getvalue()
    assert error["extensions"]["correlationId"] in log
    assert "ValueError" in log or "KeyError" in log
    assert "secret" not in log.lower()
    assert str(house.api().token) not in log
