"""graphql-transport-ws case by case: what a client sends, what it is told, and what closes its socket."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidState, InvalidStatus
from websockets.typing import Subprotocol

from graph.ids import global_id
from tests.api.conftest import House
from tests.api.served import PROTOCOL, Socket, closing
from tests.api.test_handshakes import LEGACY, address
from tests.api.test_watching_protocol import WATCH, complaints

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]

INIT: Final = '{"type": "connection_init", "payload": {"Authorization": "Bearer TOKEN"}}'
ROLE: Final = "{ viewer { role } }"
ROLE_OF_A_NAME: Final = "query ($first: Int!) { clients(first: $first) { nodes { id } } }"
SOMEBODY: Final = global_id("Client", UUID(int=7))
PONG: Final = ("pong",)


def subscribe(query: object, key: object = "1", **payload: object) -> str:
    """Return the message that starts an operation."""
    return json.dumps({"id": key, "type": "subscribe", "payload": {"query": query, **payload}})


def refused(code: str) -> tuple[tuple[object, ...], ...]:
    """Return what is told of an operation that cannot begin."""
    return (("error", "1", [code]),)


ANSWER: Final = (("next", "1", {"viewer": {"role": "ADMIN"}}), ("complete", "1"))
WATCH_AGAIN: Final = subscribe(WATCH, "watched", variables={"id": "CLIENT"})


@dataclass(frozen=True)
class Case:
    """What is sent in one go: by a stranger, or by somebody who is signed in and watches a client as `watched`."""

    sent: tuple[str | bytes, ...]
    told: tuple[tuple[object, ...], ...] = ()
    code: int | None = None
    is_stranger: bool = False


CASES: Final[Mapping[str, Case]] = {
    # the connection
    "init": Case((INIT,), (("connection_ack",),), is_stranger=True),
    "init twice": Case((INIT,), code=4429),
    "init twice at once": Case((INIT, INIT), code=4429, is_stranger=True),
    "subscribe without init": Case((subscribe(ROLE),), code=4401, is_stranger=True),
    "subscribe before the acknowledgement": Case((INIT, subscribe(ROLE)), code=4401, is_stranger=True),
    "ping before init": Case(('{"type": "ping"}',), (PONG,), is_stranger=True),
    "complete before init": Case(('{"type": "complete", "id": "1"}',), is_stranger=True),
    "ping": Case(('{"type": "ping"}',), (PONG,)),
    "ping with a payload": Case(('{"type": "ping", "payload": {"sent": 1}}',), (PONG,)),
    "pong that nobody asked for": Case(('{"type": "pong"}', '{"type": "pong", "payload": {"sent": 1}}')),
    # messages that are none
    "array": Case(("[]",), code=4400),
    "number": Case(("5",), code=4400),
    "string": Case(('"x"',), code=4400),
    "null": Case(("null",), code=4400),
    "true": Case(("true",), code=4400),
    "nothing": Case(("",), code=4400),
    "not JSON": Case(("not json",), code=4400),
    "NaN": Case(('{"type": "ping", "payload": {"sent": NaN}}',), code=4400),
    "deep JSON": Case(("[" * 5000,), code=4400),
    "object without a type": Case(("{}",), code=4400),
    "type that is a number": Case(('{"type": 5}',), code=4400),
    "unknown type": Case(('{"type": "unheard of"}',), code=4400),
    "type that only servers send": Case(('{"type": "connection_ack"}',), code=4400),
    "next, which only servers send": Case(('{"type": "next", "id": "1", "payload": {}}',), code=4400),
    "init with a string for a payload": Case(
        ('{"type": "connection_init", "payload": "x"}',), code=4400, is_stranger=True
    ),
    "init with an array for a payload": Case(
        ('{"type": "connection_init", "payload": []}',), code=4400, is_stranger=True
    ),
    "ping with a string for a payload": Case(('{"type": "ping", "payload": "x"}',), code=4400),
    "subscribe with a string for a payload": Case(('{"type": "subscribe", "id": "1", "payload": "x"}',), code=4400),
    "subscribe with null for a payload": Case(('{"type": "subscribe", "id": "1", "payload": null}',), code=4400),
    "subscribe without a payload": Case(('{"type": "subscribe", "id": "1"}',), code=4400),
    "subscribe without an id": Case(('{"type": "subscribe", "payload": {"query": "{ viewer { role } }"}}',), code=4400),
    "id that is a number": Case((subscribe(ROLE, 5),), code=4400),
    "id that is an array": Case((subscribe(ROLE, ["x"]),), code=4400),
    "id that is an object": Case((subscribe(ROLE, {}),), code=4400),
    "id that is null": Case((subscribe(ROLE, None),), code=4400),
    "complete with a number for an id": Case(('{"type": "complete", "id": 5}',), code=4400),
    "complete without an id": Case(('{"type": "complete"}',), code=4400),
    "query that is a number": Case((subscribe(5),), code=4400),
    "query that is null": Case((subscribe(None),), code=4400),
    "variables that are a number": Case((subscribe(ROLE, variables=5),), code=4400),
    "variables that are an array": Case((subscribe(ROLE, variables=[]),), code=4400),
    "operationName that is a number": Case((subscribe(ROLE, operationName=5),), code=4400),
    "extensions that are a string": Case((subscribe(ROLE, extensions="x"),), code=4400),
    "binary frame": Case((subscribe(ROLE).encode(),), code=4400),
    "huge message": Case((subscribe(ROLE) + " " * 64 * 1024,), code=1009),
    # operations
    "query": Case((subscribe(ROLE),), ANSWER),
    "query with null for what may be left out": Case(
        (subscribe(ROLE, variables=None, operationName=None, extensions=None),), ANSWER
    ),
    "duplicate id": Case((WATCH_AGAIN,), code=4409),
    "id that is free again": Case(
        ('{"type": "complete", "id": "watched"}', WATCH_AGAIN),
        (("next", "watched", {"clientTrackers": {"revision": 0}}),),
    ),
    "complete of an unknown id": Case(('{"type": "complete", "id": "unheard of"}',)),
    "syntax error": Case((subscribe("subscription {"),), refused("GRAPHQL_PARSE_FAILED")),
    "query that is empty": Case((subscribe(""),), refused("BAD_USER_INPUT")),
    "validation error": Case((subscribe("{ nobody }"),), refused("GRAPHQL_VALIDATION_FAILED")),
    "validation error of a subscription": Case(
        (subscribe("subscription { nobody }"),), refused("GRAPHQL_VALIDATION_FAILED")
    ),
    "unknown operationName": Case((subscribe(ROLE, operationName="Nobody"),), refused("BAD_USER_INPUT")),
    "operationName that is lacking": Case(
        (subscribe("query A { viewer { role } } query B { viewer { role } }"),), refused("BAD_USER_INPUT")
    ),
    "variable that is lacking": Case((subscribe(ROLE_OF_A_NAME),), refused("BAD_USER_INPUT")),
    "variable that a subscription lacks": Case((subscribe(WATCH),), refused("BAD_USER_INPUT")),
    "subscription to what is not there": Case((subscribe(WATCH, variables={"id": SOMEBODY}),), refused("NOT_FOUND")),
    "subscription to what is no id": Case((subscribe(WATCH, variables={"id": "x"}),), refused("INVALID_ID")),
    "failure in a query": Case(
        (subscribe("query ($id: ID!) { client(id: $id) { id } }", variables={"id": "x"}),),
        (("next", "1", ["INVALID_ID"]), ("complete", "1")),
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_each_gets_what_the_protocol_says(office: House, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged as trouble, and what is watched goes on: over other sockets, and over this one if it stays."""
    case = CASES[name]
    client = await office.desk.client()
    async with office.api().socket() as bystander, connect(address(office), subprotocols=[PROTOCOL]) as raw:
        watched = await bystander.subscribe(WATCH, id=client)
        await bystander.next(watched)
        socket = Socket(raw)
        fill = {"TOKEN": str(office.api().token), "CLIENT": client}
        if not case.is_stranger:
            await sign_in_and_watch(socket, fill)
        write(raw, [filled(frame, fill) for frame in case.sent])
        assert await heard(socket, case) == (list(case.told), case.code)
        await office.desk.tracker(client)
        assert await bystander.next(watched) == {"clientTrackers": {"revision": 1}}
        if case.code is None and not case.is_stranger:
            assert await socket.next("watched") == {"clientTrackers": {"revision": 1}}
    assert complaints(caplog) == []


async def sign_in_and_watch(socket: Socket, fill: Mapping[str, str]) -> None:
    """Begin as every client does."""
    write(socket.raw, [filled(INIT, fill)])
    assert await socket.receive() == {"type": "connection_ack"}
    write(socket.raw, [filled(WATCH_AGAIN, fill)])
    assert await socket.next("watched") == {"clientTrackers": {"revision": 0}}


def filled(frame: str | bytes, fill: Mapping[str, str]) -> str | bytes:
    """Return a frame with what only the test's own practice knows."""
    if isinstance(frame, str):
        for name, value in fill.items():
            frame = frame.replace(name, value)
    return frame


def write(raw: ClientConnection, frames: list[str | bytes]) -> None:
    """Send frames in one go, so that all have come before anything is answered."""
    for frame in frames:
        if isinstance(frame, str):
            raw.protocol.send_text(frame.encode())
        else:
            raw.protocol.send_binary(frame)
    raw.send_data()


async def heard(socket: Socket, case: Case) -> tuple[list[tuple[object, ...]], int | None]:
    """Return what a case is told: until the socket closes, or nothing more comes before a ping is answered."""
    told: list[tuple[object, ...]] = []
    try:
        while case.code is not None or len(told) < len(case.told):
            told.append(said(await socket.receive()))
        return told, None if await socket.is_quiet() else 0
    except ConnectionClosed as closed:
        return told, closed.rcvd.code if closed.rcvd else 0


def said(message: dict[str, Any]) -> tuple[object, ...]:
    """Return a message as the table writes it: its type, its id, and its data or the codes of its errors."""
    if "id" not in message:
        assert message.keys() == {"type"}
        return (message["type"],)
    if "payload" not in message:
        return message["type"], message["id"]
    payload = message["payload"]
    errors = payload if message["type"] == "error" else payload.get("errors")
    told = [error["extensions"]["code"] for error in errors] if errors else payload["data"]
    return message["type"], message["id"], told


@dataclass(frozen=True)
class Handshake:
    """What a client asks for, and says when it is let in; and the HTTP status or the code of the close that it gets."""

    headers: Mapping[str, str]
    status: int | None = None
    code: int | None = None
    subprotocols: tuple[Subprotocol, ...] = (PROTOCOL,)


COOKIE: Final = "token=TOKEN; Authorization=Bearer TOKEN"
HANDSHAKES: Final[Mapping[str, Handshake]] = {
    "wrong subprotocol": Handshake({}, code=4406, subprotocols=(LEGACY,)),
    "no subprotocol": Handshake({}, code=4406, subprotocols=()),
    "foreign Origin": Handshake({"Origin": "https://elsewhere.example"}, status=403),
    "foreign Origin with a cookie": Handshake({"Origin": "https://elsewhere.example", "Cookie": COOKIE}, status=403),
    "Origin that is hidden": Handshake({"Origin": "null"}, status=403),
    "missing Origin with a cookie": Handshake({"Cookie": COOKIE}, code=4403),
    "missing Origin with a header of HTTP": Handshake({"Authorization": "Bearer TOKEN"}, code=4403),
    "missing Origin": Handshake({}, code=4403),
}


@pytest.mark.parametrize("name", HANDSHAKES)
async def test_who_may_not_come_in_is_told_so(office: House, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Only the payload of connection_init signs in: what a browser sends along by itself counts for nothing."""
    asked, fill = HANDSHAKES[name], {"TOKEN": str(office.api().token)}
    headers = {header: str(filled(value, fill)) for header, value in asked.headers.items()}
    assert await answered(office, asked.subprotocols, headers) == (asked.status, asked.code)
    assert complaints(caplog) == []


async def answered(
    office: House, subprotocols: tuple[Subprotocol, ...], headers: Mapping[str, str]
) -> tuple[int | None, int | None]:
    """Return the HTTP status that refuses the socket, or the code with which it closes after connection_init."""
    try:
        async with connect(address(office), subprotocols=subprotocols or None, additional_headers=headers) as raw:
            with suppress(InvalidState):  # It may be closed already.
                write(raw, ['{"type": "connection_init"}'])
            return None, (await closing(raw))[0]
    except InvalidStatus as refusal:
        return refusal.response.status_code, None
