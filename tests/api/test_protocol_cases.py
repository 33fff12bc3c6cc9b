"""graphql-transport-ws case by case: each is told what the protocol says, and nothing else ends for it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidState, InvalidStatus
from websockets.typing import Subprotocol

from tests.api.conftest import House
from tests.api.protocol_cases import CASES, HANDSHAKES, INIT, WATCH_AGAIN, Case
from tests.api.served import PROTOCOL, Socket, closing
from tests.api.test_handshakes import address
from tests.api.test_watching_protocol import WATCH, complaints

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Nothing here depends on where the data is.
    pytest.mark.parametrize("module_database_url", ["sqlite"], indirect=True, scope="module"),
]


@pytest.mark.parametrize("name", CASES)
async def test_each_gets_what_the_protocol_says(office: House, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is logged as trouble, and what is watched goes on: over other sockets, and over this one if it stays."""
    case = CASES[name]
    client = await office.desk.client()
    async with office.api().socket() as bystander, connect(address(office), subprotocols=[PROTOCOL]) as raw:
        watched = await bystander.subscribe(WATCH, id=client)
        await bystander.next(watched)
        socket = Socket(raw)
        fill = {"TOKEN": str(office.api().token), "CLIENT": client}
        if not case.is_stranger:
            await sign_in_and_watch(socket, fill)
        write(raw, [filled(frame, fill) for frame in case.sent])
        assert await heard(socket, case) == (list(case.told), case.code)
        await office.desk.tracker(client)
        assert await bystander.next(watched) == {"clientTrackers": {"revision": 1}}
        if case.code is None and not case.is_stranger:
            assert await socket.next("watched") == {"clientTrackers": {"revision": 1}}
    assert complaints(caplog) == []


async def sign_in_and_watch(socket: Socket, fill: Mapping[str, str]) -> None:
    """Begin as every client does."""
    write(socket.raw, [filled(INIT, fill)])
    assert await socket.receive() == {"type": "connection_ack"}
    write(socket.raw, [filled(WATCH_AGAIN, fill)])
    assert await socket.next("watched") == {"clientTrackers": {"revision": 0}}


def filled(frame: str | bytes, fill: Mapping[str, str]) -> str | bytes:
    """Return a frame with what only the test's own practice knows."""
    if isinstance(frame, str):
        for name, value in fill.items():
            frame = frame.replace(name, value)
    return frame


def write(raw: ClientConnection, frames: list[str | bytes]) -> None:
    """Send frames in one go, so that all have come before anything is answered."""
    for frame in frames:
        if isinstance(frame, str):
            raw.protocol.send_text(frame.encode())
        else:
            raw.protocol.send_binary(frame)
    raw.send_data()


async def heard(socket: Socket, case: Case) -> tuple[list[tuple[object, ...]], int | None]:
    """Return what a case is told: until the socket closes, or nothing more comes before a ping is answered."""
    told: list[tuple[object, ...]] = []
    try:
        while case.code is not None or len(told) < len(case.told):
            told.append(said(await socket.receive()))
        return told, None if await socket.is_quiet() else 0
    except ConnectionClosed as closed:
        return told, closed.rcvd.code if closed.rcvd else 0


def said(message: dict[str, Any]) -> tuple[object, ...]:
    """Return a message as the table writes it: its type, its id, and its data or the codes of its errors."""
    if "id" not in message:
        assert message.keys() == {"type"}
        return (message["type"],)
    if "payload" not in message:
        return message["type"], message["id"]
    payload = message["payload"]
    errors = payload if message["type"] == "error" else payload.get("errors")
    told = [error["extensions"]["code"] for error in errors] if errors else payload["data"]
    return message["type"], message["id"], told


@pytest.mark.parametrize("name", HANDSHAKES)
async def test_who_may_not_come_in_is_told_so(office: House, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Only the payload of connection_init signs in: what a browser sends along by itself counts for nothing."""
    asked, fill = HANDSHAKES[name], {"TOKEN": str(office.api().token)}
    headers = {header: str(filled(value, fill)) for header, value in asked.headers.items()}
    assert await answered(office, asked.subprotocols, headers) == (asked.status, asked.code)
    assert complaints(caplog) == []


async def answered(
    office: House, subprotocols: tuple[Subprotocol, ...], headers: Mapping[str, str]
) -> tuple[int | None, int | None]:
    """Return the HTTP status that refuses the socket, or the code with which it closes after connection_init."""
    try:
        async with connect(address(office), subprotocols=subprotocols or None, additional_headers=headers) as raw:
            with suppress(InvalidState):  # It may be closed already.
                write(raw, ['{"type": "connection_init"}'])
            return None, (await closing(raw))[0]
    except InvalidStatus as refusal:
        return refusal.response.status_code, None
