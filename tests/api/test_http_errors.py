"""GraphQL over HTTP beyond npm's audits: what cannot begin and what fails on its way, each with its status."""

from typing import Any, Final

import pytest

from tests.api.conftest import House
from tests.api.over_http import JSON, NEWER, ROLE, asked, code_of, told
from tests.api.streaming import COMPLETE, EventStream, Multipart, Stream, streaming
from tests.api.test_requests_at_fault import faults

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]
REQUEST_ERRORS: Final = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    ({"query": "{ nobody }"}, "GRAPHQL_VALIDATION_FAILED"),
    ({"query": ROLE, "operationName": "Nobody"}, "BAD_USER_INPUT"),
    ({"query": "query A { viewer { role } } query B { viewer { role } }"}, "BAD_USER_INPUT"),
    ({"query": "fragment F on Viewer { role }"}, "BAD_USER_INPUT"),
    ({"query": "query ($id: ID!) { client(id: $id) { id } }"}, "BAD_USER_INPUT"),
    ({"query": "query ($id: ID!) { client(id: $id) { id } }", "variables": {"id": None}}, "BAD_USER_INPUT"),
]


@pytest.mark.parametrize(("body", "code"), REQUEST_ERRORS)
@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (NEWER, 400)])
async def test_what_cannot_begin_has_no_data(
    office: House, body: dict[str, Any], code: str, accept: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong operationName among it: 200 in the older media type, 400 in the newer."""
    response = await asked(office, "POST", json=body, headers={"Accept": accept})
    assert (told(response), code_of(response)) == ((status, accept), code)
    assert faults(caplog) == []


@pytest.mark.parametrize(
    ("kind", "query"),
    [(EventStream, "query A { viewer { role } } query B { viewer { role } }"), (Multipart, ROLE)],
    ids=["several operations", "a query in parts"],
)
async def test_a_stream_tells_what_cannot_begin(
    office: House, kind: type[Stream], query: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As the caller's fault, and ends."""
    async with streaming(office.api(), kind, query) as stream:
        answer = await stream.next()
        (error,) = answer["errors"]
        assert answer == {"errors": [error]}
        assert error["extensions"] == {"code": "BAD_USER_INPUT"}
        assert await stream.next() == COMPLETE
    assert faults(caplog) == []


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"query": 5}', b'{"query": null}', b"{}"])
@pytest.mark.parametrize("accept", [JSON, NEWER])
async def test_what_is_no_request_is_400(office: House, body: bytes, accept: str) -> None:
    """In both media types."""
    headers = {"Content-Type": JSON, "Accept": accept}
    response = await asked(office, "POST", content=body, headers=headers)
    assert (told(response), code_of(response)) == ((400, accept), "BAD_REQUEST")


@pytest.mark.parametrize(
    ("query", "data"),
    [
        ('{ client(id: "x") { id } practice { name } }', {"client": None, "practice": {"name": "Harbour"}}),
        ('{ clients(after: "x") { nodes { id } } }', None),
    ],
)
@pytest.mark.parametrize("accept", [JSON, NEWER])
async def test_what_fails_on_its_way_has_data_and_is_200(office: House, query: str, data: object, accept: str) -> None:
    """In both media types; null, too, tells that it had begun."""
    response = await asked(office, "POST", json={"query": query}, headers={"Accept": accept})
    assert told(response) == (200, accept)
    assert (response.json()["data"], len(response.json()["errors"])) == (data, 1)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "nan", "01", "+1", ".5", "0x10"])
async def test_a_number_that_json_has_not_is_refused(office: House, number: str) -> None:
    """By POST and by GET, in variables and in extensions."""
    for place in ("variables", "extensions"):
        body = f'{{"query": "{ROLE}", "{place}": {{"x": {number}}}}}'
        response = await asked(office, "POST", content=body, headers={"Content-Type": JSON})
        assert (told(response), code_of(response)) == ((400, JSON), "BAD_REQUEST")
        response = await asked(office, "GET", params={"query": ROLE, place: f'{{"x": {number}}}'})
        assert (told(response), code_of(response)) == ((400, JSON), "BAD_REQUEST")
