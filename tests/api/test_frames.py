"""The frames of a socket: put together, bounded, and refused where RFC 6455 or graphql-transport-ws has none such."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Final

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.api.conftest import House
from tests.api.served import PATIENCE_SECONDS, PROTOCOL, Api, closing_code
from tests.api.test_handshakes import HEADERS, address
from tests.api.test_watching_protocol import complaints, init

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]

ROLE: Final = '{"id": "1", "type": "subscribe", "payload": {"query": "{ viewer { role } }"}}'


async def spoken(raw: ClientConnection, api: Api) -> None:
    """Sign in."""
    await raw.send(init(api.token))
    assert json.loads(await raw.recv()) == {"type": "connection_ack"}


@pytest.mark.parametrize("size", [1, 7, len(ROLE)])
async def test_a_message_in_pieces_is_put_together(office: House, size: int) -> None:
    """However small they are, with a ping between them, which is answered at once."""
    async with connect(address(office), subprotocols=[PROTOCOL]) as raw:
        await spoken(raw, office.api())
        answered_pings = 0

        async def pieces() -> AsyncIterator[str]:
            nonlocal answered_pings
            for start in range(0, len(ROLE), size):
                yield ROLE[start : start + size]
                if start == 0:
                    await asyncio.wait_for(await raw.ping(b"there?"), PATIENCE_SECONDS)
                    answered_pings += 1

        await raw.send(pieces())
        assert answered_pings == 1
        answer = json.loads(await asyncio.wait_for(raw.recv(), PATIENCE_SECONDS))
        assert answer == {"id": "1", "type": "next", "payload": {"data": {"viewer": {"role": "ADMIN"}}}}


@pytest.mark.parametrize("binary", [ROLE.encode(), [ROLE[:9].encode(), ROLE[9:].encode()]], ids=["whole", "in pieces"])
async def test_a_binary_message_closes_the_socket(office: House, binary: bytes | Iterable[bytes]) -> None:
    """With 4400, for messages are text, whatever is in it."""
    async with connect(address(office), subprotocols=[PROTOCOL]) as raw:
        await spoken(raw, office.api())
        await raw.send(binary)
        assert await closing_code(raw) == 4400


async def test_who_breaks_the_rules_of_frames_is_let_go(office: House) -> None:
    """Told 1002, and cut off, though they stay."""
    assert office.app is not None
    lines = [f"{name}: {value}" for name, value in HEADERS.items()]
    host, port = office.address.removeprefix("http://").split(":")
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join(["GET /graphql HTTP/1.1", *lines, "\r\n"]).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x81\x02{}")  # a frame that is not masked
        assert (await reader.read())[2:4] == (1002).to_bytes(2)
        while office.app.state.services.connections.sockets:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)
        writer.close()


@pytest.mark.parametrize("last", [b"\x88\x82\0\0\0\0\x03\xe8", b"\x81\x02{}"], ids=["a close", "an error"])
async def test_who_says_something_wrong_and_leaves_at_once_is_let_go(
    office: House, last: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Both come in one piece: the socket is closing before the first is taken."""
    assert office.app is not None
    lines = [f"{name}: {value}" for name, value in HEADERS.items()]
    host, port = office.address.removeprefix("http://").split(":")
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join(["GET /graphql HTTP/1.1", *lines, "\r\n"]).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x81\x82\0\0\0\0[]" + last)
        assert (await reader.read())[:1] == b"\x88"
        writer.close()
        while office.app.state.services.connections.sockets:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)
    assert complaints(caplog) == []


@pytest.mark.parametrize("size", [1024, 40 * 1024, 64 * 1024 + 1])
async def test_a_message_that_is_too_long_closes_the_socket(
    office: House, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    """With 1009, also when each of its pieces is short."""
    text = " " * (64 * 1024 + 1)
    async with connect(address(office), subprotocols=[PROTOCOL]) as raw:
        await spoken(raw, office.api())
        await raw.send(text[start : start + size] for start in range(0, len(text), size))
        assert await closing_code(raw) == 1009
    assert complaints(caplog) == []


async def test_the_longest_message_is_taken(office: House) -> None:
    """64 KiB, in pieces."""
    text = ROLE + " " * (64 * 1024 - len(ROLE))
    async with connect(address(office), subprotocols=[PROTOCOL]) as raw:
        await spoken(raw, office.api())
        await raw.send(text[start : start + 4096] for start in range(0, len(text), 4096))
        answer = json.loads(await asyncio.wait_for(raw.recv(), PATIENCE_SECONDS))
        assert answer["payload"] == {"data": {"viewer": {"role": "ADMIN"}}}


@pytest.mark.parametrize(
    "text", [b"\xff", b'{"type": "ping", "payload": {"text": "\xff"}}', b'{"type": "ping"}\xc3'], ids=repr
)
async def test_text_that_is_not_utf8_closes_the_socket(
    office: House, text: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """With 1007, as RFC 6455 has it."""
    async with connect(address(office), subprotocols=[PROTOCOL]) as raw:
        await spoken(raw, office.api())
        await raw.send(text, text=True)
        assert await closing_code(raw) == 1007
    assert complaints(caplog) == []
