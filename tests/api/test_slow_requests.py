"""Peers that are slow to ask: a request comes whole and soon, or the connection is closed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import pytest
from pydantic import SecretStr

from graph.app import make_app
from graph.transports.http import HEAD_BYTES, REQUEST_BYTES, HttpProtocol
from models.database import connected
from models.settings import Settings
from tests.api.conftest import SECRET, settle_in
from tests.api.served import PATIENCE_SECONDS, serving_as
from tests.conftest import StillClock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here touches it

LATE: Final = b"A request comes within 0.2 seconds.\n"
GET: Final = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
POST: Final = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 30\r\n\r\n"
Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Impatient(HttpProtocol):
    """Waits for no request longer than a fifth of a second."""

    request_seconds = 0.2


@pytest.fixture
async def door(database_url: str, clock: StillClock) -> AsyncIterator[int]:
    """Yield the port of an impatient server."""
    async with opened(database_url, clock, http=Impatient) as port:
        yield port


@pytest.fixture
async def patient_door(database_url: str, clock: StillClock) -> AsyncIterator[int]:
    """Yield the port of a server that waits as long as ever."""
    async with opened(database_url, clock, http=HttpProtocol) as port:
        yield port


@asynccontextmanager
async def opened(database_url: str, clock: StillClock, *, http: type[HttpProtocol]) -> AsyncIterator[int]:
    """Serve for the time of the block, and yield the port."""
    async with connected(database_url):
        await settle_in(clock)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), demo_mode=True, port=0)
    async with serving_as(settings, make_app(settings, clock=clock), http=http) as (address, _server):
        yield int(address.rpartition(":")[2])


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Peer]:
    """Connect for the time of the block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("begun", [b"GET /graph", GET[:-2], POST, POST + b'{"query"'], ids=str)
async def test_who_does_not_end_what_they_ask_is_told_so(door: int, begun: bytes) -> None:
    """A part of the first line, of the head, of the body: a 408, and the end, also after a request that was whole."""
    for before in (b"", GET):
        async with calling(door) as (reader, writer):
            writer.write(before)
            if before:
                await reader.readuntil(b"alive\n")
            writer.write(begun)
            heard = await reader.read()
        assert heard.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
        assert heard.endswith(LATE)


@pytest.mark.parametrize("before", [b"", GET], ids=["at first", "between requests"])
async def test_who_asks_for_nothing_is_not_waited_for(door: int, before: bytes) -> None:
    """However many empty lines come; nothing is told to who has not begun."""
    async with calling(door) as (reader, writer):
        writer.write(before)
        if before:
            await reader.readuntil(b"alive\n")
        dripping = asyncio.create_task(drip(writer))
        with suppress(ConnectionError):  # What was sent last may not have been read.
            assert await reader.read() == b""
        dripping.cancel()


async def drip(writer: asyncio.StreamWriter) -> None:
    """Send empty lines, on and on."""
    with suppress(ConnectionError):
        while True:
            writer.write(b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.01)


async def test_a_head_without_an_end_is_refused(door: int) -> None:
    """After 64 KiB, however fast it comes."""
    async with calling(door) as (reader, writer):
        writer.write(GET[:-2])
        writer.write(b"X: " + b"x" * HEAD_BYTES)
        heard = await reader.read()
    assert heard.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


CHUNKED: Final = POST.replace(b"Content-Length: 30", b"Transfer-Encoding: chunked")


@pytest.mark.parametrize(
    ("begun", "more"),
    [(b"0\r\n", b"X: y\r\n" * 10_000), (b"0\r\nX: ", b"y" * 60_000), (b"1;x=", b"y" * 60_000)],
    ids=["fields", "one field", "an extension"],
)
async def test_what_comes_behind_a_head_without_an_end_is_cut_off(patient_door: int, begun: bytes, more: bytes) -> None:
    """Fields after the body, a field that does not end, what is added to a chunk: after 2 MiB."""
    sent = 0
    async with calling(patient_door) as (_reader, writer):
        writer.write(CHUNKED + begun)
        with suppress(ConnectionError):
            while sent < 20 * REQUEST_BYTES:
                writer.write(more)
                await writer.drain()
                sent += len(more)
    assert sent < 5 * REQUEST_BYTES  # what the kernel holds of it comes on top


async def test_what_is_no_http_is_told_so(door: int) -> None:
    """With the headers of every other answer."""
    async with calling(door) as (reader, writer):
        writer.write(b"Hello\r\n\r\n")
        heard = await reader.read()
    assert heard.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"Content-Security-Policy: default-src 'none'" in heard


async def test_who_is_quick_is_served_again_and_again(door: int) -> None:
    """The time begins anew with each request."""
    async with calling(door) as (reader, writer):
        for _ in range(4):
            await asyncio.sleep(0.1)
            writer.write(GET)
            assert (await reader.readuntil(b"alive\n")).startswith(b"HTTP/1.1 200 OK\r\n")
