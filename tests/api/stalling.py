"""A server of little patience, clients that take little at a time, and what waits for them meanwhile."""

import asyncio
import copy
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from graph.server import Server
from graph.transports import sockets
from graph.transports.http import HttpProtocol
from jobs.bus import practice_topic
from models.terms import ChangeReason
from resolvers.live.feed import Reading
from resolvers.live.source import Moment, Source
from tests.api.conftest import House
from tests.api.served import PATIENCE_SECONDS, PROTOCOL, Socket
from tests.api.test_watching_protocol import init

WIDE: Final = (
    "subscription ($id: ID!) { clientTrackers(clientId: $id) { revision "
    + " ".join(f"name{number}: name" for number in range(100))
    + " } }"
)
FRAME_BYTES: Final = 4096


class HastySocket(sockets.SocketProtocol):
    """Loses patience sooner."""

    stall_seconds = 0.7


class HastyHttp(HttpProtocol):
    """Loses patience sooner."""

    stall_seconds = 0.7


class Patient(NamedTuple):
    """A served practice, and the server itself."""

    house: House
    server: Server

    @property
    def is_open(self) -> bool:
        """Whether anything is."""
        assert self.house.app is not None
        return len(self.house.app.state.services.hub) > 0

    @property
    def source(self) -> Source[Any, Any]:
        """Return the only subject that is open."""
        assert self.house.app is not None
        (source,) = self.house.app.state.services.hub._sources.values()
        return source  # type: ignore[no-any-return]

    def waiting(self) -> int:
        """Return how many bytes wait in the process for the slowest of its clients."""
        return max(connection.transport.get_write_buffer_size() for connection in self.server.server_state.connections)

    async def show(self, events: int, *, name: str = "Mara Keller") -> int:
        """Show everybody as many states; return the most bytes that waited for a client meanwhile."""
        most, source = 0, self.source
        for _ in range(events):
            assert source.latest is not None
            client = copy.copy(source.latest.state)
            client.revision, client.name = client.revision + 1, name
            topic = source.topic or practice_topic(client.practice_id)
            reading = Reading(client, client.revision, ChangeReason.CORRECTION, topic)
            source.show(reading, moment=Moment(self.house.clock.now()), missed=False)
            await asyncio.sleep(0)
            most = max(most, self.waiting())
        return most


@asynccontextmanager
async def narrow_socket(house: House, client: str) -> AsyncIterator[ClientConnection]:
    """Watch a client over a connection that takes little at a time, up to the first event."""
    raw = narrow(house)
    url = house.address.replace("http", "ws", 1) + "/graphql"
    async with connect(
        url, sock=raw, subprotocols=[PROTOCOL], max_queue=1, max_size=None, close_timeout=1
    ) as connection:
        await connection.send(init(house.api().token))
        await connection.recv()
        watcher = Socket(connection)
        await watcher.next(await watcher.subscribe(WIDE, id=client))
        yield connection


def narrow(house: House) -> socket.socket:
    """Return a connection whose receive buffer is small."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, FRAME_BYTES)
    raw.connect(("127.0.0.1", int(house.address.rsplit(":", 1)[1])))
    return raw


async def seen_up_to(raw: ClientConnection, revision: int) -> None:
    """Read until a revision is shown."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while json.loads(await raw.recv())["payload"]["data"]["clientTrackers"]["revision"] < revision:
            pass


async def revisions(socket: Socket, client: str, *, last: int) -> list[int]:
    """Watch up to a revision; return those that came."""
    operation, seen = await socket.subscribe(WIDE, id=client), [-1]
    while seen[-1] < last:
        seen.append((await socket.next(operation))["clientTrackers"]["revision"])
    assert seen == sorted(set(seen))
    return seen


async def watched_by(served: Patient, watchers: int) -> None:
    """Wait until so many watch, and see it."""
    await until(lambda: served.is_open and served.source.latest is not None)
    await until(lambda: len(served.source.subscribers) == watchers)


def waits_less(served: Patient, than: int) -> bool:
    """Tell whether fewer bytes wait for the slowest client than did before."""
    return served.waiting() < than


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what nothing tells of."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.001)


async def rest(raw: ClientConnection) -> tuple[int, str, int]:
    """Read to the end; return the code, the reason, and how many messages came before. 0 when it was cut off."""
    messages = 0
    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            while True:
                await raw.recv()
                messages += 1
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason, messages) if closed.rcvd else (0, "", messages)
