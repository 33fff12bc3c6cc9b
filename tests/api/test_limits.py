"""Limits: how much one may send, run and hold open, and how long a peer may be silent."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect

from graph.app import make_app
from graph.server import MESSAGE_BYTES
from models.database import connected
from models.settings import Settings
from models.terms import Role
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import PATIENCE_SECONDS, PROTOCOL, closing, closing_code, serving_as
from tests.api.streaming import EventStream, Multipart, Stream, streaming
from tests.api.test_watching_protocol import WATCH, init
from tests.conftest import StillClock

PLACES: Final = 2


@pytest.fixture
async def house(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve a practice where nobody may hold more than two connections open, and silence is noticed soon."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(
        database_url=database_url, jwt_secret=SecretStr(SECRET), demo_mode=True, port=0, sockets_per_viewer=PLACES
    )
    app = make_app(settings, clock=clock)
    async with (
        serving_as(settings, app, ping_seconds=0.1) as (address, _server),
        httpx.AsyncClient(timeout=30) as http,
    ):
        yield House(address, practice, people, clock, http, app)


def url_of(house: House) -> str:
    """Return the address of its sockets."""
    return house.address.replace("http", "ws", 1) + "/graphql"


async def test_a_viewer_may_hold_so_many_connections(house: House) -> None:
    """Sockets and streams together; the next socket is closed with 4429, the next stream is a 429 with a code."""
    client = await house.desk.client()
    text = "You have 2 connections open here: close one, or try again in 5 seconds."
    async with house.api().socket(), streaming(house.api(), EventStream, WATCH, id=client) as stream:
        await stream.next()
        async with connect(url_of(house), subprotocols=[PROTOCOL]) as raw:
            await raw.send(init(house.api().token))
            assert await closing(raw) == (4429, text)
        for kind in (EventStream, Multipart):
            async with streaming(house.api(), kind, WATCH, id=client) as refused:
                assert refused.response.status_code == 429
                await refused.response.aread()
                problem = {"message": text, "extensions": {"code": "TOO_MANY_CONNECTIONS", "retryAfter": 5}}
                assert refused.response.json() == {"errors": [problem]}
                assert refused.response.headers["retry-after"] == "5"
        async with house.api(Role.STAFF).socket():
            assert await house.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}


@pytest.mark.parametrize("kind", ["socket", EventStream, Multipart])
async def test_who_leaves_gives_the_place_back(house: House, kind: str | type[Stream]) -> None:
    """Many times."""
    client = await house.desk.client()
    for _ in range(2 * PLACES):
        if isinstance(kind, str):
            async with house.api().socket():
                pass
        else:
            async with streaming(house.api(), kind, WATCH, id=client) as stream:
                await stream.next()
        await all_left(house)


async def all_left(house: House) -> None:
    """Wait until nobody takes a place."""
    assert house.app is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while house.app.state.services.connections._taken:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)


async def test_a_socket_runs_so_many_operations_at_a_time(house: House) -> None:
    """The next is refused with a code; one that ends makes room."""
    client = await house.desk.client()
    async with house.api().socket() as socket:
        first = await socket.subscribe(WATCH, id=client)
        for _ in range(99):
            await socket.subscribe(WATCH, id=client)
        for _ in range(100):
            assert (await socket.receive())["type"] == "next"
        refused = await socket.subscribe(WATCH, id=client)
        assert await socket.receive() == {
            "id": refused,
            "type": "error",
            "payload": [
                {
                    "message": "No more than 100 operations run at a time over one socket.",
                    "extensions": {"code": "TOO_MANY_OPERATIONS", "retryAfter": 5},
                }
            ],
        }
        await socket.send({"id": first, "type": "complete"})
        assert await socket.next(await socket.subscribe(WATCH, id=client)) == {"clientTrackers": {"revision": 0}}


async def test_a_message_that_is_too_long_closes_the_socket(house: House) -> None:
    """With 1009; one of 64 KiB is read."""
    for length, code in ((MESSAGE_BYTES, 4400), (MESSAGE_BYTES + 1, 1009)):
        async with connect(url_of(house), subprotocols=[PROTOCOL]) as raw:
            await raw.send("x" * length)
            assert await closing_code(raw) == code


async def test_a_peer_that_has_vanished_is_let_go(house: House) -> None:
    """It answers no ping, and closes nothing: its watch ends all the same."""
    assert house.app is not None
    client = await house.desk.client()
    reader, writer = await asyncio.open_connection("127.0.0.1", int(house.address.rsplit(":", 1)[1]))
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write(
        f"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {PROTOCOL}\r\n\r\n".encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    writer.write(framed(init(house.api().token)))
    await reader.readuntil(b'"connection_ack"}')
    payload = {"query": WATCH, "variables": {"id": client}}
    writer.write(framed(json.dumps({"id": "1", "type": "subscribe", "payload": payload})))
    async with asyncio.timeout(PATIENCE_SECONDS):
        heard = await reader.readuntil(b"No ping was answered: connect again.")
    assert b'"revision":0' in heard
    assert heard.index((4408).to_bytes(2) + b"No ping")
    await all_left(house)
    assert len(house.app.state.services.hub) == 0
    writer.close()


def framed(text: str) -> bytes:
    """Return a text frame as a client sends it, with a mask of zeros."""
    data = text.encode()
    return bytes([0x81, 0xFE]) + len(data).to_bytes(2, "big") + bytes(4) + data
