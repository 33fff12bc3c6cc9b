"""Open dialogs: each a client of graphql-transport-ws with a socket of its own, that comes back whatever ends it."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import orjson
from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

QUERY: Final = """subscription ($id: ID!, $known: Int) { appointmentBanner(appointmentId: $id, knownRevision: $known) {
  appointmentId clientId revision reason moreCount primary { trackerId used }
  trackers { trackerId state sessionLimit used remaining over sessionNumber beginDate endDate note color }
} }"""
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.4
ASK_AGAIN_SECONDS: Final = 0.2
HANDSHAKE_SECONDS: Final = 5.0
REMEMBERED: Final = 30
SERVICE_RESTART: Final = 1012
Banner = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a server ended a socket: with which code, None when it broke, and whether it had completed the stream."""

    address: str
    at: float
    code: int | None
    completed: bool

    @property
    def is_orderly(self) -> bool:
        """Tell whether it is how a server ends a socket that is about to be restarted: what is watched goes on."""
        return self.code == SERVICE_RESTART and not self.completed


class Dialog:
    """One appointment's dialog. `shown` is what it shows, `wrong` what it should never have been sent."""

    def __init__(self, appointment_id: str, token: str, addresses: Sequence[str], place: int) -> None:
        self.appointment_id = appointment_id
        self.token = token
        self.shown: Banner | None = None
        self.is_gone = False
        self.events = 0
        self.codes: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.endings: list[Ending] = []
        self.happened: deque[str] = deque(maxlen=REMEMBERED)
        self._addresses = addresses
        self._place = place
        self._pause = FIRST_PAUSE
        self._socket: _Socket | None = None

    @property
    def is_subscribed(self) -> bool:
        """Tell whether its socket is open and it has asked for its banner."""
        return self._socket is not None and self._socket.is_subscribed

    @property
    def known_revision(self) -> int | None:
        """The revision of what it shows."""
        return None if self.shown is None else int(self.shown["revision"])

    async def run(self) -> None:
        """Keep the dialog open until it is cancelled, or its appointment is gone."""
        while not self.is_gone:
            address = self._addresses[self._place]
            socket = self._socket = _Socket(self, address)
            try:
                await socket.live()
            except (OSError, WSError, TimeoutError) as error:
                self.note(f"no socket at {address}: {error!r}")
            finally:
                self._socket = None
                socket.close()
            self._place = (self._place + 1) % len(self._addresses)
            if not self.is_gone:
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def hang_up(self, *, place: int) -> None:
        """Close the socket, and come back at another place."""
        self._place = (place - 1) % len(self._addresses)
        if self._socket is not None:
            self._socket.leave()

    def welcomed(self) -> None:
        """Note that a server has let it in."""
        self._pause = FIRST_PAUSE

    def show(self, payload: Mapping[str, Any]) -> None:
        """Take an event."""
        if payload.get("errors"):
            self.wrong.append(f"an event carries errors: {payload['errors']}")
            return
        banner: Banner = payload["data"]["appointmentBanner"]
        known = self.known_revision
        self.note(f"{banner['reason']} {banner['revision']}")
        if known is not None and banner["revision"] <= known:
            self.wrong.append(f"revision {banner['revision']} after {known}, {banner['reason']}")
        self.shown = banner
        self.events += 1

    def refuse(self, errors: Sequence[Mapping[str, Any]]) -> None:
        """Take a refusal of the subscription."""
        code = str(errors[0].get("extensions", {}).get("code"))
        self.codes[code] += 1
        self.note(f"refused: {code}")
        self.is_gone = code == "NOT_FOUND"

    def ended(self, ending: Ending) -> None:
        """Note how a socket ended."""
        self.endings.append(ending)
        self.note(f"ended with {ending.code}{', completed' if ending.completed else ''}")

    def note(self, what: str) -> None:
        """Remember what happened, for a failure's report."""
        self.happened.append(f"{time.monotonic():.3f} {what}")


class _Socket(WSListener):
    """One connection of a dialog."""

    def __init__(self, dialog: Dialog, address: str) -> None:
        self.is_subscribed = False
        self._dialog = dialog
        self._address = address
        self._transport: WSTransport | None = None
        self._operation = 0
        self._completed = False
        self._left = False
        self._code: int | None = None

    async def live(self) -> None:
        """Connect, and return when the connection has ended."""
        url = f"{self._address.replace('http', 'ws', 1)}/graphql"
        protocol = [("Sec-WebSocket-Protocol", "graphql-transport-ws")]
        transport, _ = await ws_connect(
            lambda: self, url, extra_headers=protocol, websocket_handshake_timeout=HANDSHAKE_SECONDS
        )
        if self._transport is None:
            transport.disconnect()
            raise ConnectionError("The connection ended before it began.")
        await transport.wait_disconnected()
        if not self._left:
            self._dialog.ended(Ending(self._address, time.monotonic(), self._code, self._completed))

    def leave(self) -> None:
        """End the connection because the person does."""
        self._left = True
        self.close()

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.disconnect()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Say who is there."""
        self._transport = transport
        self._send("connection_init", payload={"Authorization": f"Bearer {self._dialog.token}"})

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002 (the library's signature)
        """Ask for nothing more."""
        self.is_subscribed = False

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a message."""
        if frame.msg_type is WSMsgType.CLOSE:
            self._code = _number(frame)
            transport.send_close()
            transport.disconnect()
        elif frame.msg_type is WSMsgType.TEXT:
            self._take(orjson.loads(frame.get_payload_as_bytes()))

    def _take(self, message: Mapping[str, Any]) -> None:
        kind = message["type"]
        if kind == "connection_ack":
            self._dialog.welcomed()
            self._subscribe()
        elif kind == "ping":
            self._send("pong")
        elif message["id"] != str(self._operation):
            self._dialog.wrong.append(f"a message of an operation that had ended: {message}")
        elif kind == "next":
            self._dialog.show(message["payload"])
        elif kind == "complete":
            self.is_subscribed, self._completed = False, True
            self._dialog.note("completed")
            # The stream ended because the appointment is gone: asking again tells so.
            asyncio.get_running_loop().call_later(ASK_AGAIN_SECONDS, self._subscribe)
        elif kind == "error":
            self.is_subscribed = False
            self._dialog.refuse(message["payload"])
            self.leave()

    def _subscribe(self) -> None:
        if self._transport is None or self._transport.is_disconnected or self._code is not None:
            return
        self._operation += 1
        variables = {"id": self._dialog.appointment_id, "known": self._dialog.known_revision}
        self._send("subscribe", id=str(self._operation), payload={"query": QUERY, "variables": variables})
        self.is_subscribed, self._completed = True, False

    def _send(self, kind: str, **rest: object) -> None:
        assert self._transport is not None, "it is connected"
        self._transport.send(WSMsgType.TEXT, orjson.dumps({"type": kind, **rest}))


def _number(frame: WSFrame) -> int:
    code = frame.get_close_code()
    return code.value if isinstance(code, WSCloseCode) else int(code)


@asynccontextmanager
async def opened(dialogs: Sequence[Dialog]) -> AsyncIterator[None]:
    """Keep the dialogs open for the time of the block."""
    running = [asyncio.create_task(dialog.run()) for dialog in dialogs]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        outcomes = await asyncio.gather(*running, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
