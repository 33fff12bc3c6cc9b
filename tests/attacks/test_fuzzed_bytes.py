"""Bytes that Hypothesis makes for the port: each is answered as HTTP says, or cut off, and the next is served."""

import socket
from typing import Final
from urllib.parse import urlsplit

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks.target import Target

EXAMPLES: Final = 300
PATIENCE_SECONDS: Final = 20
HOST: Final = b"Host: 127.0.0.1\r\n"
JSON: Final = HOST + b"Content-Type: application/json\r\n"
REQUESTS: Final = (
    b"GET / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /graphql?query=%7Bviewer%7Brole%7D%7D HTTP/1.1\r\n" + HOST + b"\r\n",
    b"POST /graphql HTTP/1.1\r\n" + JSON + b'Content-Length: 31\r\n\r\n{"query":"{ viewer { role } } "}',
    b"POST /graphql HTTP/1.1\r\n" + JSON + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"que\r\n0\r\n\r\n',
    b"GET /graphql HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
)


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Return a request of which some bytes are others, more, or gone."""
    request = draw(st.sampled_from(REQUESTS))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(request)))
        end = min(len(request), begin + draw(st.integers(0, 12)))
        request = request[:begin] + draw(st.binary(max_size=12)) + request[end:]
    return request


@given(data=st.binary(max_size=400) | mutations() | st.lists(mutations(), max_size=3).map(b"".join))
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_whatever_comes_in(target: Target, data: bytes) -> None:
    """No answer is a fault, and none is waited for."""
    parts = urlsplit(target.address)
    with socket.create_connection((parts.hostname, parts.port), PATIENCE_SECONDS) as peer:
        try:
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: peer.recv(65536), b""))
        except (ConnectionResetError, BrokenPipeError):  # cut off
            return
    first = answer.split(b"\r\n", 1)[0]
    assert not answer or first.startswith(b"HTTP/1.1 "), (data, answer)
    assert b" 500 " not in first, (data, answer)
