"""Requests on uvicorn's connections: a peer that is slow is cut off, one that asks for a socket gets it."""

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.transports.handshakes import Request, refusal
from graph.transports.proxies import address_of_peer, place_of
from graph.transports.sockets import SocketProtocol
from graph.transports.stalls import STALL_SECONDS, StallWatch
from graph.transports.streams import HANG_UP

KERNEL_BYTES: Final = 256 * 1024
REQUEST_SECONDS: Final = 30.0
HEAD_BYTES: Final = 64 * 1024
REQUEST_BYTES: Final = 2 * 1024 * 1024
"""On the wire: the largest body, sent a byte in each chunk, fits."""


class HttpProtocol(HttpToolsProtocol):
    """A connection that is cut off when its peer does not read, or takes too long to ask.

    The parser holds a head however long it is, and what comes behind a body: a head that is not complete after 64 KiB
    is refused, and a request that is not after 2 MiB. What is added to the head behind the body is not kept.
    """

    stall_seconds: ClassVar[float] = STALL_SECONDS
    request_seconds: ClassVar[float] = REQUEST_SECONDS
    _watch: StallWatch
    _patience: asyncio.TimerHandle | None = None
    _is_in_request = False
    _is_in_head = False
    _bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take over the connection."""
        super().connection_made(transport)
        self._watch = StallWatch(transport, self.stall_seconds, transport.abort)
        self._expect_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go."""
        self._watch.end()
        self._expect_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has come; also empty lines before a request have it expected."""
        if self._patience is None and self.cycle is not None and self.cycle.response_complete:
            self._expect_a_request()
        super().data_received(data)
        if self._is_in_request:
            self._bytes += len(data)
            if self._is_in_head and self._bytes > HEAD_BYTES:
                self._give_up(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"A head has {HEAD_BYTES} bytes at most.")
            elif self._bytes > REQUEST_BYTES:
                self._give_up(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A request has {REQUEST_BYTES} bytes at most.")

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._is_in_request, self._is_in_head, self._bytes = True, True, 0
        self._expect_a_request()
        super().on_message_begin()
        cast("dict[str, object]", self.scope)["extensions"] = {HANG_UP: self.transport.close}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep what belongs to the head."""
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take the end of a request."""
        self._is_in_request = False
        self._expect_no_more()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, with the request as it was read; not while an answer to another is under way."""
        if (self.cycle is not None and not self.cycle.response_complete) or self.transport.get_write_buffer_size():
            self.transport.abort()
            return
        self._watch.end()
        self._expect_no_more()
        self.connections.discard(self)
        protocol = cast("type[SocketProtocol]", self.ws_protocol_class)
        opened = protocol(config=self.config, server_state=self.server_state, app_state=self.app_state)
        peer = self.client[0] if self.client else ""
        address = place_of(address_of_peer(peer, self.headers, trusted=_proxies_of(self.config)))
        request = Request(self.scope["method"], self.url, self.parser.get_http_version(), self.headers, address)
        self.transport.set_protocol(opened)
        opened.upgrade(self.transport, request)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self.transport.write(refusal(HTTPStatus.BAD_REQUEST, msg).response)
        self.transport.close()

    def pause_writing(self) -> None:
        """Have senders wait, for a while."""
        super().pause_writing()
        self._watch.begin()

    def resume_writing(self) -> None:
        """Have senders go on."""
        self._watch.end()
        super().resume_writing()

    def _expect_a_request(self) -> None:
        """Wait for a whole request, for a while."""
        self._expect_no_more()
        loop = asyncio.get_running_loop()
        text = f"A request comes within {self.request_seconds:g} seconds."
        self._patience = loop.call_later(self.request_seconds, self._give_up, HTTPStatus.REQUEST_TIMEOUT, text)

    def _expect_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _give_up(self, status: HTTPStatus, why: str) -> None:
        """Hang up; say why to who has begun to ask, unless an answer is under way."""
        if self._is_in_head:
            may_say = self.cycle is None or self.cycle.response_complete
        else:
            may_say = self.cycle is not None and not self.cycle.response_started
        if may_say:
            self.transport.write(refusal(status, why).response)
        self.transport.close()


def _proxies_of(config: Config) -> str:
    trusted = config.forwarded_allow_ips
    return trusted if config.proxy_headers and isinstance(trusted, str) else ""
