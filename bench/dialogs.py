"""The load client: many open dialogs on one event loop, each a socket of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

QUERY: Final = """subscription ($id: ID!) { appointmentBanner(appointmentId: $id) {
  appointmentId clientId revision reason moreCount
  primary { trackerId state sessionLimit used remaining }
  trackers { trackerId state sessionLimit used remaining over sessionNumber beginDate endDate note color }
} }"""
PATIENCE_SECONDS: Final = 60
SECONDS_TO_OPEN: Final = 0.03
"""For each dialog; far more than any server needs."""
BANNER_BYTES: Final = 250
"""Every banner's frame is longer, every other message shorter."""
PONG: Final = b'{"type":"pong"}'


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a dialog says when its socket is open: its token, then what it watches."""

    token: str
    appointment_id: str

    @property
    def init(self) -> bytes:
        """The connection_init message."""
        return orjson.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}})

    @property
    def subscribe(self) -> bytes:
        """The subscribe message."""
        payload = {"query": QUERY, "variables": {"id": self.appointment_id}}
        return orjson.dumps({"id": "1", "type": "subscribe", "payload": payload})


@dataclass
class Event:
    """One event on its way to all dialogs; the moments are of the monotonic clock, in nanoseconds."""

    missing: int
    all_received: asyncio.Future[None]
    first_ns: int = 0
    last_ns: int = 0

    def received(self) -> int:
        """Note that one more dialog has it; return the moment."""
        self.last_ns = time.monotonic_ns()
        if not self.first_ns:
            self.first_ns = self.last_ns
        self.missing -= 1
        if not self.missing:
            self.all_received.set_result(None)
        return self.last_ns


class Dialog(WSListener):
    """One socket. `frame` is the newest banner as it came, `received_ns` the moment at which it had the last event."""

    def __init__(self, dialogs: "Dialogs", greeting: Greeting | None) -> None:
        self.frame = b""
        self.received_ns = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: WSTransport | None = None
        self.pong: asyncio.Future[None] | None = None
        self._dialogs = dialogs
        self._greeting = greeting
        self._event: Event | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say who is there."""
        self.transport = transport
        if self._greeting is None:
            self.ready.set_result(None)
        else:
            transport.send(WSMsgType.TEXT, self._greeting.init)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a banner, or answer another message."""
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                self._fail(f"The server closed a socket: {frame.get_close_code()} {frame.get_close_reason()}")
                transport.disconnect()
            return
        message = frame.get_payload_as_bytes()
        if len(message) < BANNER_BYTES:
            self._answer(transport, message)
            return
        self.frame = message
        event = self._dialogs.event
        if event is not None and event is not self._event:
            self._event = event
            self.received_ns = event.received()
        elif not self.ready.done():
            self.ready.set_result(None)

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 (the library's signature)
        """Tell when it was not this side that ended."""
        self._fail("A socket broke.")

    def close(self) -> None:
        """End the socket."""
        if not self.ready.cancel() and not self.ready.cancelled():
            self.ready.exception()
        if self.transport is not None:
            self.transport.disconnect()

    async def trip_ns(self) -> int:
        """Return how long a ping and its pong take."""
        assert self.transport is not None, "the dialog is open"
        self.pong = asyncio.get_running_loop().create_future()
        begun = time.monotonic_ns()
        self.transport.send(WSMsgType.TEXT, b'{"type":"ping"}')
        await asyncio.wait_for(self.pong, PATIENCE_SECONDS)
        return time.monotonic_ns() - begun

    def _answer(self, transport: WSTransport, message: bytes) -> None:
        kind = orjson.loads(message)["type"]
        if kind == "connection_ack" and self._greeting is not None:
            transport.send(WSMsgType.TEXT, self._greeting.subscribe)
        elif kind == "ping":
            transport.send(WSMsgType.TEXT, PONG)
        elif kind == "pong":
            if self.pong is not None and not self.pong.done():
                self.pong.set_result(None)
        else:
            self._fail(message.decode())

    def _fail(self, what: str) -> None:
        failure = RuntimeError(what)
        event = self._dialogs.event
        if not self.ready.done():
            self.ready.set_exception(failure)
        elif event is not None and not event.all_received.done():
            event.all_received.set_exception(failure)


@dataclass
class Dialogs:
    """All dialogs that are open on one server."""

    opened: list[Dialog] = field(default_factory=list)
    event: Event | None = None

    def expect(self) -> Event:
        """Start to wait for one event in every dialog."""
        self.event = Event(len(self.opened), asyncio.get_running_loop().create_future())
        return self.event

    async def received(self) -> None:
        """Wait until the event has come everywhere.

        Raises TimeoutError after a minute, RuntimeError when a dialog broke.
        """
        assert self.event is not None, "an event is expected"
        await asyncio.wait_for(self.event.all_received, PATIENCE_SECONDS)
        self.event = None

    async def open(self, address: str, greetings: Sequence[Greeting | None], *, at_once: int) -> float:
        """Open one dialog for each greeting, so many at once; return how many seconds it took till all were ready."""
        waiting = iter(greetings)
        patience = PATIENCE_SECONDS + SECONDS_TO_OPEN * len(greetings)
        begun = time.monotonic()
        async with asyncio.timeout(patience), asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(self._open_each(f"{address.replace('http', 'ws', 1)}/graphql", waiting))
        return time.monotonic() - begun

    async def _open_each(self, url: str, greetings: Iterator[Greeting | None]) -> None:
        for greeting in greetings:
            dialog = Dialog(self, greeting)
            self.opened.append(dialog)
            await ws_connect(
                lambda dialog=dialog: dialog,
                url,
                extra_headers=[("Sec-WebSocket-Protocol", "graphql-transport-ws")],
                websocket_handshake_timeout=PATIENCE_SECONDS,
                read_buffer_init_size=4096,
            )
            await dialog.ready

    def close(self) -> None:
        """End all sockets."""
        self.event = None
        for dialog in self.opened:
            dialog.close()
        self.opened.clear()


@asynccontextmanager
async def dialogs() -> AsyncIterator[Dialogs]:
    """Close, at the end of the block, whatever dialogs it opened."""
    opened = Dialogs()
    try:
        yield opened
    finally:
        opened.close()
