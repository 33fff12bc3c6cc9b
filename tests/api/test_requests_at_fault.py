"""HTTP requests that are at fault: refused as JSON with a code, and no fault of ours is logged."""

import logging

import httpx
import pytest

from tests.api.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

WATCHES = [
    "subscription ($id: ID!) { appointmentBanner(appointmentId: $id) { revision } }",
    "subscription ($id: ID!) { clientTrackers(clientId: $id) { id } }",
]
CODES = {"BAD_REQUEST", "BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}


async def posted(house: House, body: bytes, *, signed_in: bool = True) -> httpx.Response:
    """Return the response to a body."""
    headers = {"Content-Type": "application/json"}
    if signed_in:
        headers["Authorization"] = f"Bearer {house.api().token}"
    return await house.http.post(f"{house.address}/graphql", content=body, headers=headers)


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as a fault."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("signed_in", [True, False], ids=["signed-in", "stranger"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"query": "{ viewer { role } }"',
        b"\xff\xfe\x00",
        b"null",
        b"5",
        b'"x"',
        b"[1]",
        b"[]",
        b"{}",
        b'{"variables": {}}',
        b'{"query": null}',
        b'{"query": 5}',
        b'{"query": "{ viewer { role } }", "variables": 5}',
    ],
    ids=repr,
)
async def test_a_body_that_is_no_request_is_told_so(
    office: House, body: bytes, signed_in: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """400, one error with a message and BAD_REQUEST, and nothing else: whoever asks."""
    response = await posted(office, body, signed_in=signed_in)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    (error,) = response.json()["errors"]
    assert response.json() == {"errors": [{"message": error["message"], "extensions": {"code": "BAD_REQUEST"}}]}
    assert len(error["message"]) > 10
    assert faults(caplog) == []


@pytest.mark.parametrize("query", WATCHES, ids=["banner", "client"])
async def test_a_subscription_by_plain_post_is_refused_with_a_code(
    office: House, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It needs a socket: the caller is told so, and nothing is left running."""
    client = await office.desk.client()
    given = client if "clientTrackers" in query else await office.desk.session(client)
    headers = {"Authorization": f"Bearer {office.api().token}"}
    response = await office.http.post(
        f"{office.address}/graphql", json={"query": query, "variables": {"id": given}}, headers=headers
    )
    assert response.status_code in {200, 400, 405}
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    (error,) = response.json()["errors"]
    code = error["extensions"]["code"]
    assert code in CODES
    assert "correlationId" not in error["extensions"]
    assert response.json().get("data") is None
    assert faults(caplog) == []
    assert await office.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}


async def test_a_document_with_a_query_and_a_subscription_is_answered(
    office: House, caplog: pytest.LogCaptureFixture
) -> None:
    """The query that is named is run; the subscription beside it is refused when it is named."""
    document = f"query Role {{ viewer {{ role }} }} {WATCHES[1].replace('subscription', 'subscription Watch', 1)}"
    headers = {"Authorization": f"Bearer {office.api().token}"}
    answers = []
    for name in ("Role", "Watch"):
        response = await office.http.post(
            f"{office.address}/graphql",
            json={"query": document, "operationName": name, "variables": {"id": "x"}},
            headers=headers,
        )
        answers.append(response.json())
    assert answers[0]["data"] == {"viewer": {"role": "ADMIN"}}
    (error,) = answers[1]["errors"]
    assert error["extensions"]["code"] in CODES
    assert faults(caplog) == []
