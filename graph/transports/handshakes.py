"""Handshakes: whether a request for a socket gets one, by RFC 6455 (section 4.2) and by where it comes from."""

import base64
import binascii
import hashlib
from collections.abc import Container, Iterable
from http import HTTPStatus
from typing import Final, NamedTuple

from strawberry.http.websocket_origin import is_same_origin
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from graph.transports.headers import HEADERS

GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY_BYTES: Final = 16
VERSION: Final = b"13"
SPOKEN: Final = GRAPHQL_TRANSPORT_WS_PROTOCOL.encode()
ACCEPTED: Final = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
SAFE_HEADERS: Final = tuple(f"{name}: {value}".encode() for name, value in HEADERS.items())
_Header = tuple[bytes, bytes]


class Request(NamedTuple):
    """What was asked for, by a request that uvicorn has read and found to ask for a WebSocket. Names are lower case."""

    method: str
    target: bytes
    http_version: str
    headers: Iterable[_Header]
    address: str = ""

    @property
    def path(self) -> str:
        """The target without a query."""
        return self.target.partition(b"?")[0].decode("latin-1")


class Answer(NamedTuple):
    """A response: it opens the socket, or says why there is none. `is_spoken` tells whether the client can talk."""

    response: bytes
    is_open: bool = False
    is_spoken: bool = False


def answer(request: Request, *, paths: Container[str], origins: Container[str] = ()) -> Answer:
    """Return the answer to a request, with sockets at these paths, for pages of ours and of these origins."""
    found: dict[bytes, list[bytes]] = {}
    for name, value in request.headers:
        found.setdefault(name, []).append(value)
    if request.path not in paths:
        return refusal(HTTPStatus.NOT_FOUND, "No sockets are served here.")
    if request.method != "GET":
        return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "A socket is asked for with GET.", (b"Allow", b"GET"))
    if request.http_version != "1.1":
        return refusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "A socket is asked for with HTTP/1.1.")
    if found.get(b"sec-websocket-version") != [VERSION]:
        needed = (b"Sec-WebSocket-Version", VERSION)
        return refusal(HTTPStatus.UPGRADE_REQUIRED, "Sockets speak version 13.", (b"Upgrade", b"websocket"), needed)
    if (key := _key(found.get(b"sec-websocket-key", ()))) is None:
        return refusal(HTTPStatus.BAD_REQUEST, "One Sec-WebSocket-Key of 16 bytes in base64 is needed.")
    if not _is_of_an_origin(found, origins):
        return refusal(HTTPStatus.FORBIDDEN, "Pages of another origin may not open sockets here.")
    accept = b"Sec-WebSocket-Accept: %b\r\n" % base64.b64encode(hashlib.sha1(key + GUID).digest())
    offered = {name.strip() for line in found.get(b"sec-websocket-protocol", ()) for name in line.split(b",")}
    spoken = b"Sec-WebSocket-Protocol: %b\r\n" % SPOKEN if SPOKEN in offered else b""
    return Answer(b"".join((ACCEPTED, accept, spoken, b"\r\n")), is_open=True, is_spoken=bool(spoken))


def _key(given: Iterable[bytes]) -> bytes | None:
    """Return the only key, if it is one."""
    try:
        (key,) = given
        return key if len(base64.b64decode(key, validate=True)) == KEY_BYTES else None
    except (ValueError, binascii.Error):
        return None


def too_many(why: str, *, retry_after: int) -> Answer:
    """Return the answer to who has too many sockets."""
    return refusal(HTTPStatus.TOO_MANY_REQUESTS, why, (b"Retry-After", b"%d" % retry_after))


def _is_of_an_origin(found: dict[bytes, list[bytes]], named: Container[str]) -> bool:
    """Tell whether it comes from a page of ours or of a named origin, or from no page.

    Browsers let any page open a socket anywhere.
    """
    hosts = found.get(b"host", [])
    host = hosts[0].decode("latin-1") if len(hosts) == 1 else None
    from_here = found.get(b"sec-fetch-site") == [b"same-origin"]
    origins = [origin.decode("latin-1") for origin in found.get(b"origin", ())]
    return from_here or all(is_same_origin(origin, host) or origin.lower() in named for origin in origins)


def refusal(status: HTTPStatus, why: str, *headers: _Header) -> Answer:
    """Return an answer that says why there is no other, and after which the connection is closed."""
    body = f"{why}\n".encode()
    lines = [
        b"HTTP/1.1 %d %b" % (status, status.phrase.encode()),
        *(b"%b: %b" % header for header in headers),
        *SAFE_HEADERS,
        b"Content-Type: text/plain; charset=utf-8",
        b"Content-Length: %d" % len(body),
        b"Connection: close",
    ]
    return Answer(b"\r\n".join((*lines, b"", body)))
