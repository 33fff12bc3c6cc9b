"""Errors of requests: coded, and told without a trace of what is behind; faults of ours are masked and logged."""

import logging
from typing import Any

import pytest

from models.database import database
from tests.api.conftest import House
from tests.api.over_http import posted

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEEP = 100_000


async def codes_of(house: House, query: str, **variables: object) -> list[str]:
    """Return the codes of the errors of a query that has no data."""
    answer = await house.api().post(query, **variables)
    assert not answer.get("data")
    return [error["extensions"]["code"] for error in answer["errors"]]


@pytest.mark.parametrize("query", ["{", "query {", "{ viewer { role }", "viewer", "{ viewer(: 1) }", "\0"])
async def test_what_cannot_be_parsed_is_coded(office: House, query: str) -> None:
    """GRAPHQL_PARSE_FAILED, with the place."""
    assert await codes_of(office, query) == ["GRAPHQL_PARSE_FAILED"]


@pytest.mark.parametrize(
    "query",
    [
        "{ nobody }",
        "{ viewer }",
        "{ viewer { role { deeper } } }",
        "{ client { id } }",
        "{ client(id: 5.5) { id } }",
        "{ clients(first: null) { nodes { id } } appointments(from: 20260301) { nodes { id } } }",
        'mutation { createTracker(input: { clientId: "x" }) { errors { code } } }',
        "query ($unused: Int) { viewer { role } }",
    ],
)
async def test_what_does_not_fit_the_schema_is_coded(office: House, query: str) -> None:
    """GRAPHQL_VALIDATION_FAILED, each time."""
    assert set(await codes_of(office, query)) == {"GRAPHQL_VALIDATION_FAILED"}


@pytest.mark.parametrize("variables", [{}, {"first": None}, {"first": "x"}, {"first": 2**31}, {"first": 1.5}])
async def test_variables_that_do_not_fit_are_coded(office: House, variables: dict[str, Any]) -> None:
    """BAD_USER_INPUT: the document is right, what was given for it is not."""
    query = "query ($first: Int!) { clients(first: $first) { nodes { id } } }"
    assert await codes_of(office, query, **variables) == ["BAD_USER_INPUT"]


async def test_a_stranger_is_told_to_sign_in(office: House) -> None:
    """UNAUTHENTICATED, with what to send."""
    answer = await office.http.post(f"{office.address}/graphql", json={"query": "{ viewer { role } }"})
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert "Authorization: Bearer" in error["message"]


async def test_a_fault_of_ours_is_masked(office: House, caplog: pytest.LogCaptureFixture) -> None:
    """A row that cannot be read: the client learns an id and no more; the log has the id and the cause."""
    client = await office.desk.client()
    await office.desk.session(client)
    await database().execute_script(
        f"UPDATE appointment SET status = 'GONE' WHERE practice_id = '{office.practice.id}'"
    )
    with caplog.at_level(logging.ERROR):
        answer = await office.api().post("{ viewer { role } appointments { nodes { status } } }")
    (error,) = answer["errors"]
    correlation_id = error["extensions"]["correlationId"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "correlationId": correlation_id}
    assert error["message"] == f"Something went wrong on our side. Tell us this id: {correlation_id}"
    assert len(correlation_id) == 16
    logged = [record for record in caplog.records if correlation_id in record.getMessage()]
    assert len(logged) == 1
    assert logged[0].exc_info is not None
    assert "GONE" in str(logged[0].exc_info[1])


async def test_a_fault_of_ours_is_masked_over_a_socket(office: House, caplog: pytest.LogCaptureFixture) -> None:
    """The same, for a query and for a subscription; the socket goes on."""
    client = await office.desk.client()
    appointment = await office.desk.session(client)
    await database().execute_script(
        f"UPDATE appointment SET status = 'GONE' WHERE practice_id = '{office.practice.id}';"
        f"UPDATE client SET changed_because = 'GONE' WHERE practice_id = '{office.practice.id}'"
    )
    async with office.api().socket() as socket:
        for query in (
            "query ($id: ID!) { appointment(id: $id) { status } }",
            "subscription ($id: ID!) { appointmentBanner(appointmentId: $id) { revision } }",
        ):
            operation = await socket.subscribe(query, id=appointment)
            message = await socket.receive()
            errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
            assert "GONE" not in errors[0]["message"]
            assert [error["extensions"]["code"] for error in errors] == ["INTERNAL_SERVER_ERROR"]
            assert errors[0]["extensions"]["correlationId"] in caplog.text
            if message["type"] == "next":
                assert await socket.receive() == {"id": operation, "type": "complete"}
        operation = await socket.subscribe("{ viewer { role } }")
        assert await socket.next(operation) == {"viewer": {"role": "ADMIN"}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"5",
        b'"x"',
        b"true",
        b"[]",
        b"[null]",
        b'[{"query": "{ viewer { role } }"}]',
        b"{}",
        b'{"query": null}',
        b'{"query": 5}',
        b'{"query": ["{ viewer { role } }"]}',
        b'{"query": "{ viewer { role } }", "variables": 5}',
        b'{"query": "{ viewer { role } }", "variables": []}',
        b'{"query": "{ viewer { role } }", "variables": "x"}',
        b'{"query": "{ viewer { role } }", "operationName": 5}',
        b'{"query": "{ viewer { role } }", "operationName": "Nobody"}',
        b'{"query": "{ viewer { role } }", "extensions": 5}',
        b'{"query": "{ viewer { role } }"',
        b'{"query": "\\ud800"}',
        b'{"query": "\xff\xfe"}',
        b"\xff\xfe\x00",
        b"NaN",
        b"[" * DEEP,
        b'{"query": "{ viewer { role } }", "variables": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    ],
    ids=lambda body: repr(body[:60]),
)
async def test_a_body_that_is_no_request_is_the_callers_fault(
    office: House, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A 4xx, or a coded error of the request; never a fault of ours, nor a traceback in the log."""
    response = await posted(office, body)
    assert response.status_code < 500, response.text
    if response.status_code == 200:
        codes = {error["extensions"]["code"] for error in response.json()["errors"]}
        assert codes <= {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "query",
    ["{" * 3000, "{a" * 3000 + "}" * 3000, "{ a(b: " + "[" * 3000 + "]" * 3000 + ") }"],
    ids=["open", "fields", "lists"],
)
async def test_a_document_too_deep_is_the_callers_fault(
    office: House, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is refused with a code, and the next request is served."""
    (code,) = set(await codes_of(office, query))
    assert code in {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert await office.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}


async def test_other_ways_to_ask_are_refused(office: House) -> None:
    """Another content type, an upload, a method that has no place here; a mutation by GET above all."""
    response = await posted(office, b'{"query": "{ viewer { role } }"}', **{"Content-Type": "text/plain"})
    assert response.status_code in {400, 415}
    for method in ("PUT", "DELETE", "PATCH"):
        response = await office.http.request(method, f"{office.address}/graphql")
        assert response.status_code == 405
    headers = {"Authorization": f"Bearer {office.api().token}"}
    query = 'mutation { createClient(input: { name: "Noah Meier" }) { client { id } } }'
    response = await office.http.get(f"{office.address}/graphql", params={"query": query}, headers=headers)
    assert 400 <= response.status_code < 500
    assert await office.api().data("{ clients { nodes { id } } }") == {"clients": {"nodes": []}}
