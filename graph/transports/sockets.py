"""Operations over sockets: graphql-transport-ws."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import Any, Final, cast

from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, SubscribeMessage
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.live.plans import Plan
from graph.schema import TrackerSchema
from graph.transports.pump import WIRE, Pump, Wire
from models.errors import ErrorCode

FORBIDDEN: Final = 4403
INIT_TOO_LATE: Final = 4408
TOO_MANY: Final = 4429
RESTARTING: Final = 1012
TRY_LATER: Final = 1013
REASON_BYTES: Final = 123
ANSWER_SECONDS: Final = 2.0
LONGEST_TIMER: Final = timedelta(days=1).total_seconds()
TOO_MANY_OPERATIONS: Final = "TOO_MANY_OPERATIONS"
EXPIRED: Final = "The token has expired: connect again with a new one."


class Refused(Exception):
    """A connection is turned away at connection_init, with a close code and a reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Socket(ASGIWebSocketAdapter):
    """Lets through only what can be a message of the protocol."""

    @property
    def wire(self) -> Wire | None:
        """The socket's connection to write to directly; None where the server does not offer it."""
        return cast("Wire | None", self.ws.scope.get("extensions", {}).get(WIRE))

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Yield each message.

        Raises NonJsonMessageReceived, which closes the socket with 4400.
        """
        async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
            if not is_message(message):
                raise NonJsonMessageReceived
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message.

        Raises WebSocketDisconnected, also when it is this side that has closed the socket meanwhile.
        """
        if self.ws.application_state is WebSocketState.DISCONNECTED:
            raise WebSocketDisconnected
        await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket; nothing happens when it has been closed."""
        if self.ws.application_state is not WebSocketState.DISCONNECTED:
            with suppress(WebSocketDisconnect):
                await super().close(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"))


def is_message(message: object) -> bool:
    """Tell whether it can be a message of the protocol: an object whose fields, where present, have the right types."""
    if not isinstance(message, dict) or not isinstance(message.get("id", ""), str):
        return False
    if message.get("type") != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def is_unavailable(result: PreExecutionError) -> bool:
    """Tell whether an operation cannot begin because what it needs is not there now."""
    return any((error.extensions or {}).get("code") == ErrorCode.UNAVAILABLE for error in result.errors or ())


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """Serves one socket: as long as the token is valid, and until the process drains.

    A document that cannot be parsed is answered with an error for that operation; the others go on.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._expiry: asyncio.TimerHandle | None = None
        self._init_timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def _is_draining(self) -> bool:
        return self.context.services.connections.is_draining

    async def handle(self) -> None:
        """Serve the socket to its end."""
        if self._is_draining:
            await self._restart()
            return
        with self.context.at_end, self.context.services.connections.including(self):
            try:
                await super().handle()
            finally:
                for timer in (self._init_timer, self._expiry):
                    if timer is not None:
                        timer.cancel()

    def on_request_accepted(self) -> None:
        """Give the peer a while to say who it is; a timer costs less than the library's task."""
        seconds = self.connection_init_wait_timeout.total_seconds()
        self._init_timer = asyncio.get_running_loop().call_later(seconds, self._too_late)

    def _too_late(self) -> None:
        if not self.connection_init_received:
            self.connection_timed_out = True
            reason = "Connection initialisation timeout"
            self._closing = asyncio.get_running_loop().create_task(self.websocket.close(INIT_TOO_LATE, reason))

    async def drain(self) -> None:
        """Let queries and mutations be answered, take nothing new, and close with 1012.

        Subscriptions are not completed: they go on when the client has connected again.
        """
        if under_way := [each.task for each in self.operations.values() if each.task and self._plan_of(each) is None]:
            await asyncio.wait(under_way, timeout=ANSWER_SECONDS)
        await self._restart()

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Sign in; a refusal closes the socket with its code and reason."""
        try:
            await super().handle_connection_init(message)
        except Refused as refusal:
            await self.websocket.close(refusal.code, refusal.reason)
        else:
            if self.connection_acknowledged and self._expiry is None:
                self._end_in_time()

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation, unless too many are under way, or the process drains: then the socket closes soon."""
        if self._is_draining:
            return
        limit, is_new = self.max_subscriptions_per_connection, message["id"] not in self.operations
        if limit is not None and self.connection_acknowledged and is_new and len(self.operations) >= limit:
            text = f"No more than {limit} operations run at a time over one socket."
            error = GraphQLError(text, extensions={"code": TOO_MANY_OPERATIONS})
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
            return
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run an operation; a subscription is pumped, where the server offers its wire."""
        plan, streams = self._plan_of(operation), cast("TrackerSchema", self.schema).streams
        wire = cast("Socket", self.websocket).wire
        if plan is None or wire is None:
            await super().run_operation(operation)
            return
        operation.query = plan.query  # One text for all who sent the same.
        try:
            stream = await streams.begin(plan, operation.variables, await self.context.for_operation())
            if isinstance(stream, PreExecutionError):
                await self._handle_pre_execution_error(operation, stream)
                return
            async with aclosing(stream.subscriber):
                await Pump(stream, streams=streams, operation_id=operation.id, wire=wire).run()
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except Exception as error:
            await self.handle_task_exception(error)
            with suppress(Exception):
                await operation.send_operation_message({"id": operation.id, "type": "complete"})

    def _plan_of(self, operation: Operation[Context, None]) -> Plan | None:
        return cast("TrackerSchema", self.schema).plans.of(operation.query, operation.operation_name)

    async def handle_task_exception(self, error: Exception) -> None:
        """Log what went wrong, unless the peer has merely left."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)

    def _end_in_time(self) -> None:
        loop, left = asyncio.get_running_loop(), self.context.seconds_left
        if left <= 0:
            self._closing = loop.create_task(self.websocket.close(FORBIDDEN, EXPIRED))
        else:
            self._expiry = loop.call_later(min(left, LONGEST_TIMER), self._end_in_time)

    async def _restart(self) -> None:
        await self.websocket.close(RESTARTING, "This process is being stopped: connect again.")

    async def _handle_pre_execution_error(self, operation: Operation[Context, None], result: PreExecutionError) -> None:
        """Tell why an operation cannot begin; one that the draining hub refuses begins after the restart."""
        if not (self._is_draining and is_unavailable(result)):
            await super()._handle_pre_execution_error(operation, result)

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004 (the library's signature)
        return None
