"""Servers that end what is watched in ways in which ours does not, and note what is asked for."""

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

COMPLETED: Final = "completed"
ENDED: Final = "ended"
BROKEN_OFF: Final = "broken off"
BANNER: Final = {"revision": 1, "reason": "SNAPSHOT", "primary": None}
NEXT: Final = {"data": {"appointmentBanner": BANNER}}
SERVICE_RESTART: Final = 1012


@dataclass
class Stub:
    """A server that shows one state to who watches an appointment, whose name says how it ends that then.

    What was broken off is completed when it is asked for again.
    """

    address: str = ""
    asked_for: list[str] = field(default_factory=list)

    def asked(self, operation: Mapping[str, Any]) -> str:
        """Note what is watched; return how it ends."""
        name = str(operation["variables"]["appointmentId"])
        self.asked_for.append(name)
        return COMPLETED if self.asked_for.count(name) > 1 else name

    async def talk(self, socket: ServerConnection) -> None:
        """Speak graphql-transport-ws; close with 1012 after what is completed and after what is broken off."""
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "connection_init":
                await socket.send(json.dumps({"type": "connection_ack"}))
            elif message["type"] == "subscribe":
                ends = self.asked(message["payload"])
                await socket.send(json.dumps({"type": "next", "id": message["id"], "payload": NEXT}))
                if ends == COMPLETED:
                    await socket.send(json.dumps({"type": "complete", "id": message["id"]}))
                await socket.close(SERVICE_RESTART)
                return

    async def stream(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one request with an event stream, which ends with its last chunk unless it is broken off."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        ends = self.asked(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(chunk(f"event: next\ndata: {json.dumps(NEXT)}\n\n"))
        if ends == COMPLETED:
            writer.write(chunk("event: complete\ndata: \n\n"))
        if ends in {COMPLETED, ENDED}:
            writer.write(chunk(""))
        writer.close()


def chunk(text: str) -> bytes:
    """Return a chunk of a response; the empty one is the last."""
    return f"{len(text):x}\r\n{text}\r\n".encode()


@asynccontextmanager
async def stub_of_sockets() -> AsyncIterator[Stub]:
    """Serve sockets for the time of the block."""
    stub = Stub()
    async with serve(stub.talk, "127.0.0.1", 0, subprotocols=[Subprotocol("graphql-transport-ws")]) as server:
        [listening] = server.sockets
        stub.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield stub


@asynccontextmanager
async def stub_of_streams() -> AsyncIterator[Stub]:
    """Serve event streams for the time of the block."""
    stub = Stub()
    server = await asyncio.start_server(stub.stream, "127.0.0.1", 0)
    async with server:
        [listening] = server.sockets
        stub.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield stub
