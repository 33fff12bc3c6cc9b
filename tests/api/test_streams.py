"""Subscriptions over HTTP that stays open: the same events, errors and ends as over a socket."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, Final

import orjson
import pytest
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from graph.auth import issue_token
from graph.context import Context
from graph.ids import global_id
from graph.transports import streams
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import SECRET, House
from tests.api.served import PATIENCE_SECONDS, Api
from tests.api.streaming import COMPLETE, EventStream, Multipart, Stream, streaming

pytestmark = pytest.mark.asyncio(loop_scope="module")

WATCH: Final = "subscription ($id: ID!) { clientTrackers(clientId: $id) { revision } }"
BANNER: Final = "subscription ($id: ID!) { appointmentBanner(appointmentId: $id) { reason revision } }"
Kind = type[Stream]

either = pytest.mark.parametrize("kind", [EventStream, Multipart])


@either
async def test_a_change_elsewhere_comes_at_once_and_the_end_too(office: House, kind: Kind) -> None:
    """The state, each change, and `complete` when the appointment is gone."""
    client = await office.desk.client()
    appointment = await office.desk.session(client)
    async with streaming(office.api(), kind, BANNER, id=appointment) as stream:
        assert stream.response.status_code == 200
        assert stream.response.headers["content-type"] == kind.media_type
        assert stream.response.headers["cache-control"] == "no-store, no-transform"
        assert await stream.next() == {"data": {"appointmentBanner": {"reason": "SNAPSHOT", "revision": 0}}}
        await office.desk.tracker(client)
        assert await stream.next() == {"data": {"appointmentBanner": {"reason": "TRACKER_EDIT", "revision": 1}}}
        await office.api().done("deleteAppointment", "deletedId", appointmentId=appointment)
        assert await stream.next() == COMPLETE
        await stream.ended()


@either
@pytest.mark.parametrize(
    ("query", "subject", "code"),
    [
        ("subscription {", None, "GRAPHQL_PARSE_FAILED"),
        ("subscription { nobody }", None, "GRAPHQL_VALIDATION_FAILED"),
        (WATCH, None, "BAD_USER_INPUT"),
        (WATCH, "x", "INVALID_ID"),
        (WATCH, "unknown", "NOT_FOUND"),
    ],
)
async def test_what_cannot_begin_is_told_and_completed(
    office: House, kind: Kind, query: str, subject: str | None, code: str
) -> None:
    """As a result with errors and no data."""
    given = {"unknown": global_id("Client", new_id(now=office.clock.now()))}.get(subject or "", subject)
    variables = {} if given is None else {"id": given}
    async with streaming(office.api(), kind, query, **variables) as stream:
        result = await stream.next()
        assert list(result) == ["errors"]
        assert [error["extensions"]["code"] for error in result["errors"]] == [code]
        assert await stream.next() == COMPLETE


@either
async def test_who_is_not_signed_in_is_told(office: House, kind: Kind) -> None:
    """As data, with the code."""
    client = await office.desk.client()
    for token in (None, "nonsense"):
        async with streaming(Api(office.address, token, office.http), kind, WATCH, id=client) as stream:
            assert await codes_of(stream) == ["UNAUTHENTICATED"]


async def codes_of(stream: Stream) -> list[str]:
    """Return the codes of the errors with which a stream ends."""
    result: dict[str, Any] = await stream.next()
    assert await stream.next() == COMPLETE
    return [error["extensions"]["code"] for error in result["errors"]]


async def test_event_streams_carry_queries_and_mutations_too(office: House) -> None:
    """One result, and `complete`."""
    async with streaming(office.api(), EventStream, "{ viewer { role } }") as stream:
        assert await stream.next() == {"data": {"viewer": {"role": "ADMIN"}}}
        assert await stream.next() == COMPLETE
        await stream.ended()
    mutation = 'mutation { createClient(input: { name: "Noah Meier" }) { errors { code } } }'
    async with streaming(office.api(Role.READ_ONLY), EventStream, mutation) as stream:
        assert await stream.next() == {"data": {"createClient": {"errors": [{"code": "FORBIDDEN"}]}}}
        assert await stream.next() == COMPLETE


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (
            "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
            "application/graphql-response+json",
        ),
        ("application/json, text/event-stream", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
async def test_who_prefers_json_gets_json(office: House, accept: str, kind: str) -> None:
    """Though some clients always mention event streams, further down; subscriptions are refused there."""
    headers = {"Authorization": f"Bearer {office.api().token}", "Accept": accept}
    body = {"query": "{ viewer { role } }"}
    answer = await office.http.post(f"{office.address}/graphql", json=body, headers=headers)
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.json() == {"data": {"viewer": {"role": "ADMIN"}}}


class Hurried(streams.EventStream):
    """Has its heart beat fast."""

    heartbeat_interval = 0.01


class HurriedParts(streams.Multipart):
    """Has its heart beat fast."""

    heartbeat_interval = 0.01


@pytest.mark.parametrize(
    ("transport", "opening", "beat"),
    [
        (Hurried(), ":\n\n", ":\n\n"),
        (
            HurriedParts(),
            "--graphql",
            "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}\r\n--graphql",
        ),
    ],
)
async def test_the_line_is_kept_while_nothing_happens(
    office: House, transport: Hurried | HurriedParts, opening: str, beat: str
) -> None:
    """With heartbeats, which are no events; whoever stops reading closes the operation."""
    assert office.app is not None
    ended = []

    async def nothing() -> AsyncGenerator[ExecutionResult, None]:
        try:
            await asyncio.Event().wait()
            yield ExecutionResult(data={}, errors=None)
        finally:
            ended.append(True)

    async def process(_result: ExecutionResult) -> GraphQLHTTPResponse:
        raise AssertionError("there is no result")

    context = Context(office.app.state.services)
    stream = streams.frames(
        nothing(), transport, context=context, process=process, encode=lambda data: orjson.dumps(data).decode()
    )
    assert [await anext(stream) for _ in range(4)] == [opening, beat, beat, beat]
    assert not ended
    await stream.aclose()
    assert ended


@either
async def test_a_stream_ends_when_its_token_expires(office: House, kind: Kind) -> None:
    """With an error that says so, and `complete`."""
    client = await office.desk.client()
    api = Api(office.address, short_lived(office, seconds=1), office.http)
    async with streaming(api, kind, WATCH, id=client) as stream:
        assert await stream.next() == {"data": {"clientTrackers": {"revision": 0}}}
        office.clock.advance(seconds=1)
        assert await stream.next() == {
            "errors": [
                {
                    "message": "The token has expired: connect again with a new one.",
                    "extensions": {"code": "UNAUTHENTICATED"},
                }
            ]
        }
        assert await stream.next() == COMPLETE
        await stream.ended()


def short_lived(office: House, *, seconds: float) -> str:
    """Return a token of the administrator that is valid for so long."""
    return issue_token(
        secret=SECRET,
        practice_id=office.practice.id,
        now=office.clock.now(),
        lifetime=timedelta(seconds=seconds),
        staff_member_id=office.people[Role.ADMIN].id,
    )


@either
async def test_leaving_closes_what_was_watched(office: House, kind: Kind) -> None:
    """Nothing stays open in the process."""
    assert office.app is not None
    hub = office.app.state.services.hub
    client = await office.desk.client()
    async with streaming(office.api(), kind, WATCH, id=client) as stream:
        await stream.next()
        assert len(hub) == 1
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(hub):  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)


@either
async def test_a_stream_ends_when_access_is_lost(office: House, kind: Kind) -> None:
    """Who left sees no event after that: it completes at the next change; a colleague's goes on."""
    client, person = await office.desk.client(), office.id_of(Role.STAFF)
    async with (
        streaming(office.api(Role.STAFF), kind, WATCH, id=client) as stream,
        streaming(office.api(Role.READ_ONLY), kind, WATCH, id=client) as colleague,
    ):
        for each in (stream, colleague):
            assert await each.next() == {"data": {"clientTrackers": {"revision": 0}}}
        await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, active=False)
        await office.desk.tracker(client)
        assert await stream.next() == COMPLETE
        await stream.ended()
        assert await colleague.next() == {"data": {"clientTrackers": {"revision": 1}}}
