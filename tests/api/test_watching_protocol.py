"""The socket itself: who gets in, what closes it, and what leaves the others alive."""

import json
import logging
from datetime import timedelta
from typing import Any, Final

import pytest
from websockets.asyncio.client import connect

from graph.auth import issue_token
from models.terms import Role
from tests.api.conftest import SECRET, House
from tests.api.served import PROTOCOL, Api, Socket, closing, closing_code

pytestmark = pytest.mark.asyncio(loop_scope="module")

WATCH: Final = "subscription ($id: ID!) { clientTrackers(clientId: $id) { revision } }"


async def closed_after(office: House, *frames: str | bytes) -> int:
    """Return the code with which the server closes a socket that sends these frames."""
    address = office.address.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=[PROTOCOL]) as raw:
        for frame in frames:
            await raw.send(frame)
        return await closing_code(raw)


def init(token: str | None) -> str:
    """Return the message that signs in."""
    payload = {"Authorization": f"Bearer {token}"} if token else {}
    return json.dumps({"type": "connection_init", "payload": payload})


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was logged as trouble."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


HOW: Final = "Send a valid token: `Authorization: Bearer …`, over a socket in the payload of connection_init."
REASONS: Final = {
    "absent": HOW,
    "nonsense": f"The token is not valid. {HOW}",
    "expired": "The token has expired: sign in again.",
    "left": "The token is for somebody who is not an active staff member: sign in again.",
}


@pytest.mark.parametrize("kind", REASONS)
async def test_a_socket_without_a_valid_token_is_closed(
    office: House, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """With 4403, at connection_init, and told why."""
    api = office.api(Role.STAFF)
    if kind == "left":
        person = {"staffMemberId": office.id_of(Role.STAFF), "active": False}
        await office.api().done("updateStaffMember", "staffMember { id }", **person)
    if kind == "expired":
        office.clock.advance(days=401)
    token = {"absent": None, "nonsense": "nonsense"}.get(kind, api.token)
    async with connect(office.address.replace("http", "ws", 1) + "/graphql", subprotocols=[PROTOCOL]) as raw:
        await raw.send(init(token))
        assert await closing(raw) == (4403, REASONS[kind])
    assert complaints(caplog) == []


async def test_a_socket_ends_with_its_token(office: House, caplog: pytest.LogCaptureFixture) -> None:
    """With 4403 and a reason, as soon as the token has expired; one that is valid for longer stays."""
    client = await office.desk.client()
    token = issue_token(
        secret=SECRET,
        practice_id=office.practice.id,
        now=office.clock.now(),
        lifetime=timedelta(seconds=1),
        staff_member_id=office.people[Role.STAFF].id,
    )
    async with office.api().socket() as longer, Api(office.address, token, office.http).socket() as socket:
        watched = await longer.subscribe(WATCH, id=client)
        await longer.next(watched)
        await socket.subscribe(WATCH, id=client)
        office.clock.advance(seconds=2)
        assert await closing(socket.raw) == (4403, "The token has expired: connect again with a new one.")
        assert await longer.is_quiet()
    assert complaints(caplog) == []


@pytest.mark.parametrize(
    "payload", ['"x"', "5", "[]", '{"Authorization": 5}', '{"Authorization": "Basic eA=="}', '{"Authorization": null}']
)
async def test_a_payload_that_is_no_token_lets_nobody_in(
    office: House, payload: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Closed with 4400 or 4403, without a traceback."""
    code = await closed_after(office, f'{{"type": "connection_init", "payload": {payload}}}')
    assert code in {4400, 4403}
    assert complaints(caplog) == []


async def told(socket: Socket, operation: str) -> list[str]:
    """Return the codes of the errors of an operation that fails, up to its end."""
    message: dict[str, Any] = await socket.receive()
    assert message["id"] == operation
    if message["type"] == "error":
        return [error["extensions"]["code"] for error in message["payload"]]
    assert message["type"] == "next", "an operation that fails says so before it completes"
    assert await socket.receive() == {"id": operation, "type": "complete"}
    return [error["extensions"]["code"] for error in message["payload"]["errors"]]


async def test_a_lowered_role_holds_on_an_open_socket(office: House) -> None:
    """Each operation asks anew who is signed in."""
    mutation = 'mutation { createClient(input: { name: "Noah Meier" }) { errors { code } } }'
    api: Api = office.api(Role.STAFF)
    person = office.id_of(Role.STAFF)
    async with api.socket() as socket:
        await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, role="READ_ONLY")
        operation = await socket.subscribe(mutation)
        assert await socket.next(operation) == {"createClient": {"errors": [{"code": "FORBIDDEN"}]}}
        assert (await socket.receive())["type"] == "complete"
        await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, active=False)
        operation = await socket.subscribe(mutation)
        assert await told(socket, operation) == ["UNAUTHENTICATED"]


async def test_a_watch_ends_when_access_is_lost(office: House) -> None:
    """Who left sees no event after that: the operation completes at the next change."""
    client = await office.desk.client()
    async with office.api(Role.STAFF).socket() as socket:
        operation = await socket.subscribe(WATCH, id=client)
        await socket.next(operation)
        person = office.id_of(Role.STAFF)
        await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, active=False)
        await office.desk.tracker(client)
        assert await socket.receive() == {"id": operation, "type": "complete"}
