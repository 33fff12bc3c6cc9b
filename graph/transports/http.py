"""Requests on uvicorn's connections: one whose peer does not read is cut off, one that asks for a socket becomes it."""

import asyncio
from typing import ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.transports.handshakes import Request
from graph.transports.sockets import SocketProtocol
from graph.transports.stalls import STALL_SECONDS, StallWatch
from graph.transports.streams import HANG_UP

KERNEL_BYTES: Final = 256 * 1024


class HttpProtocol(HttpToolsProtocol):
    """A connection that is cut off when its peer does not read."""

    stall_seconds: ClassVar[float] = STALL_SECONDS
    _watch: StallWatch

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take over the connection."""
        super().connection_made(transport)
        self._watch = StallWatch(transport, self.stall_seconds, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go."""
        self._watch.end()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        cast("dict[str, object]", self.scope)["extensions"] = {HANG_UP: self.transport.close}

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over, with the request as it was read; not while an answer to another is under way."""
        if (self.cycle is not None and not self.cycle.response_complete) or self.transport.get_write_buffer_size():
            self.transport.abort()
            return
        self._watch.end()
        self.connections.discard(self)
        protocol = cast("type[SocketProtocol]", self.ws_protocol_class)
        opened = protocol(config=self.config, server_state=self.server_state, app_state=self.app_state)
        request = Request(self.scope["method"], self.url, self.parser.get_http_version(), self.headers)
        self.transport.set_protocol(opened)
        opened.upgrade(self.transport, request)

    def pause_writing(self) -> None:
        """Have senders wait, for a while."""
        super().pause_writing()
        self._watch.begin()

    def resume_writing(self) -> None:
        """Have senders go on."""
        self._watch.end()
        super().resume_writing()
