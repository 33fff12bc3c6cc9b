"""Operations over HTTP that stays open: graphql-sse (one connection for each operation), multipart subscriptions."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from contextvars import copy_context
from typing import Any, ClassVar, Final

from graphql import GraphQLError
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import JSONEncoder, MultipartSubscriptionTransport, SSETransport
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.live.streams import CutShort
from graph.transports.conversation import EXPIRED, LONGEST_TIMER
from graph.transports.messages import is_unavailable
from graph.transports.requests import answered_in, media_type
from models.errors import ErrorCode

HEARTBEAT_SECONDS: Final = 10.0
HANG_UP: Final = "session-tracker.hang-up"
"""The extension of a request's ASGI scope that closes its connection, when the server offers that."""

Process = Callable[[ExecutionResult], Awaitable[GraphQLHTTPResponse]]


class EventStream(SSETransport):
    """Server-sent events, for who asks for nothing better: some clients always mention them, further down."""

    heartbeat_interval: float = HEARTBEAT_SECONDS
    headers: ClassVar[dict[str, str]] = {
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
    }

    def __init__(self) -> None:
        """Leave the interval to the class."""

    def accepts(self, accept: str) -> bool:
        """Tell whether event streams are what the client wants first, or all that it takes of what there is."""
        first = accept.split(",", 1)[0]
        return super().accepts(first) or (super().accepts(accept) and answered_in([accept]) is None)

    def opening(self) -> str:
        """Return what is sent at once: some browsers tell of the answer only with its first bytes."""
        return self.encode_comment("")

    def heartbeat_message(self, encode_json: JSONEncoder) -> str:  # noqa: ARG002 (the library's signature)
        """Return what keeps the line, and finds out whether the peer is there."""
        return self.encode_comment("")

    def encode_event(self, event: str, data: str | None = None) -> str:
        """Return an event; lines end in a line feed alone, which every client understands."""
        return f"event: {event}\ndata: {data or ''}\n\n"

    def encode_comment(self, comment: str) -> str:
        """Return a comment."""
        return f":{comment}\n\n"


class Multipart(MultipartSubscriptionTransport):
    """Multipart subscriptions."""

    heartbeat_interval: float = HEARTBEAT_SECONDS / 2
    headers: ClassVar[dict[str, str]] = {
        "Content-Type": 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
        "Cache-Control": "no-store, no-transform",
        "X-Accel-Buffering": "no",
    }

    def accepts(self, accept: str) -> bool:
        """Tell whether multipart subscriptions are what the client wants first."""
        return self.accepts_content_type(*media_type(accept))

    def opening(self) -> str:
        """Return the first boundary; every part ends with the next."""
        return f"--{self.separator}"

    def encode_complete(self) -> str:
        """Return what makes the last boundary the closing one."""
        return "--\r\n"


class Stream(StreamingResponse):
    """Closes what it streams, however it ends; the library leaves that to the garbage collector.

    What is cut short breaks off without its last chunk: an orderly end would be taken for the end of what is watched.
    """

    _hang_up: Callable[[], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all."""
        assert isinstance(self.body_iterator, AsyncGenerator), "made from frames()"
        self._hang_up = scope.get("extensions", {}).get(HANG_UP)
        async with aclosing(self.body_iterator):
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send what there is."""
        try:
            await super().stream_response(send)
        except CutShort:
            if self._hang_up is not None:
                self._hang_up()
                await asyncio.Event().wait()  # That the connection is gone cancels this.


async def frames(
    results: AsyncGenerator[ExecutionResult, None],
    transport: EventStream | Multipart,
    *,
    context: Context,
    process: Process,
    encode: JSONEncoder,
) -> AsyncGenerator[str, None]:
    """Yield an operation's results as the transport writes them, and heartbeats while there are none.

    Ends with an error when the token expires. No result is fetched before the one before it has been sent, so that a
    slow reader skips states like anybody else. Raises CutShort when the process drains.
    """
    loop, same = asyncio.get_running_loop(), copy_context()
    upcoming: asyncio.Task[ExecutionResult | None] | None = None
    yield transport.opening()
    try:
        while True:
            if upcoming is None:
                upcoming = loop.create_task(_next_of(results), context=same)
            left = max(0.0, context.seconds_left)
            watched: list[asyncio.Future[Any]] = [upcoming, context.services.connections.doubt]
            patience = min(transport.heartbeat_interval, left, LONGEST_TIMER)
            await asyncio.wait(watched, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            if upcoming.done():
                result, upcoming = upcoming.result(), None
                if result is None:
                    break
                _refuse_cut_short(result, context)
                yield transport.encode_next(await process(result), encode)
            elif context.seconds_left <= 0:
                yield transport.encode_next({"errors": [_expired().formatted]}, encode)
                break
            else:
                yield transport.heartbeat_message(encode)
    finally:
        if upcoming is not None:
            upcoming.cancel()
            await asyncio.wait([upcoming])
        await loop.create_task(results.aclose(), context=same)
    yield transport.encode_complete()


async def _next_of(results: AsyncGenerator[ExecutionResult, None]) -> ExecutionResult | None:
    return await anext(results, None)


def _refuse_cut_short(result: ExecutionResult, context: Context) -> None:
    """Raise CutShort when it is the draining hub that refuses the operation, which is to be asked for elsewhere."""
    if context.services.hub.is_draining and isinstance(result, PreExecutionError) and is_unavailable(result):
        raise CutShort


def _expired() -> GraphQLError:
    return GraphQLError(EXPIRED, extensions={"code": ErrorCode.UNAUTHENTICATED.value})
