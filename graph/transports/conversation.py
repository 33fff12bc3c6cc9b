"""What is said over a socket: graphql-transport-ws, from who is there to how it ends."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

import orjson

from graph.auth import bearer_token
from graph.context import Context
from graph.limits.nesting import is_too_deep
from graph.limits.refusals import Refusal
from graph.schema import TrackerSchema
from graph.services import Services
from graph.transports.connections import Crowded
from graph.transports.messages import is_message, is_utf8
from graph.transports.operations import Operations
from graph.transports.watch import Wire
from models.access import Viewer
from models.errors import Unauthenticated, Unavailable

RESTARTING: Final = 1012
TRY_LATER: Final = 1013
NO_TEXT: Final = (1007, "A text message is UTF-8.")
NO_JSON: Final = (4400, "A message is valid JSON.")
TOO_DEEP: Final = (4400, "A message is nested too deeply.")
LONG_PING: Final = (4400, "A ping or pong has 1,024 bytes at most.")
NO_MESSAGE: Final = (4400, "That is no message of graphql-transport-ws.")
PINGS: Final = {"ping", "pong"}
PING_BYTES: Final = 1024
NOT_SIGNED_IN: Final = 4401
FORBIDDEN: Final = 4403
INIT_TOO_LATE: Final = 4408
IN_USE: Final = 4409
TOO_MANY: Final = 4429
ANSWER_SECONDS: Final = 2.0
LONGEST_TIMER: Final = timedelta(days=1).total_seconds()
EXPIRED: Final = "The token has expired: connect again with a new one."
ACKNOWLEDGED: Final = b'{"type":"connection_ack"}'
PONG: Final = b'{"type":"pong"}'
_log = logging.getLogger(__name__)


class Line(Wire, Protocol):
    """A socket as its conversation sees it. `address` is where its peer comes from."""

    address: str

    def close(self, code: int, reason: str) -> None:
        """Close the socket; nothing happens when it is closing."""


@dataclass(frozen=True, slots=True)
class Reception:
    """Opens conversations: what they share."""

    schema: TrackerSchema
    services: Services
    init_seconds: float
    most_operations: int

    def open(self, line: Line) -> "Conversation":
        """Begin to talk to who has connected."""
        return Conversation(self, line)


class Conversation:
    """One socket's: as long as the token is valid, and until the process drains.

    Messages are taken in order, without waiting; nothing is begun before connection_init is acknowledged.
    """

    __slots__ = ("_context", "_line", "_operations", "_reception", "_signing_in", "_timer", "_viewer")

    def __init__(self, reception: Reception, line: Line) -> None:
        self._reception = reception
        self._line = line
        self._signing_in: asyncio.Task[None] | None = None
        self._context: Context | None = None
        self._viewer: Viewer | None = None
        self._operations = Operations(reception.schema, reception.services, wire=line, most=reception.most_operations)
        self._timer = asyncio.get_running_loop().call_later(reception.init_seconds, self._too_late)
        if reception.services.connections.is_draining:
            self._restart()
        else:
            reception.services.connections.sockets.add(self)

    def hear(self, message: bytes) -> None:
        """Take a message; what is none closes the socket with 4400, or 1007 where RFC 6455 says so."""
        try:
            said = orjson.loads(message)
        except orjson.JSONDecodeError:
            self._line.close(*(NO_JSON if is_utf8(message) else NO_TEXT))
        else:
            if is_too_deep(said):
                self._line.close(*TOO_DEEP)
            elif is_message(said):
                if said["type"] in PINGS and len(message) > PING_BYTES:
                    self._line.close(*LONG_PING)
                    return
                TAKEN[said["type"]](self, said)
            else:
                self._line.close(*NO_MESSAGE)

    def leave(self) -> None:
        """End everything: nothing can be said any more."""
        self._timer.cancel()
        if self._signing_in is not None:
            self._signing_in.cancel()
        self._operations.cancel()
        connections = self._reception.services.connections
        connections.sockets.discard(self)
        if self._viewer is not None:
            connections.give_back(self._viewer)
            self._viewer = None

    def look_again(self) -> None:
        """Close if the token is no longer valid."""
        if self._context is not None:
            self._end_in_time(self._context)

    async def drain(self) -> None:
        """Let queries and mutations be answered, take nothing new, and close with 1012.

        Subscriptions are not completed: they go on when the client has connected again.
        """
        await self._operations.answered(within=ANSWER_SECONDS)
        self._restart()

    def _initialise(self, message: dict[str, Any]) -> None:
        if self._signing_in is not None:
            self._line.close(TOO_MANY, "Too many initialisation requests")
            return
        token = bearer_token(message.get("payload") or {})
        context = Context(self._reception.services, token=token, address=self._line.address)
        self._signing_in = asyncio.get_running_loop().create_task(self._sign_in(context))

    async def _sign_in(self, context: Context) -> None:
        """Find out who is there; a refusal closes the socket with its code and reason."""
        try:
            async with self._reception.schema.deadline().kept():
                await context.sign_in()
            self._reception.services.connections.take(context.viewer)
        except Unauthenticated as error:
            self._line.close(FORBIDDEN, error.message)
        except Unavailable as error:
            self._line.close(TRY_LATER, error.message)
        except Crowded as error:
            self._line.close(TOO_MANY, str(error))
        except Refusal:
            self._line.close(TRY_LATER, "Who you are could not be found out in time: connect again, a little later.")
        except Exception:
            _log.exception("Who is at a socket could not be found out.")
            self._line.close(TRY_LATER, "Something went wrong on our side: connect again, a little later.")
        else:
            self._context, self._viewer = context, context.viewer
            self._end_in_time(context)
            self._line.push(ACKNOWLEDGED)

    def _ping(self, _message: dict[str, Any]) -> None:
        self._line.push(PONG)

    def _pong(self, _message: dict[str, Any]) -> None:
        """Need nothing: the peer is looked after by the pings of its socket."""

    def _subscribe(self, message: dict[str, Any]) -> None:
        key = message["id"]
        if self._context is None:
            self._line.close(NOT_SIGNED_IN, "Unauthorized")
        elif key in self._operations:
            self._line.close(IN_USE, f"Subscriber for {key} already exists")
        else:
            self._operations.start(key, message["payload"], self._context)

    def _complete(self, message: dict[str, Any]) -> None:
        self._operations.complete(message["id"])

    def _too_late(self) -> None:
        if self._signing_in is None:
            self._line.close(INIT_TOO_LATE, "Connection initialisation timeout")

    def _end_in_time(self, context: Context) -> None:
        self._timer.cancel()
        if (left := context.seconds_left) <= 0:
            self._line.close(FORBIDDEN, EXPIRED)
        else:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(min(left, LONGEST_TIMER), self._end_in_time, context)

    def _restart(self) -> None:
        self._line.close(RESTARTING, "This process is being stopped: connect again.")


TAKEN: Final[Mapping[str, Callable[[Conversation, dict[str, Any]], None]]] = {
    "connection_init": Conversation._initialise,
    "ping": Conversation._ping,
    "pong": Conversation._pong,
    "subscribe": Conversation._subscribe,
    "complete": Conversation._complete,
}
