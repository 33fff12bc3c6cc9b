"""Handshakes: whether a request that asks for a socket gets one, by RFC 6455 and by where it comes from."""

from collections.abc import Container
from typing import Final

from strawberry.http.websocket_origin import is_same_origin
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

SUBPROTOCOL: Final = "Sec-WebSocket-Protocol"


def answer(request: Request, frames: ServerProtocol, *, paths: Container[str]) -> Response:
    """Return the response: 101, with the subprotocol where the client speaks it, or why there is no socket for it."""
    if path_of(request) not in paths:
        return frames.reject(404, "No sockets are served here.\n")
    if not _is_of_this_origin(request):
        return frames.reject(403, "Pages of another origin may not open sockets here.\n")
    response = frames.accept(request)
    if response.status_code == 101 and GRAPHQL_TRANSPORT_WS_PROTOCOL in _offered(request):
        response.headers[SUBPROTOCOL] = GRAPHQL_TRANSPORT_WS_PROTOCOL
    return response


def path_of(request: Request) -> str:
    """Return what is asked for, without a query."""
    return request.path.partition("?")[0]


def _is_of_this_origin(request: Request) -> bool:
    """Tell whether it comes from a page of ours, or from no page: browsers let any page open a socket anywhere."""
    headers = request.headers
    hosts = headers.get_all("Host")
    host = hosts[0] if len(hosts) == 1 else None
    from_here = headers.get_all("Sec-Fetch-Site") == ["same-origin"]
    return from_here or all(is_same_origin(origin, host) for origin in headers.get_all("Origin"))


def _offered(request: Request) -> set[str]:
    return {name.strip() for line in request.headers.get_all(SUBPROTOCOL) for name in line.split(",")}
