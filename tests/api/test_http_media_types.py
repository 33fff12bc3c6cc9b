"""GraphQL over HTTP beyond npm's audits: which media types are taken, and which the client gets."""

import json

import pytest

from tests.api.conftest import House
from tests.api.over_http import ADMIN, CREATE, JSON, NEWER, ROLE, asked, clients, code_of, told
from tests.api.test_requests_at_fault import faults

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]


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
