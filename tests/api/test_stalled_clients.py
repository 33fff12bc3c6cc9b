"""A client that stops reading: it costs little, delays nobody, and is let go."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

import httpx
import pytest
from pydantic import SecretStr

from graph.app import make_app
from graph.transports import sockets
from models.database import connected
from models.settings import Settings
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import PATIENCE_SECONDS, serving_as
from tests.api.stalling import (
    FRAME_BYTES,
    WIDE,
    HastyHttp,
    HastySocket,
    Patient,
    narrow,
    narrow_socket,
    rest,
    revisions,
    seen_up_to,
    until,
    waits_less,
    watched_by,
)
from tests.api.streaming import EventStream, Multipart, Stream
from tests.conftest import StillClock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here touches it
EVENTS: Final = 10_000


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
