"""The table of graphql-transport-ws: what a client sends, what it is told, and what closes its socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from websockets.typing import Subprotocol

from graph.ids import global_id
from tests.api.served import PROTOCOL
from tests.api.test_handshakes import LEGACY
from tests.api.test_watching_protocol import WATCH

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
