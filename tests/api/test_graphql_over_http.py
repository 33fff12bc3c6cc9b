"""GraphQL over HTTP beyond npm's audits: methods, media types and status codes, each as the specification has it."""

import json
from typing import Any, Final

import httpx
import pytest

from tests.api.conftest import House
from tests.api.streaming import COMPLETE, EventStream, Multipart, Stream, streaming
from tests.api.test_requests_at_fault import faults

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]

JSON: Final = "application/json"
NEWER: Final = "application/graphql-response+json"
ROLE: Final = "{ viewer { role } }"
ADMIN: Final = {"data": {"viewer": {"role": "ADMIN"}}}
CREATE: Final = 'mutation { createClient(input: { name: "Noah Meier" }) { client { id } } }'
WATCH: Final = "subscription { board { revision } }"
ALLOWED: Final = "GET, HEAD, OPTIONS, POST"


async def asked(house: House, method: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    """Return the response to a request of the administrator's; httpx adds `Accept: */*` where none is given."""
    sent = {"Authorization": f"Bearer {house.api().token}", **(headers or {})}
    return await house.http.request(method, f"{house.address}/graphql", headers=sent, **more)


async def clients(house: House) -> list[Any]:
    """Return the practice's clients."""
    found: list[Any] = (await house.api().data("{ clients { nodes { id } } }"))["clients"]["nodes"]
    return found


def told(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the media type of an answer, whose charset is always told."""
    kind, charset = response.headers["content-type"].split("; ")
    assert charset == "charset=utf-8"
    return response.status_code, kind


def code_of(response: httpx.Response) -> str:
    """Return the code of the only error of an answer without data."""
    (error,) = response.json()["errors"]
    assert response.json() == {"errors": [error]}
    code: str = error["extensions"]["code"]
    return code


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
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/jsonx",
        "x-application/json",
        "text/plain; application/json",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1",
    ],
)
async def test_another_content_type_is_415(
    office: House, content_type: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever the body: what a form can send is not taken."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    response = await asked(office, "POST", content=json.dumps({"query": CREATE}), headers=headers)
    assert told(response) == (415, JSON)
    assert response.headers["accept-post"] == JSON
    assert code_of(response) == "BAD_REQUEST"
    assert await clients(office) == []
    assert faults(caplog) == []


@pytest.mark.parametrize(
    "content_type", [JSON, "Application/JSON", "application/json;charset=UTF-8", 'application/json; charset="utf-8"']
)
async def test_json_in_utf8_is_taken(office: House, content_type: str) -> None:
    """However it is written."""
    response = await asked(office, "POST", content=json.dumps({"query": ROLE}), headers={"Content-Type": content_type})
    assert (told(response), response.json()) == ((200, JSON), ADMIN)


async def test_a_compressed_body_is_415(office: House) -> None:
    """A small one could be a large one."""
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    response = await asked(office, "POST", content=b"\x1f\x8b", headers=headers)
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (NEWER, NEWER),
        (f"{NEWER};q=0.5", NEWER),
        (f"{NEWER}; charset=utf-8, {JSON}; charset=utf-8", NEWER),
        (f"{NEWER},{JSON};q=0.9", NEWER),
        (f"{JSON}, {NEWER}", NEWER),
        (f"{JSON}, {NEWER};q=0.9", JSON),
        (f"{JSON};q=0.5, */*;q=0.8", NEWER),
        (f"{JSON};q=0, {NEWER};q=0.1", NEWER),
        (f"{NEWER};q=0, */*", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        (f"{NEWER.upper()};Q=1.0", NEWER),
        (f"{JSON};q=nonsense", JSON),
        ("text/html, text/event-stream;q=0.5, application/json;q=0.1", JSON),
    ],
)
async def test_the_answer_is_what_the_client_likes_best(office: House, accept: str, answered: str) -> None:
    """As RFC 9110 weighs it; a cache is told that it depends on that."""
    for method, body in (("POST", {"json": {"query": ROLE}}), ("GET", {"params": {"query": ROLE}})):
        response = await asked(office, method, headers={"Accept": accept}, **body)
        assert (told(response), response.json()) == ((200, answered), ADMIN)
        assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "text/*",
        f"{JSON};q=0",
        f"{JSON};q=0.0, {NEWER};q=0.000",
        "application/*;q=0, text/html",
        "multipart/mixed",
        "multipart/mixed;subscriptionSpec*=utf-8''1.0",
        'multipart/mixed;boundary="other";subscriptionSpec=1.0',
        ";;;,,;q",
    ],
)
async def test_who_accepts_nothing_that_there_is_gets_406(
    office: House, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    """And nothing is done."""
    headers = {"Accept": accept}
    response = await asked(office, "POST", json={"query": CREATE}, headers=headers)
    assert told(response) == (406, JSON)
    assert code_of(response) == "BAD_REQUEST"
    assert await clients(office) == []
    assert faults(caplog) == []


async def test_an_event_stream_is_sent_to_who_takes_nothing_else(office: House) -> None:
    """Wherever it stands in Accept."""
    headers = {"Accept": "text/html, text/event-stream"}
    response = await asked(office, "POST", json={"query": ROLE}, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream")


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
