"""The attacks that are known of GraphQL servers, by name: each is refused with a code, and the next is served."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.api.conftest import House
from tests.api.streaming import EventStream, Multipart, streaming
from tests.graph.limits.test_measure import doubling

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _unhurt(office: House, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Expect that nothing was logged as a fault, and that the next request is answered."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert await office.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}


async def codes(house: House, query: str, **variables: Any) -> set[str]:
    """Return the codes with which a document is refused: over HTTP, a socket, and streams alike."""
    answer = await house.api().post(query, **variables)
    assert answer.get("data") is None
    async with house.api().socket() as socket:
        operation = await socket.subscribe(query, **variables)
        message = await socket.receive()
    assert (message["type"], message["id"]) == ("error", operation)
    told = {error["extensions"]["code"] for error in answer["errors"]}
    assert {error["extensions"]["code"] for error in message["payload"]} == told
    for kind in (EventStream, Multipart):
        async with streaming(house.api(), kind, query, **variables) as stream:
            event = await stream.next()
            assert event.get("data") is None
            assert {error["extensions"]["code"] for error in event["errors"]} == told
    return told


async def test_alias_overloading(office: House) -> None:
    """One field under many names."""
    fields = " ".join(f"a{n}: role" for n in range(101))
    assert await codes(office, f"{{ viewer {{ {fields} }} }}") == {"TOO_MANY_ALIASES"}


async def test_batching_by_aliases(office: House) -> None:
    """One mutation many times in one request, such as to guess; nothing is changed."""
    fields = " ".join(f'm{n}: createClient(input: {{ name: "Noah" }}) {{ client {{ id }} }}' for n in range(51))
    assert await codes(office, f"mutation {{ {fields} }}") == {"TOO_MANY_ROOT_FIELDS"}
    assert await office.api().data("{ clients { nodes { id } } }") == {"clients": {"nodes": []}}


async def test_batching_by_arrays(office: House) -> None:
    """Several operations in one body."""
    one = {"query": "{ viewer { role } }"}
    headers = {"Authorization": f"Bearer {office.api().token}"}
    response = await office.http.post(f"{office.address}/graphql", json=[one] * 10, headers=headers)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_field_duplication(office: House) -> None:
    """One field many times under its own name."""
    assert await codes(office, "{ viewer { " + "role " * 1000 + "} }") == {"DOCUMENT_TOO_LARGE"}
    assert await codes(office, "{ " + "viewer { role } " * 100 + "}") == {"TOO_MANY_ROOT_FIELDS"}


async def test_directive_overloading(office: House) -> None:
    """Directives that exist and directives that do not."""
    for directive in ("@skip(if: false) ", "@aa "):
        assert await codes(office, "{ viewer { role " + directive * 101 + "} }") == {"TOO_MANY_DIRECTIVES"}


async def test_circular_fragments(office: House) -> None:
    """A fragment in itself, and two in each other."""
    for text in (
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ client(id: 1) { ...A } } fragment A on Client { trackers { client { ...A } } }",
    ):
        assert await codes(office, text) == {"GRAPHQL_VALIDATION_FAILED"}


async def test_doubling_fragments(office: House) -> None:
    """As many as a document has room for."""
    bombs = {"TOO_MANY_ROOT_FIELDS", "TOO_MANY_ALIASES", "TOO_COSTLY"}
    assert await codes(office, doubling(98)) == bombs


async def test_deep_queries(office: House) -> None:
    """What refers to each other is nested on and on, by itself and by fragments."""
    nested = "trackers { client { " * 8 + "id" + " } }" * 8
    assert "TOO_DEEP" in await codes(office, f"{{ client(id: 1) {{ {nested} }} }}")


async def test_costly_pages(office: House) -> None:
    """Pages in pages, by literals and by variables."""
    inner = "nodes { appointments(first: 100) { nodes { id client { name } } } }"
    assert await codes(office, f"{{ clients(first: 100) {{ {inner} }} }}") == {"TOO_COSTLY"}
    by_variable = f"query ($n: Int) {{ clients(first: $n) {{ {inner} }} }}"
    assert await codes(office, by_variable, n=100) == {"TOO_COSTLY"}
    assert await office.api().data(by_variable, n=1) == {"clients": {"nodes": []}}


async def test_variables_without_number(office: House) -> None:
    """Each would be looked at, and complained of."""
    query = "query ($x: [TrackerState!]) { trackers(filter: { state: $x }) { nodes { id } } }"
    assert await codes(office, query, x=["ACTIV"] * 5000) == {"TOO_MANY_VALUES"}


async def test_circular_introspection(office: House) -> None:
    """The schema is asked for over and over, in itself and beside itself."""
    types = "fields { type { " * 6 + "name" + " } }" * 6
    assert await codes(office, f"{{ __schema {{ types {{ {types} }} }} }}") <= {
        "TOO_COSTLY",
        "GRAPHQL_VALIDATION_FAILED",
    }
    beside = " ".join(f"s{n}: __schema {{ types {{ fields {{ name args {{ name }} }} }} }}" for n in range(50))
    assert await codes(office, f"{{ {beside} }}") == {"TOO_COSTLY"}
