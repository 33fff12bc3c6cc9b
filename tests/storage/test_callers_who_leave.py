"""Callers who go away in the middle of a change, over HTTP and over a socket."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from graph.auth import issue_token
from graph.ids import global_id
from models.appointments import Appointment
from models.clients import Client
from models.database import connected
from models.outbox import OutboxHint
from models.settings import Settings
from models.terms import AppointmentStatus
from models.unit_of_work import all_finished
from tests.api.served import Api, serving
from tests.conftest import StillClock
from tests.storage.recount import assert_whole
from tests.storage.scene import Scene, set_scene, told
from tests.storage.waiting import PATIENCE_SECONDS, until

SECRET = "a secret of the tests, long enough to sign with"
COMPLETE = """mutation ($id: ID!) {
  completeAppointment(input: {appointmentId: $id}) { appointment { status } errors { code } } }"""
TRACKERS = "query ($id: ID!) { client(id: $id) { trackers { used remaining } } }"


@dataclass(frozen=True)
class Served:
    """A served practice with one client, one tracker and one appointment."""

    url: str
    scene: Scene
    api: Api
    client: Client
    appointment: Appointment

    @property
    def appointment_id(self) -> str:
        """The appointment's global id."""
        return global_id("Appointment", self.appointment.id)

    async def assert_completed_once(self) -> None:
        """Fail unless the completion was made whole, once, and the server goes on serving."""
        await asyncio.wait_for(all_finished(), PATIENCE_SECONDS)
        answer = await self.api.data(TRACKERS, id=global_id("Client", self.client.id))
        assert answer["client"]["trackers"] == [{"used": 1, "remaining": 11}]
        assert (await Appointment.get(id=self.appointment.id)).status is AppointmentStatus.COMPLETED
        assert await told(self.appointment.id, what="appointment.completed") == ["appointment.completed"]
        await assert_whole(self.client.id, now=self.scene.clock.now(), relayed=True)


@pytest.fixture
async def served(database_url: str, clock: StillClock) -> AsyncIterator[Served]:
    """Serve a practice."""
    async with connected(database_url):
        scene = await set_scene(clock)
        client = await scene.client()
        await scene.tracker(client.id)
        appointment = await scene.appointment(client.id)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), port=0, worker=False)
    token = issue_token(
        secret=SECRET,
        practice_id=scene.practice.id,
        now=clock.now(),
        lifetime=timedelta(days=400),
        staff_member_id=scene.nora.id,
    )
    async with serving(settings, clock=clock) as address, httpx.AsyncClient(timeout=30) as http:
        await until(nothing_is_left_to_relay)
        yield Served(database_url, scene, Api(address, token, http), client, appointment)


@asynccontextmanager
async def nobody_else_writes(url: str) -> AsyncIterator[None]:
    """Keep every client locked, so that a change waits."""
    if url.startswith("sqlite://"):
        file = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
        try:
            file.execute("BEGIN IMMEDIATE")
            yield
        finally:
            file.close()
        return
    server = await asyncpg.connect(url)
    try:
        async with server.transaction():
            await server.execute("SELECT id FROM client FOR UPDATE")
            yield
    finally:
        await server.close()


async def nothing_is_left_to_relay() -> bool:
    """Tell whether the outbox is empty."""
    return not await OutboxHint.exists()


async def a_change_is_under_way() -> bool:
    """Tell whether a unit of work is running."""
    finished = asyncio.ensure_future(all_finished())
    await asyncio.sleep(0)
    return not finished.done() and finished.cancel()


@asynccontextmanager
async def sending(served: Served, *, part: int | None = None) -> AsyncIterator[asyncio.StreamWriter]:
    """Send a completion over HTTP, or the first bytes of its body only, and stay connected for the block."""
    parts = urlsplit(served.api.address)
    body = json.dumps({"query": COMPLETE, "variables": {"id": served.appointment_id}})
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {served.api.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    _reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write((head + body[:part]).encode())
        yield writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_request_whose_caller_hangs_up(served: Served) -> None:
    """The change that was under way is made, whole; the server goes on."""
    async with nobody_else_writes(served.url), sending(served) as writer:
        await until(a_change_is_under_way)
        writer.transport.abort()
    await served.assert_completed_once()


async def test_a_socket_that_is_dropped(served: Served) -> None:
    """Without a closing handshake, in the middle of a mutation."""
    async with nobody_else_writes(served.url), served.api.socket() as socket:
        await socket.subscribe(COMPLETE, id=served.appointment_id)
        await until(a_change_is_under_way)
        socket.raw.transport.abort()
    await served.assert_completed_once()


async def test_an_operation_that_is_called_off(served: Served) -> None:
    """The caller completes the operation before it is answered; the socket stays, and serves the next."""
    async with served.api.socket() as socket:
        async with nobody_else_writes(served.url):
            operation = await socket.subscribe(COMPLETE, id=served.appointment_id)
            await until(a_change_is_under_way)
            await socket.send({"id": operation, "type": "complete"})
            await socket.send({"type": "ping"})
            assert await socket.receive() == {"type": "pong"}
        await served.assert_completed_once()
        again = await socket.subscribe(COMPLETE, id=served.appointment_id)
        answer = (await socket.next(again))["completeAppointment"]
        assert answer == {"appointment": {"status": "COMPLETED"}, "errors": []}


async def test_many_who_hang_up_at_once(served: Served) -> None:
    """More than the pool has connections: the change is made once, and nobody's place is kept."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(served.api.socket()) for _ in range(15)]
        async with nobody_else_writes(served.url):
            for socket in sockets:
                await socket.subscribe(COMPLETE, id=served.appointment_id)
            await until(a_change_is_under_way)
            for socket in sockets:
                socket.raw.transport.abort()
    await served.assert_completed_once()


async def test_a_caller_who_hangs_up_before_the_request_is_whole(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is changed, and it is no fault of the server's that would be logged as one."""
    async with sending(served, part=20):
        pass
    answer = await served.api.data(TRACKERS, id=global_id("Client", served.client.id))
    assert answer["client"]["trackers"] == [{"used": 0, "remaining": 12}]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
