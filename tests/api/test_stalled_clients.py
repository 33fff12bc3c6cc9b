"""A client that stops reading: it costs little, delays nobody, and is let go."""

import asyncio
import copy
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, NamedTuple

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from graph.app import make_app
from graph.server import Server
from graph.transports import sockets
from graph.transports.http import HttpProtocol
from jobs.bus import practice_topic
from models.database import connected
from models.settings import Settings
from models.terms import ChangeReason
from resolvers.live.feed import Reading
from resolvers.live.source import Moment, Source
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import PATIENCE_SECONDS, PROTOCOL, Socket, serving_as
from tests.api.streaming import EventStream, Multipart, Stream
from tests.api.test_watching_protocol import init
from tests.conftest import StillClock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here touches it

EVENTS: Final = 10_000
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


@pytest.fixture
async def served(database_url: str, clock: StillClock) -> AsyncIterator[Patient]:
    """Serve a practice, with little patience."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), demo_mode=True, port=0)
    app = make_app(settings, clock=clock)
    async with (
        serving_as(settings, app, ws=HastySocket, http=HastyHttp) as (address, server),
        httpx.AsyncClient(timeout=30) as http,
    ):
        yield Patient(House(address, practice, people, clock, http, app), server)


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


async def test_a_socket_that_stops_reading_costs_little_and_is_closed(served: Patient) -> None:
    """Its buffer is bounded while 10,000 states come by, and others are shown them meanwhile."""
    client = await served.house.desk.client(name="Mara Keller")
    async with narrow_socket(served.house, client) as stalled, served.house.api().socket() as lively:
        seen = asyncio.create_task(revisions(lively, client, last=EVENTS))
        await watched_by(served, 2)
        stalled.transport.pause_reading()
        most = await served.show(EVENTS)
        assert (await asyncio.wait_for(seen, PATIENCE_SECONDS))[-1] == EVENTS
        assert sockets.BUFFER_BYTES < most < sockets.BUFFER_BYTES + 2 * FRAME_BYTES
        await watched_by(served, 1)


async def test_a_slow_socket_is_not_taken_for_a_vanished_one(served: Patient) -> None:
    """While something waits for it nothing is read from it, so that its answers to pings are not seen."""
    client = await served.house.desk.client(name="Mara Keller")
    async with narrow_socket(served.house, client) as slow:
        (protocol,) = (each for each in served.server.server_state.connections if isinstance(each, HastySocket))
        slow.transport.pause_reading()
        while protocol.is_writable:
            await served.show(1)
        for _ in range(3):
            protocol._keep_alive()
        slow.transport.resume_reading()
        while not protocol.is_writable:
            await slow.recv()
        assert protocol.is_open
        await served.show(1)
        assert served.source.latest is not None
        await seen_up_to(slow, served.source.latest.revision)


async def seen_up_to(raw: ClientConnection, revision: int) -> None:
    """Read until a revision is shown."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while json.loads(await raw.recv())["payload"]["data"]["clientTrackers"]["revision"] < revision:
            pass


async def test_a_stalled_socket_that_reads_again_finds_out_why_it_is_closed(served: Patient) -> None:
    """Behind the few states that waited for it, with 4413."""
    client = await served.house.desk.client(name="Mara Keller")
    async with narrow_socket(served.house, client) as stalled:
        stalled.transport.pause_reading()
        await served.show(200)
        await until(lambda: not served.is_open)
        stalled.transport.resume_reading()
        code, reason, read = await rest(stalled)
        assert (code, reason) == (4413, "More waits than you read: connect again.")
        assert 0 < read < 200


async def test_a_slow_socket_that_takes_some_at_a_time_is_kept_until_it_takes_nothing(served: Patient) -> None:
    """For several times as long as a stalled one, though all the while more waits for it than is to wait."""
    client, loop = await served.house.desk.client(name="Mara Keller"), asyncio.get_running_loop()
    async with narrow_socket(served.house, client) as slow:
        slow.transport.pause_reading()
        await served.show(1, name="x" * 50_000)
        await until(lambda: served.waiting() > sockets.BUFFER_BYTES)
        begun = loop.time()
        while loop.time() < begun + 3 * HastySocket.stall_seconds:
            before = served.waiting()
            slow.transport.resume_reading()
            await until(partial(waits_less, served, before))
            slow.transport.pause_reading()
            await asyncio.sleep(HastySocket.stall_seconds / 7)  # This is how slow it is.
        assert served.waiting() > sockets.BUFFER_BYTES
        assert served.is_open
        await until(lambda: not served.is_open)


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


async def test_a_socket_that_never_reads_again_is_cut_off(served: Patient) -> None:
    """After the same time once more: nothing of it stays."""
    client = await served.house.desk.client(name="Mara Keller")
    async with narrow_socket(served.house, client) as stalled:
        stalled.transport.pause_reading()
        await served.show(200)
        connections = served.server.server_state.connections
        await until(lambda: not any(isinstance(connection, HastySocket) for connection in connections))
        stalled.transport.resume_reading()
        assert (await rest(stalled))[:2] == (0, "")


@pytest.mark.parametrize("kind", [EventStream, Multipart])
async def test_a_stream_that_nobody_reads_costs_little_and_is_cut_off(served: Patient, kind: type[Stream]) -> None:
    """Others see the newest state meanwhile."""
    client = await served.house.desk.client(name="Mara Keller")
    body = httpx.Request("POST", "http://x", json={"query": WIDE, "variables": {"id": client}}).content
    raw = narrow(served.house)
    reader, writer = await asyncio.open_connection(sock=raw, limit=FRAME_BYTES)
    writer.write(
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: {kind.accept}\r\n"
        f"Authorization: Bearer {served.house.api().token}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    await reader.readuntil(b"200 OK")
    async with served.house.api().socket() as lively:
        seen = asyncio.create_task(revisions(lively, client, last=EVENTS))
        await watched_by(served, 2)
        most = await served.show(EVENTS)
        assert (await asyncio.wait_for(seen, PATIENCE_SECONDS))[-1] == EVENTS
        assert 64 * 1024 < most < 64 * 1024 + 2 * FRAME_BYTES
        await watched_by(served, 1)
    writer.close()
