"""A watch: what a subscription shows, written straight to its socket, for any number of sockets in one go."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

import orjson
from strawberry.types.execution import PreExecutionError

from graph.context import Context
from graph.live.payloads import Payload
from graph.live.plans import Plan
from graph.live.streams import Stream, Streams, Variables
from resolvers.live.source import Showing

_log = logging.getLogger(__name__)


class Wire(Protocol):
    """A socket, written to without waiting."""

    is_writable: bool
    """Whether the peer has taken what was written, but for a bounded rest."""

    def when_writable(self, then: Callable[[], None]) -> None:
        """Have `then` called once, when the wire is writable again, however often it is asked for."""

    def push(self, *parts: bytes) -> None:
        """Write a text message made of these parts; nothing happens when the socket is closing."""


class Watch:
    """Writes one subscription's events as messages of graphql-transport-ws, as they happen.

    While the wire takes no more nothing waits for it: when it does again, the newest state is written. No task is kept
    for it, nor woken for an event: a change reaches ten thousand dialogs in ten thousand writes and little else.
    `over` is called with the operation's id when what is watched is gone, or may not be seen any more; or with why it
    could not begin.
    """

    __slots__ = ("_extensions", "_id", "_over", "_stream", "_streams", "_task", "_wire")

    def __init__(
        self,
        streams: Streams,
        *,
        operation_id: str,
        wire: Wire,
        over: Callable[[str, PreExecutionError | None], None],
    ) -> None:
        self._streams = streams
        self._id = operation_id
        self._wire = wire
        self._over = over
        self._stream: Stream | None = None
        self._task: asyncio.Task[Any] | None = None
        self._extensions: dict[str, Any] | None = None

    async def begin(
        self, plan: Plan, variables: Variables, caller: Context, *, cost: dict[str, Any] | None = None
    ) -> None:
        """Begin the subscription, for a caller as the database has them now.

        Until it has begun it is cancelled together with the task that calls. The first event carries the `cost`.
        """
        self._task, self._extensions = asyncio.current_task(), cost
        try:
            begun = await self._streams.begin(plan, variables, caller)
        except Exception:
            self._fail()
            return
        self._task = None
        if isinstance(begun, PreExecutionError):
            self._over(self._id, begun)
        else:
            self._stream = begun
            begun.subscriber.on_wake = self._flow
            self._flow()

    def cancel(self) -> None:
        """Write nothing more."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.subscriber.on_wake = None
            stream.subscriber.leave()
        if self._task is not None:
            self._task.cancel()

    def _flow(self) -> None:
        """Write what there is to write; called for each of many, so that what fails here fails for this one alone."""
        if self._task is None and self._stream is not None:
            try:
                self._write_what_is_new(self._stream)
            except Exception:
                self._fail()

    def _write_what_is_new(self, stream: Stream) -> None:
        if stream.subscriber.is_over:
            self._end()
        elif not self._wire.is_writable:
            self._wire.when_writable(self._flow)
        elif (showing := stream.subscriber.take()) is not None:
            if (payload := self._streams.at_once(stream, showing)) is not None:
                self._write(payload)
            else:
                self._task = asyncio.get_running_loop().create_task(self._execute(stream, showing))

    async def _execute(self, stream: Stream, showing: Showing[object]) -> None:
        try:
            payload = await self._streams.executed(stream, showing)
            if not stream.subscriber.is_over:
                self._write(payload)
        except Exception:
            self._fail()
        else:
            self._task = None
            self._flow()

    def _write(self, payload: Payload) -> None:
        response = payload.response
        if self._extensions is not None:
            response = b'%b,"extensions":%b}' % (response[:-1], orjson.dumps(self._extensions))
            self._extensions = None
        self._wire.push(b'{"id":%b,"type":"next","payload":' % orjson.dumps(self._id), response, b"}")

    def _fail(self) -> None:
        _log.exception("A subscription ends, for what it shows could not be read or written.")
        self._end()

    def _end(self) -> None:
        self._task = None
        self.cancel()
        self._over(self._id, None)
