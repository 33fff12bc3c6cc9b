"""Dialogs over sockets: clients of graphql-transport-ws."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import orjson
from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.faults.dialogs import Dialog, Ending

ASK_AGAIN_SECONDS: Final = 0.2
HANDSHAKE_SECONDS: Final = 5.0
SERVICE_RESTART: Final = 1012
TRY_LATER: Final = 1013


class Socket(WSListener):
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
        """Connect, and return when the connection has ended.

        Raises OSError when there is none.
        """
        url = f"{self._address.replace('http', 'ws', 1)}/graphql"
        protocol = [("Sec-WebSocket-Protocol", "graphql-transport-ws")]
        try:
            transport, _ = await ws_connect(
                lambda: self, url, extra_headers=protocol, websocket_handshake_timeout=HANDSHAKE_SECONDS
            )
        except WSError as error:
            raise ConnectionError("The handshake failed.") from error
        if self._transport is None:
            transport.disconnect()
            raise ConnectionError("The connection ended before it began.")
        await transport.wait_disconnected()
        if not self._left and not self._is_refused:
            how = f"{self._code}, completed" if self._completed else str(self._code)
            is_orderly = self._code == SERVICE_RESTART and not self._completed
            self._dialog.ended(Ending(self._address, time.monotonic(), how, is_orderly))

    @property
    def _is_refused(self) -> bool:
        """Whether nobody could be signed in, for the database was away: nothing had begun that could end."""
        return self._code == TRY_LATER and not self._operation

    def leave(self) -> None:
        """End the connection because the person does."""
        self._left = True
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
        self._send("subscribe", id=str(self._operation), payload=self._dialog.request)
        self.is_subscribed, self._completed = True, False

    def _send(self, kind: str, **rest: object) -> None:
        assert self._transport is not None, "it is connected"
        self._transport.send(WSMsgType.TEXT, orjson.dumps({"type": kind, **rest}))


def _number(frame: WSFrame) -> int:
    code = frame.get_close_code()
    return code.value if isinstance(code, WSCloseCode) else int(code)
