"""GraphQL over HTTP beyond npm's audits: what each method is for, and what none can have by GET."""

import json
from typing import Final

import pytest

from tests.api.conftest import House
from tests.api.over_http import ADMIN, CREATE, JSON, NEWER, ROLE, WATCH, asked, clients, code_of, told

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]
ALLOWED: Final = "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"])
async def test_other_methods_are_told_which_there_are(office: House, method: str) -> None:
    """405 with Allow, as JSON."""
    response = await asked(office, method)
    assert told(response) == (405, JSON)
    assert response.headers["allow"] == ALLOWED
    assert code_of(response) == "BAD_REQUEST"


async def test_options_tells_the_methods(office: House) -> None:
    """204 and Allow; nothing of CORS."""
    response = await asked(office, "OPTIONS", headers={"Origin": "https://elsewhere.example"})
    assert (response.status_code, response.headers["allow"], response.content) == (204, ALLOWED, b"")
    assert [name for name in response.headers if name.startswith("access-control")] == []


async def test_a_query_by_get_is_answered_as_by_post(office: House) -> None:
    """With variables and the name of an operation; an empty name is none."""
    client = await office.desk.client()
    query = "query A { viewer { role } } query B($id: ID!) { client(id: $id) { id } }"
    params = {"query": query, "operationName": "B", "variables": json.dumps({"id": client})}
    response = await asked(office, "GET", params=params)
    assert told(response) == (200, JSON)
    assert response.json() == {"data": {"client": {"id": client}}}
    assert (await asked(office, "GET", params={"query": ROLE, "operationName": ""})).json() == ADMIN


async def test_head_is_get_without_the_body(office: House) -> None:
    """The same status and headers; also where GET is refused."""
    for params in ({"query": ROLE}, {"query": "{"}, {"query": CREATE}, {}):
        got, head = [await asked(office, method, params=params) for method in ("GET", "HEAD")]
        assert head.content == b""
        assert head.status_code == got.status_code
        assert {**head.headers, "date": ""} == {**got.headers, "date": ""}
    assert await clients(office) == []


@pytest.mark.parametrize("query", [CREATE, "mutation { __typename }", WATCH])
@pytest.mark.parametrize("accept", ["*/*", JSON, NEWER, f"{NEWER}, text/event-stream"])
async def test_by_get_there_are_queries_only(office: House, query: str, accept: str) -> None:
    """A mutation or a subscription is 405 with Allow, and nothing is changed."""
    response = await asked(office, "GET", params={"query": query}, headers={"Accept": accept})
    assert told(response) == (405, NEWER if NEWER in accept else JSON)
    assert response.headers["allow"] == "POST"
    assert code_of(response) == "BAD_REQUEST"
    assert await clients(office) == []


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0", "text/html"])
@pytest.mark.parametrize("query", [ROLE, WATCH, CREATE])
async def test_by_get_there_are_no_streams(office: House, query: str, accept: str) -> None:
    """Who takes nothing else is told so with 406."""
    response = await asked(office, "GET", params={"query": query}, headers={"Accept": accept})
    assert told(response) == (406, JSON)
    assert await clients(office) == []


async def test_by_get_the_token_is_sent_in_a_header_too(office: House) -> None:
    """Neither a cookie nor the address signs in, so that no other site can ask in a user's name."""
    token = office.api().token
    response = await office.http.get(
        f"{office.address}/graphql",
        params={"query": ROLE, "token": str(token), "Authorization": f"Bearer {token}"},
        headers={"Cookie": f"token={token}; Authorization=Bearer {token}"},
    )
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"query": ""},
        {"query": ROLE, "variables": "{"},
        {"query": ROLE, "variables": "5"},
        {"query": ROLE, "variables": "[]"},
        {"query": ROLE, "extensions": '"x"'},
    ],
)
async def test_a_get_that_is_no_request_is_400(office: House, params: dict[str, str]) -> None:
    """Nor does who is no browser get a page."""
    response = await asked(office, "GET", params=params, headers={"Accept": "*/*"})
    assert (told(response), code_of(response)) == ((400, JSON), "BAD_REQUEST")
