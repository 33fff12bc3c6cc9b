"""Messages that Hypothesis makes for sockets: each socket goes on, or is closed with a code that the protocol has."""

import json
import string
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.api.served import PROTOCOL
from tests.attacks.target import Target

EXAMPLES: Final = 300
PATIENCE_SECONDS: Final = 20
OF_THE_SERVER: Final = {"connection_ack", "ping", "pong", "next", "error", "complete"}
CLOSINGS: Final = {1000, 1002, 1003, 1007, 1009, 4400, 4401, 4403, 4409, 4429}
LAST: Final = {"id": "the last", "type": "subscribe", "payload": {"query": "{ viewer { role } }"}}

texts = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
documents = st.sampled_from(
    (
        "{ viewer { role } }",
        "subscription { board { revision } }",
        "subscription { taskInbox { tasks { id } } }",
        "mutation { completeTask(input: { taskId: 1 }) { errors { code } } }",
        "query A { viewer { role } } query B { practice { name } }",
        "{ nobody }",
        "{",
    )
)
payloads = st.fixed_dictionaries(
    {},
    optional={
        "query": documents | values,
        "variables": st.dictionaries(texts, values, max_size=2) | values,
        "operationName": st.sampled_from(("A", "B")) | values,
        "extensions": values,
        "Authorization": values,
    },
)
messages = st.fixed_dictionaries(
    {"type": st.sampled_from((*OF_THE_SERVER, "connection_init", "subscribe", "subscribe", "start")) | values},
    optional={"id": st.sampled_from(("1", "2")) | values, "payload": payloads | values},
)
# NaN and the like, which Python writes, are no JSON: they are among what is sent.
frames = st.lists(
    messages.map(json.dumps) | values.map(json.dumps) | st.text(string.printable, max_size=30) | st.binary(max_size=30),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("is_signed_in", [True, False])
@given(sent=frames)
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_whatever_a_socket_says(target: Target, is_signed_in: bool, sent: list[str | bytes]) -> None:
    """All that comes back is of the protocol, and no error is a fault."""
    with connect(target.address.replace("http", "ws", 1), subprotocols=[PROTOCOL], close_timeout=1) as socket:
        try:
            if is_signed_in:
                socket.send(json.dumps({"type": "connection_init", "payload": target.headers}))
                assert told(socket)["type"] == "connection_ack"
            for frame in sent:
                socket.send(frame)
            socket.send(json.dumps(LAST))
            answered = False
            while not answered:
                message = told(socket)
                answered = message.get("id") == LAST["id"]
                assert message["type"] in OF_THE_SERVER
                assert "INTERNAL_SERVER_ERROR" not in str(message), (sent, message)
        except ConnectionClosed:
            assert socket.close_code in CLOSINGS, (sent, socket.close_code, socket.close_reason)


def told(socket: ClientConnection) -> dict[str, Any]:
    """Return the next message."""
    message: dict[str, Any] = json.loads(socket.recv(PATIENCE_SECONDS))
    return message
