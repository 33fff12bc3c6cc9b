"""Sockets: WebSockets (RFC 6455) on uvicorn's connections, with frames by `websockets`; each carries a conversation.

They are written to without waiting. No task is kept for one, so that ten thousand that are open cost little.
"""

import asyncio
import logging
from asyncio.transports import BaseTransport
from collections.abc import Callable
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any, ClassVar, Final, Protocol, cast

from uvicorn.config import Config
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, SERVER
from websockets.protocol import Protocol as Frames

from graph.limits.refusals import SOON
from graph.transports.connections import Crowded, Doors
from graph.transports.handshakes import Answer, Request, answer, too_many
from graph.transports.stalls import STALL_SECONDS, StallWatch

CONVERSATIONS: Final = "conversations"
"""Under this name the application's state has what opens a conversation over a socket, by the request's path."""

DOORS: Final = "doors"
"""Under this name the application's state has who is let in."""

VANISHED: Final = 4408
VANISHED_REASON: Final = "No ping was answered: connect again."
RESTARTING: Final = 1012
NOT_TEXT: Final = 4400
NOT_ACCEPTABLE: Final = 4406
STALLED: Final = 4413
STALLED_REASON: Final = "More waits than you read: connect again."
REASON_BYTES: Final = 123
CLOSE_SECONDS: Final = 10.0
LAST_WORD_SECONDS: Final = 1.0
BUFFER_BYTES: Final = 16 * 1024
KERNEL_BYTES: Final = 64 * 1024
_log = logging.getLogger(__name__)


class Conversation(Protocol):
    """What is said over one socket."""

    def hear(self, message: bytes) -> None:
        """Take a text message; it need not be UTF-8."""

    def leave(self) -> None:
        """End: nothing can be said any more."""


class SocketProtocol(asyncio.Protocol):
    """A socket whose stalled or vanished peer costs a bounded buffer for a bounded time.

    While what was written waits for the peer, nothing more is read from it either.
    """

    __slots__ = (
        "_behind",
        "_connections",
        "_conversation",
        "_doors",
        "_frames",
        "_is_let_in",
        "_is_pinged",
        "_open_conversation",
        "_parts",
        "_ping_seconds",
        "_timer",
        "_watch",
        "address",
        "is_open",
        "is_writable",
        "transport",
    )

    stall_seconds: ClassVar[float] = STALL_SECONDS
    transport: asyncio.Transport

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        self._connections = cast("set[object]", server_state.connections)
        self._open_conversation: dict[str, Callable[[SocketProtocol], Conversation]] = app_state[CONVERSATIONS]
        self._doors: Doors = app_state[DOORS]
        self._ping_seconds = config.ws_ping_interval
        self._frames = Frames(SERVER, max_size=config.ws_max_size, logger=_log)
        self._conversation: Conversation | None = None
        self._behind: dict[Callable[[], None], None] = {}
        self._parts: list[bytes] = []
        self._is_pinged = False
        self._timer: asyncio.TimerHandle | None = None
        self._watch: StallWatch | None = None
        self.address, self._is_let_in = "", False
        self.is_open = False
        self.is_writable = True

    def upgrade(self, transport: asyncio.Transport, request: Request) -> None:
        """Take over the connection on which this request was made, and answer it."""
        self.transport = transport
        self._connections.add(self)
        transport.set_write_buffer_limits(high=BUFFER_BYTES)
        transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BYTES)
        response, self.is_open, is_spoken = self._let_in(request)
        transport.write(response)
        if not self.is_open:
            transport.close()
            return
        self._keep_alive_later()
        if is_spoken:
            self._conversation = self._open_conversation[request.path](self)
        else:
            self.close(NOT_ACCEPTABLE, "Subprotocol not acceptable")

    def _let_in(self, request: Request) -> Answer:
        """Return the answer to a request; one that is let in takes a place of its address."""
        answered = answer(request, paths=self._open_conversation, origins=self._doors.origins)
        if answered.is_open:
            try:
                self._doors.connections.arrive(request.address)
            except Crowded as error:
                return too_many(str(error), retry_after=SOON)
            self.address, self._is_let_in = request.address, True
        return answered

    def push(self, *parts: bytes) -> None:
        """Write a text message made of these parts; nothing happens when the socket is closing."""
        if self.is_open:
            self.transport.write(b"".join((_text_header(sum(map(len, parts))), *parts)))

    def when_writable(self, then: Callable[[], None]) -> None:
        """Have `then` called once, when the peer has taken what was written, but for a bounded rest.

        To ask for the same again changes nothing: who is behind is behind, however much has happened.
        """
        self._behind[then] = None

    def close(self, code: int, reason: str) -> None:
        """Close the socket; nothing happens when it is closing."""
        if self.is_open:
            self._close(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"), within=CLOSE_SECONDS)

    def connection_made(self, transport: BaseTransport) -> None:
        """Do nothing: it was made for the request."""

    def data_received(self, data: bytes) -> None:
        """Take what has come."""
        self._frames.receive_data(data)
        for frame in self._frames.events_received():
            self._take(cast("Frame", frame))
        self._write_frames()
        if self._frames.parser_exc is not None:
            self._end(within=LAST_WORD_SECONDS)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Let go."""
        if self._is_let_in:
            self._doors.connections.depart(self.address)
        self._end(within=0)
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.end()
        self._connections.discard(self)
        self._conversation = None

    def pause_writing(self) -> None:
        """Have what is to be written wait, for a while."""
        self.is_writable = self._is_pinged = False
        if not self.transport.is_closing():
            self.transport.pause_reading()
        if self._watch is None:
            self._watch = StallWatch(self.transport, self.stall_seconds, self._stalled)
        self._watch.begin()

    def resume_writing(self) -> None:
        """Have those write who could not."""
        self.is_writable = True
        if self._watch is not None:
            self._watch.end()
        behind, self._behind = self._behind, {}
        for then in behind:
            then()
        self._read_on()

    def shutdown(self) -> None:
        """Close at once: the server ends."""
        self.close(RESTARTING, "")
        self.transport.close()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self._end(within=CLOSE_SECONDS)
            self._write_frames()
            self.transport.close()
        elif frame.opcode is Opcode.PONG:
            self._is_pinged = False
        elif frame.opcode is Opcode.BINARY:
            self.close(NOT_TEXT, "WebSocket message type must be text")
        elif frame.opcode is not Opcode.PING:
            if frame.data:
                self._parts.append(bytes(frame.data))
            if frame.fin:
                message, self._parts = b"".join(self._parts), []
                self._hear(message)

    def _hear(self, message: bytes) -> None:
        if self.is_open and self._conversation is not None:
            self._conversation.hear(message)

    def _read_on(self) -> None:
        if self.is_writable and not self.transport.is_closing():
            self.transport.resume_reading()

    def _write_frames(self) -> None:
        for data in self._frames.data_to_send():
            if data:
                self.transport.write(data)
            elif self.transport.can_write_eof():
                self.transport.write_eof()

    def _keep_alive_later(self) -> None:
        if self._ping_seconds:
            self._timer = asyncio.get_running_loop().call_later(self._ping_seconds, self._keep_alive)

    def _keep_alive(self) -> None:
        """Ask whether the peer is there, unless it has not answered since it was last asked.

        While it takes what was written, however slowly, it is, and nothing is read that it may have answered.
        """
        if self._is_pinged:
            self._close(VANISHED, VANISHED_REASON, within=LAST_WORD_SECONDS)
            return
        if self.is_writable:
            self._is_pinged = True
            self._frames.send_ping(b"")
            self._write_frames()
        self._keep_alive_later()

    def _stalled(self) -> None:
        if self.is_open:
            self._close(STALLED, STALLED_REASON, within=self.stall_seconds)
        else:
            self.transport.abort()

    def _close(self, code: int, reason: str, *, within: float) -> None:
        if self._frames.state is OPEN:  # A close, or an error, may already have come in the same piece.
            self._frames.send_close(code, reason)
        self._write_frames()
        self._end(within=within)

    def _end(self, *, within: float) -> None:
        """End the conversation; cut the peer off when it has not closed the connection within so many seconds."""
        if not self.is_open:
            return
        self.is_open, self._behind = False, {}
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(within, self.transport.abort)
        if self._conversation is not None:
            self._conversation.leave()
        self._read_on()


def _text_header(length: int) -> bytes:
    """Return what precedes a whole text message of so many bytes: one frame, unmasked (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((0x81, length))
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2)
    return b"\x81\x7f" + length.to_bytes(8)
