"""The pump: what a subscription shows, written straight to the wire, for any number of sockets in one go."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import orjson

from graph.live.streams import Payload, Stream, Streams
from resolvers.live.source import Showing

WIRE: Final = "session-tracker.wire"
"""The extension of a socket's ASGI scope that holds its wire, when the server offers one."""


class Wire(Protocol):
    """A socket's connection, written to without waiting."""

    @property
    def is_writable(self) -> bool:
        """Whether the peer has taken what was written, but for a bounded rest."""

    def when_writable(self, then: Callable[[], None]) -> None:
        """Have `then` called once, when the wire is writable again."""

    def push(self, *parts: bytes) -> None:
        """Write a text message made of these parts; nothing happens when the socket is closing."""


class Pump:
    """Writes one subscription's events as messages of graphql-transport-ws, as they happen.

    While the wire takes no more nothing waits for it: when it does again, the newest state is written. No task is
    woken for an event, so that a change reaches ten thousand dialogs in ten thousand writes and little else.
    """

    __slots__ = ("_executing", "_head", "_over", "_stream", "_streams", "_wire")

    def __init__(self, stream: Stream, *, streams: Streams, operation_id: str, wire: Wire) -> None:
        self._stream = stream
        self._streams = streams
        self._wire = wire
        self._head = b'{"id":' + orjson.dumps(operation_id) + b',"type":"next","payload":'
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._executing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Write until the subscription ends."""
        subscriber = self._stream.subscriber
        subscriber.on_wake = self._flow
        try:
            self._flow()
            await self._over
        finally:
            subscriber.on_wake = None
            if self._executing is not None:
                self._executing.cancel()

    def _flow(self) -> None:
        """Write what there is to write; called for each of many, so that what fails here fails for this one alone."""
        if self._executing is not None or self._over.done():
            return
        try:
            self._write_what_is_new()
        except Exception as error:
            self._over.set_exception(error)

    def _write_what_is_new(self) -> None:
        if self._stream.subscriber.is_over:
            self._over.set_result(None)
        elif not self._wire.is_writable:
            self._wire.when_writable(self._flow)
        elif (showing := self._stream.subscriber.take()) is not None:
            if (payload := self._streams.at_once(self._stream, showing)) is not None:
                self._write(payload)
            else:
                self._executing = asyncio.create_task(self._execute(showing))

    async def _execute(self, showing: Showing[object]) -> None:
        try:
            self._write(await self._streams.executed(self._stream, showing))
        except Exception as error:
            self._over.set_exception(error)
        finally:
            self._executing = None
        self._flow()

    def _write(self, payload: Payload) -> None:
        self._wire.push(self._head, payload.response, b"}")
