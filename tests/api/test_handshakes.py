"""How a socket begins: what RFC 6455 and graphql-transport-ws ask for, and who is let in."""

import asyncio
import json
from contextlib import suppress
from typing import Final

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.api.conftest import House
from tests.api.served import PATIENCE_SECONDS, PROTOCOL, closing
from tests.api.test_watching_protocol import complaints, init

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]

LEGACY: Final = Subprotocol("graphql-ws")
HEADERS: Final = {
    "Host": "tracker.example",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": "graphql-transport-ws",
}
ACCEPT: Final = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


def address(office: House) -> str:
    """Return where sockets are opened."""
    return office.address.replace("http", "ws", 1) + "/graphql"


async def answered(
    office: House, *, request: str = "GET /graphql HTTP/1.1", but: dict[str, str | None] | None = None, extra: str = ""
) -> tuple[int, str]:
    """Send a handshake that is as it should be but for some headers; return the status, and the head of the answer."""
    lines = [f"{name}: {value}" for name, value in {**HEADERS, **(but or {})}.items() if value is not None]
    host, port = office.address.removeprefix("http://").split(":")
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join([request, *lines, extra + "\r\n"]).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        writer.close()
        await writer.wait_closed()
    return int(head.split()[1]), head


async def test_a_handshake_is_answered_as_the_standard_says(office: House) -> None:
    """With the example of RFC 6455, the subprotocol, and no extension."""
    status, head = await answered(office, but={"Sec-WebSocket-Extensions": "permessage-deflate"})
    told = {name.lower(): value for name, value in (line.split(": ") for line in head.splitlines()[1:] if line)}
    assert status == 101
    assert (told["upgrade"], told["connection"].lower()) == ("websocket", "upgrade")
    assert (told["sec-websocket-accept"], told["sec-websocket-protocol"]) == (ACCEPT, "graphql-transport-ws")
    assert "sec-websocket-extensions" not in told


@pytest.mark.parametrize(
    ("request_line", "but", "told"),
    [
        ("GET /graphql HTTP/1.1", {"Sec-WebSocket-Version": "8"}, "Sec-WebSocket-Version: 13"),
        ("POST /graphql HTTP/1.1", {}, "Allow: GET"),
    ],
)
async def test_a_refusal_says_what_would_do(
    office: House, request_line: str, but: dict[str, str | None], told: str
) -> None:
    """As the standards ask for."""
    assert told in (await answered(office, request=request_line, but=but))[1].splitlines()


async def test_compression_is_not_used_though_it_is_offered(office: House) -> None:
    """A compressed state for each of thousands of sockets would cost more than all else."""
    async with connect(address(office), subprotocols=[PROTOCOL], compression="deflate") as raw:
        assert raw.request is not None
        assert raw.response is not None
        assert "permessage-deflate" in raw.request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in raw.response.headers


@pytest.mark.parametrize("offered", [[LEGACY], None], ids=["another", "none"])
async def test_a_client_of_another_protocol_is_told_so(
    office: House, offered: list[Subprotocol] | None, caplog: pytest.LogCaptureFixture
) -> None:
    """The socket opens, for its close code to be readable, and closes with 4406."""
    async with connect(address(office), subprotocols=offered) as raw:
        assert raw.subprotocol is None
        assert await closing(raw) == (4406, "Subprotocol not acceptable")
    assert complaints(caplog) == []


@pytest.mark.parametrize("offered", [[LEGACY, PROTOCOL], [PROTOCOL, LEGACY]])
async def test_of_two_protocols_the_newer_is_spoken(office: House, offered: list[Subprotocol]) -> None:
    """In whichever order they are offered."""
    async with connect(address(office), subprotocols=offered) as raw:
        assert raw.subprotocol == PROTOCOL
        await raw.send(init(office.api().token))
        assert json.loads(await raw.recv()) == {"type": "connection_ack"}


@pytest.mark.parametrize(
    ("but", "status"),
    [
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://tracker.example:8080"}, 403),
        ({"Origin": "http://tracker.example.elsewhere.example"}, 403),
        ({"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://tracker.example"}, 101),
        ({"Origin": "http://Tracker.Example"}, 101),
        ({"Host": "tracker.example:8080", "Origin": "http://tracker.example:8080"}, 101),
        ({"Origin": "https://front.example", "Sec-Fetch-Site": "same-origin"}, 101),
        ({"Sec-Fetch-Site": "same-origin"}, 101),
        ({}, 101),
    ],
)
async def test_only_pages_of_this_origin_open_sockets(office: House, but: dict[str, str | None], status: int) -> None:
    """And what is no page: browsers would let any page of any site try."""
    assert (await answered(office, but=but))[0] == status


@pytest.mark.parametrize(
    ("but", "extra", "statuses"),
    [
        ({"Origin": "http://tracker.example"}, "Origin: https://elsewhere.example\r\n", {400, 403}),
        ({"Origin": "https://elsewhere.example"}, "Origin: http://tracker.example\r\n", {400, 403}),
        ({"Origin": "http://tracker.example"}, "Origin: http://tracker.example\r\n", {400, 403, 101}),
        ({"Origin": "https://elsewhere.example"}, "Host: elsewhere.example\r\n", {400, 403}),
        ({"Origin": "http://tracker.example"}, "Host: elsewhere.example\r\n", {400, 403}),
        (
            {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
            "Sec-Fetch-Site: same-origin\r\n",
            {400, 403},
        ),
    ],
)
async def test_headers_that_come_twice_let_no_other_page_in(
    office: House,
    but: dict[str, str | None],
    extra: str,
    statuses: set[int],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither do they make trouble."""
    assert (await answered(office, but=but, extra=extra))[0] in statuses
    assert complaints(caplog) == []
    assert await office.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}


@pytest.mark.parametrize(
    ("request_line", "but", "status"),
    [
        ("GET / HTTP/1.1", {}, 404),
        ("GET /graphql/ HTTP/1.1", {}, 404),
        ("GET /elsewhere?/graphql HTTP/1.1", {}, 404),
        ("GET /graphql?token=x HTTP/1.1", {}, 101),
        ("POST /graphql HTTP/1.1", {}, 405),
        ("GET /graphql HTTP/1.0", {}, 505),
        ("GET /graphql HTTP/1.1", {"Sec-WebSocket-Version": "8"}, 426),
        ("GET /graphql HTTP/1.1", {"Sec-WebSocket-Version": None}, 426),
        ("GET /graphql HTTP/1.1", {"Sec-WebSocket-Key": None}, 400),
        ("GET /graphql HTTP/1.1", {"Sec-WebSocket-Key": "short"}, 400),
        ("GET /graphql HTTP/1.1", {"Sec-WebSocket-Key": "c2hvcnQ="}, 400),
    ],
)
async def test_what_is_no_handshake_for_here_is_refused(
    office: House,
    request_line: str,
    but: dict[str, str | None],
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """With the status that says why; others are served on."""
    assert (await answered(office, request=request_line, but=but))[0] == status
    assert complaints(caplog) == []
    assert await office.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}


async def test_a_socket_is_not_opened_while_another_request_is_answered(office: House) -> None:
    """Its answer would end up among the frames: the connection is cut off."""
    body = json.dumps({"query": "{ viewer { role } }"})
    lines = ["POST /graphql HTTP/1.1", "Host: x", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    upgrade = ["GET /graphql HTTP/1.1", *(f"{name}: {value}" for name, value in HEADERS.items()), "", ""]
    host, port = office.address.removeprefix("http://").split(":")
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write("\r\n".join([*lines, "", body + upgrade[0], *upgrade[1:]]).encode())
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()
    assert await office.api().data("{ viewer { role } }") == {"viewer": {"role": "ADMIN"}}
