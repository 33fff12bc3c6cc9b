"""The wire: uvicorn's protocols, and what becomes of a peer that does not read, or is there no more."""

import asyncio
import socket
from asyncio.transports import BaseTransport
from collections.abc import Callable
from typing import ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from graph.transports.pump import WIRE
from graph.transports.streams import HANG_UP

STALL_SECONDS: Final = 10.0
STALLED: Final = 4413
STALLED_REASON: Final = "More waits than you read: connect again."
VANISHED_SECONDS: Final = 30.0
LAST_WORD_SECONDS: Final = 1.0
SOCKET_BUFFER_BYTES: Final = 16 * 1024
SOCKET_KERNEL_BYTES: Final = 64 * 1024
HTTP_KERNEL_BYTES: Final = 256 * 1024


class StallWatch:
    """Calls `on_stall` when the peer takes nothing for `seconds` of what waits for it."""

    def __init__(self, transport: asyncio.Transport, seconds: float, on_stall: Callable[[], None]) -> None:
        self._transport = transport
        self._seconds = seconds
        self._on_stall = on_stall
        self._waiting = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Watch from now on."""
        self.end()
        self._waiting = self._transport.get_write_buffer_size()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look)

    def end(self) -> None:
        """Watch no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        if self._transport.get_write_buffer_size() < self._waiting:
            self.begin()
        else:
            self._timer = None
            self._on_stall()


class SocketProtocol(WebSocketsSansIOProtocol):
    """A socket whose stalled or vanished peer costs a bounded buffer for a bounded time.

    It is offered to the application as a wire (`graph.transports.pump.Wire`), past ASGI's messages.
    """

    stall_seconds: ClassVar[float] = STALL_SECONDS
    _watch: StallWatch
    _behind: tuple[Callable[[], None], ...] = ()

    def handle_connect(self, event: Request) -> None:
        """Begin the handshake."""
        super().handle_connect(event)
        cast("dict[str, object]", self.scope["extensions"])[WIRE] = self

    @property
    def is_writable(self) -> bool:
        """Whether the peer has taken what was written, but for a bounded rest."""
        return self.writable.is_set()

    def when_writable(self, then: Callable[[], None]) -> None:
        """Have `then` called once, when the wire is writable again."""
        self._behind += (then,)

    def push(self, *parts: bytes) -> None:
        """Write a text message made of these parts; nothing happens when the socket is closing."""
        if not (self.close_sent or self.disconnected or self.transport.is_closing()):
            self.transport.write(b"".join((_text_header(sum(map(len, parts))), *parts)))

    def connection_made(self, transport: BaseTransport) -> None:
        """Take over the connection."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=SOCKET_BUFFER_BYTES)
        _limit(self.transport, kernel_bytes=SOCKET_KERNEL_BYTES)
        self._watch = StallWatch(self.transport, self.stall_seconds, self._stalled)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go."""
        self._watch.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Have senders wait, for a while."""
        super().pause_writing()
        self._watch.begin()

    def resume_writing(self) -> None:
        """Have senders go on."""
        self._watch.end()
        super().resume_writing()
        behind, self._behind = self._behind, ()
        for then in behind:
            then()

    def keepalive_timeout(self) -> None:
        """Close with 1011, and do not wait for a peer that has vanished to take what is left."""
        super().keepalive_timeout()
        self.loop.call_later(LAST_WORD_SECONDS, self.transport.abort)

    def _stalled(self) -> None:
        if self.close_sent or not self.handshake_complete:
            self.transport.abort()
            return
        self.stop_keepalive()
        self.queue.put_nowait({"type": "websocket.disconnect", "code": STALLED, "reason": STALLED_REASON})
        self.conn.send_close(STALLED, STALLED_REASON)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self.writable.set()
        self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.stall_seconds, self.transport.abort)


class HttpProtocol(HttpToolsProtocol):
    """A connection that is cut off when its peer does not read."""

    stall_seconds: ClassVar[float] = STALL_SECONDS
    _watch: StallWatch

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take over the connection."""
        super().connection_made(transport)
        _limit(transport, kernel_bytes=HTTP_KERNEL_BYTES)
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
        """Hand the connection over."""
        self._watch.end()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """Have senders wait, for a while."""
        super().pause_writing()
        self._watch.begin()

    def resume_writing(self) -> None:
        """Have senders go on."""
        self._watch.end()
        super().resume_writing()


def _text_header(length: int) -> bytes:
    """Return what precedes a whole text message of so many bytes: one frame, unmasked (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2)
    return b"\x81\x7f" + length.to_bytes(8)


def _limit(transport: asyncio.Transport, *, kernel_bytes: int) -> None:
    """Bound what the kernel keeps for the peer, and for how long it sends to one that does not answer."""
    raw = cast("socket.socket", transport.get_extra_info("socket"))
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel_bytes)
    if hasattr(socket, "TCP_USER_TIMEOUT") and raw.family in {socket.AF_INET, socket.AF_INET6}:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * VANISHED_SECONDS))
