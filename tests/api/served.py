"""A server of the tests' own, and clients that speak to it as a front end would."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from graph.app import make_app
from graph.server import Server
from models.clock import Clock
from models.settings import Settings

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE_SECONDS = 10
EACH_ANEW: Final = httpx.Limits(max_keepalive_connections=0)
"""For who waits between requests: what lay unused for five seconds the server closes, as it may be used again."""


@asynccontextmanager
async def serving(settings: Settings, *, clock: Clock, app: Starlette | None = None) -> AsyncIterator[str]:
    """Serve, the app made for it or a given one, on a free port of 127.0.0.1; yield the address."""
    async with serving_as(settings, app or make_app(settings, clock=clock)) as (address, _server):
        yield address


@asynccontextmanager
async def serving_as(settings: Settings, app: Starlette, **manners: Any) -> AsyncIterator[tuple[str, Server]]:
    """Serve with these manners of the server; yield the address, and the server, which may have been stopped since."""
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = Server(app, settings, on_start=listening.set_result, **manners)
    task = asyncio.create_task(server._serve())
    try:
        yield await asyncio.wait_for(listening, PATIENCE_SECONDS), server
    finally:
        server.should_exit = True
        await task


@dataclass
class Api:
    """Speaks GraphQL over HTTP with one token."""

    address: str
    token: str | None
    http: httpx.AsyncClient = field(repr=False)

    async def post(self, query: str, **variables: object) -> dict[str, Any]:
        """Return the whole answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = await self.http.post(
            f"{self.address}/graphql", json={"query": query, "variables": variables}, headers=headers
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def data(self, query: str, **variables: object) -> dict[str, Any]:
        """Return the data; fail on any error."""
        answer = await self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def do(self, mutation: str, returning: str, **input_fields: object) -> dict[str, Any]:
        """Run a mutation of one input and return its payload: `returning` selects, `errors` is added."""
        name = mutation[0].upper() + mutation[1:]
        input_type = INPUTS.get(mutation, f"{name}Input")
        query = (
            f"mutation ($input: {input_type}!) "
            f"{{ {mutation}(input: $input) {{ {returning} errors {{ code message path }} }} }}"
        )
        payload: dict[str, Any] = (await self.data(query, input=input_fields))[mutation]
        return payload

    async def done(self, mutation: str, returning: str, **input_fields: object) -> dict[str, Any]:
        """Run a mutation that must succeed."""
        payload = await self.do(mutation, returning, **input_fields)
        assert payload["errors"] == [], payload["errors"]
        return payload

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        """Open a socket, signed in and acknowledged."""
        async with connect(self.address.replace("http", "ws", 1) + "/graphql", subprotocols=[PROTOCOL]) as raw:
            socket = Socket(raw)
            payload = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            await socket.send({"type": "connection_init", "payload": payload})
            assert (await socket.receive())["type"] == "connection_ack"
            yield socket


async def closing_code(raw: ClientConnection) -> int:
    """Return the code with which the server closes the connection; 0 when it breaks off without a word."""
    return (await closing(raw))[0]


async def closing(raw: ClientConnection) -> tuple[int, str]:
    """Return the code and the reason with which the server closes the connection; 0 when it breaks off."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        try:
            while True:
                await raw.recv()
        except ConnectionClosed as closed:
            return (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (0, "")


INPUTS = {
    **dict.fromkeys(
        ("completeAppointment", "cancelAppointment", "markAppointmentMissed", "reopenAppointment", "deleteAppointment"),
        "AppointmentIdInput",
    ),
    "removeTracker": "TrackerIdInput",
    "completeTask": "TaskIdInput",
    "reopenTask": "TaskIdInput",
}


class Socket:
    """Speaks graphql-transport-ws."""

    def __init__(self, raw: ClientConnection) -> None:
        self.raw = raw
        self._ids = itertools.count(1)

    async def send(self, message: object) -> None:
        """Send one message."""
        await self.raw.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """Return the next message; fail when none comes."""
        message: dict[str, Any] = json.loads(await asyncio.wait_for(self.raw.recv(), PATIENCE_SECONDS))
        return message

    async def subscribe(self, query: str, **variables: object) -> str:
        """Start an operation and return its id."""
        operation = str(next(self._ids))
        payload = {"query": query, "variables": variables}
        await self.send({"id": operation, "type": "subscribe", "payload": payload})
        return operation

    async def next(self, operation: str) -> dict[str, Any]:
        """Return the data of the operation's next event, which must be the next message."""
        message = await self.receive()
        assert (message["type"], message.get("id")) == ("next", operation), message
        assert "errors" not in message["payload"], message["payload"]["errors"]
        data: dict[str, Any] = message["payload"]["data"]
        return data

    async def is_quiet(self) -> bool:
        """Tell whether nothing waits: a ping is answered before anything else comes.

        True only of what the server had sent when it read the ping; follow a change that has been answered.
        """
        await self.send({"type": "ping"})
        return bool((await self.receive())["type"] == "pong")
