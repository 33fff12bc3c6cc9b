"""Hostile sockets: each is opened once, and tells what came of it."""

import asyncio
import json
import random

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.attacks.prey import PATIENCE_SECONDS, WATCH, Hurt, Prey


async def another_origin(prey: Prey, chance: random.Random) -> str:
    """A page of another site opens a socket."""
    origin = Origin(chance.choice(("https://evil.example", "null", "http://127.0.0.1.evil.example")))
    try:
        async with prey.socket(origin=origin):
            raise Hurt(f"a page of {origin} has opened a socket")
    except InvalidStatus as refused:
        return f"handshake {refused.response.status_code}"


async def socket_garbage(prey: Prey, chance: random.Random) -> str:
    """Messages that are none."""
    messages = ("", "5", "[]", "{}", "null", '{"type": 5}', '{"type": "subscribe"}', "[" * 5000, "\u0000", b"\x00\xff")
    async with prey.socket() as socket:
        await _begin(socket, prey, when=chance.random() < 0.5)
        await socket.send(chance.choice(messages))
        return await _closing(socket)


async def dropped_subscriptions(prey: Prey, chance: random.Random) -> str:
    """A client that is gone in the middle, without a word."""
    async with prey.socket() as socket:
        await _begin(socket, prey)
        for number in range(chance.randrange(1, 9)):
            payload = {"query": WATCH}
            await socket.send(json.dumps({"id": str(number), "type": "subscribe", "payload": payload}))
        if chance.random() < 0.5:
            await socket.recv()
        socket.transport.abort()
    return "dropped"


async def twice_the_same(prey: Prey, chance: random.Random) -> str:
    """An id that is in use."""
    message = json.dumps({"id": "1", "type": "subscribe", "payload": {"query": WATCH}})
    async with prey.socket() as socket:
        await _begin(socket, prey)
        for _ in range(chance.randrange(2, 5)):
            await socket.send(message)
        return await _closing(socket)


async def _begin(socket: ClientConnection, prey: Prey, *, when: bool = True) -> None:
    if when:
        payload = {"Authorization": f"Bearer {prey.token}"}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        await socket.recv()


async def _closing(socket: ClientConnection) -> str:
    """Return the code with which the server closes the socket.

    Raises Hurt when it is that of a fault.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else 1006
        if code in {1006, 1011}:
            raise Hurt(f"a socket was closed with {code}") from closed
        return f"closed {code}"
