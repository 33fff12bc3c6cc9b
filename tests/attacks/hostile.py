"""What hostile clients send, by name: each attack is sent once, and tells what came of it."""

import asyncio
import base64
import json
import random
import string
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import jwt
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.api.served import PROTOCOL

PATIENCE_SECONDS: Final = 30
WORDS: Final = ("' OR 1=1 --", "\u0000", "\ud800", "%s%n", "../" * 9, "\U0001d54f" * 500, "-1", "9" * 400, "NaN", "")
WATCH: Final = "subscription { board { counts { active } } }"
SMALL: Final = "{ viewer { role } }"


class Hurt(Exception):
    """The server did what it never should."""


@dataclass(frozen=True)
class Prey:
    """Where the attacked server is, a token and ids that are good, and connections to it."""

    address: str
    token: str
    ids: Sequence[str]
    http: httpx.AsyncClient

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    async def send(self, method: str = "POST", **request: Any) -> str:
        """Send a request, signed in unless it says otherwise; return the status and the codes of its errors.

        Raises Hurt when it is answered with a fault.
        """
        headers = {"Authorization": f"Bearer {self.token}"} | request.pop("headers", {})
        try:
            return judged(await self.http.request(method, self.address, headers=headers, **request))
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):  # A body is refused before it has come.
            return "cut off"

    async def ask(self, query: str, **variables: object) -> str:
        """Send an operation."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        return await self.send(content=body, headers={"Content-Type": "application/json"})

    def socket(self, **how: Any) -> connect:
        """Open a socket, for the time of a block."""
        return connect(self.address.replace("http", "ws", 1), subprotocols=[PROTOCOL], open_timeout=30, **how)


def judged(response: httpx.Response) -> str:
    """Return the status and the codes of the errors.

    Raises Hurt when they are those of a fault.
    """
    codes = {error["extensions"]["code"] for error in _errors(response)}
    if response.status_code >= 500 or "INTERNAL_SERVER_ERROR" in codes:
        raise Hurt(f"{response.status_code} {response.text}")
    return " ".join([str(response.status_code), *sorted(codes)])


def _errors(response: httpx.Response) -> list[dict[str, Any]]:
    with suppress(json.JSONDecodeError, UnicodeDecodeError):
        answer = json.loads(response.content)
        if isinstance(answer, dict):
            errors: list[dict[str, Any]] = answer.get("errors") or []
            return errors
    return []


Attack = Callable[[Prey, random.Random], Awaitable[str]]


async def garbage(prey: Prey, chance: random.Random) -> str:
    """Bytes that are nothing."""
    return await prey.send(content=chance.randbytes(200), headers={"Content-Type": "application/json"})


async def half_a_body(prey: Prey, chance: random.Random) -> str:
    """JSON that breaks off."""
    whole = json.dumps({"query": SMALL, "variables": {"a": [1, 2]}}).encode()
    half = whole[: chance.randrange(1, len(whole))]
    return await prey.send(content=half, headers={"Content-Type": "application/json"})


async def deep_json(prey: Prey, chance: random.Random) -> str:
    """Brackets in brackets."""
    deep = b"[" * chance.randrange(100, 100_000)
    return await prey.send(content=b'{"query":' + deep, headers={"Content-Type": "application/json"})


async def large_body(prey: Prey, chance: random.Random) -> str:
    """More than anybody has to say."""
    padding = " " * (260 * 1024 + chance.randrange(1000))
    return await prey.ask(SMALL + padding)


async def another_shape(prey: Prey, chance: random.Random) -> str:
    """A body of JSON that is no request."""
    bodies = ("null", "5", '"x"', "[]", "{}", '{"query": 5}', '{"query": "{a}", "variables": []}', "NaN", "true")
    return await prey.send(content=chance.choice(bodies), headers={"Content-Type": "application/json"})


async def another_site(prey: Prey, chance: random.Random) -> str:
    """What a page of another site can send without being asked first."""
    kind = chance.choice(("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"))
    body = json.dumps({"query": 'mutation { createClient(input: { name: "Eve" }) { client { id } } }'})
    return await prey.send(content=body, headers={"Content-Type": kind, "Origin": "https://evil.example"})


async def change_by_get(prey: Prey, chance: random.Random) -> str:
    """A mutation or a subscription in an address."""
    query = chance.choice(('mutation { createClient(input: { name: "Eve" }) { client { id } } }', WATCH))
    return await prey.send("GET", params={"query": query})


async def another_method(prey: Prey, chance: random.Random) -> str:
    """Methods that are not answered."""
    return await prey.send(chance.choice(("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")))


async def batch(prey: Prey, chance: random.Random) -> str:
    """Many operations in one body."""
    return await prey.send(json=[{"query": SMALL}] * chance.randrange(1, 1000))


async def aliases(prey: Prey, chance: random.Random) -> str:
    """One field under many names."""
    return await prey.ask("{ viewer { " + " ".join(f"a{n}: role" for n in range(chance.randrange(100, 5000))) + " } }")


async def many_guesses(prey: Prey, chance: random.Random) -> str:
    """One root field under many names."""
    one = chance.choice(prey.ids)
    return await prey.ask("{ " + " ".join(f'a{n}: node(id: "{one}") {{ id }}' for n in range(500)) + " }")


async def doubling(prey: Prey, chance: random.Random) -> str:
    """Fragments of which each has the next twice."""
    most = chance.randrange(10, 120)
    fragments = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(most))
    return await prey.ask(f"{{ ...F0 }} {fragments} fragment F{most} on Query {{ viewer {{ role }} }}")


async def circles(prey: Prey, chance: random.Random) -> str:
    """Fragments in each other."""
    most = chance.randrange(1, 50)
    fragments = " ".join(f"fragment F{n} on Query {{ ...F{(n + 1) % most} }}" for n in range(most))
    return await prey.ask(f"{{ ...F0 }} {fragments}")


async def directives(prey: Prey, chance: random.Random) -> str:
    """One directive many times."""
    return await prey.ask("{ viewer { role " + "@skip(if: false) " * chance.randrange(100, 3000) + "} }")


async def depth(prey: Prey, chance: random.Random) -> str:
    """Fields in fields, until there is no end."""
    times = chance.randrange(5, 2000)
    nested = "trackers { client { " * times + "id" + " } }" * times
    return await prey.ask(f'{{ client(id: "{chance.choice(prey.ids)}") {{ {nested} }} }}')


async def brackets(prey: Prey, chance: random.Random) -> str:
    """Braces that are never closed, and lists in lists."""
    return await prey.ask(chance.choice("{[(") * chance.randrange(1, 30_000))


async def pages(prey: Prey, chance: random.Random) -> str:
    """Pages in pages."""
    size = chance.choice((100, 0, -1, 2**31, 2**63))
    inner = f"appointments(first: {size}) {{ nodes {{ id client {{ name }} }} }}"
    return await prey.ask(f"{{ clients(first: {size}) {{ nodes {{ {inner} }} }} }}")


async def the_schema_over_and_over(prey: Prey, chance: random.Random) -> str:
    """Introspection in itself."""
    times = chance.randrange(2, 12)
    types = "fields { type { " * times + "name" + " } }" * times
    return await prey.ask(f"{{ __schema {{ types {{ {types} }} }} }}")


async def forged_token(prey: Prey, chance: random.Random) -> str:
    """Tokens that somebody made up."""
    claims = jwt.decode(prey.token, options={"verify_signature": False})
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    tokens = (
        jwt.encode(claims, "another secret, as long as it has to be", algorithm="HS256"),
        f"{head}.{prey.token.split('.')[1]}.",
        prey.token[:-3] + "AAA",
        ".." * chance.randrange(1, 2000),
        "".join(chance.choices(string.printable[:94], k=60)),
    )
    return await prey.send(json={"query": SMALL}, headers={"Authorization": f"Bearer {chance.choice(tokens)}"})


async def strange_words(prey: Prey, chance: random.Random) -> str:
    """Values that other layers might take for something else."""
    query = "query ($s: String, $i: ID!) { clients(search: $s) { nodes { id } } node(id: $i) { id } }"
    one, other = chance.choices(WORDS, k=2)
    return await prey.ask(query, s=one, i=chance.choice((other, chance.choice(prey.ids))))


async def strange_names(prey: Prey, chance: random.Random) -> str:
    """A client with a name that other layers might take for something else."""
    query = "mutation ($n: String!) { createClient(input: { name: $n }) { client { id } errors { code } } }"
    return await prey.ask(query, n=chance.choice(WORDS) * chance.randrange(1, 1000))


async def broken_cursor(prey: Prey, chance: random.Random) -> str:
    """Cursors that nobody gave out."""
    cursor = chance.choice((base64.b64encode(chance.randbytes(20)).decode(), *WORDS))
    return await prey.ask("query ($a: String) { clients(after: $a) { nodes { id } } }", a=cursor)


async def raw_bytes(prey: Prey, chance: random.Random) -> str:
    """What is no HTTP, or only nearly."""
    request = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    place = chance.randrange(len(request))
    broken = request[:place] + chance.randbytes(chance.randrange(1, 9)) + request[place + chance.randrange(3) :]
    return await _over_tcp(prey, chance.choice((broken, chance.randbytes(300))))


async def half_a_request(prey: Prey, chance: random.Random) -> str:
    """A request of which the rest never comes: the client is gone."""
    request = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{}"
    return await _over_tcp(prey, request[: chance.randrange(1, len(request))])


async def _over_tcp(prey: Prey, data: bytes) -> str:
    reader, writer = await asyncio.open_connection(*prey.place)
    try:
        writer.write(data)
        writer.write_eof()
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await reader.read()
    except OSError:
        return "cut off"
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    if b" 500 " in answer.partition(b"\r\n")[0]:
        raise Hurt(f"{data!r}: {answer!r}")
    return answer.partition(b"\r\n")[0].decode(errors="replace") or "no answer"


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


async def dropped_stream(prey: Prey, chance: random.Random) -> str:
    """An event stream that is left as soon as it has begun."""
    headers = {"Authorization": f"Bearer {prey.token}", "Accept": "text/event-stream"}
    async with prey.http.stream("POST", prey.address, json={"query": WATCH}, headers=headers) as response:
        if chance.random() < 0.5:
            await anext(response.aiter_bytes(), b"")
        return f"stream {response.status_code}"


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


ATTACKS: Final[Sequence[Attack]] = (
    garbage,
    half_a_body,
    deep_json,
    large_body,
    another_shape,
    another_site,
    change_by_get,
    another_method,
    batch,
    aliases,
    many_guesses,
    doubling,
    circles,
    directives,
    depth,
    brackets,
    pages,
    the_schema_over_and_over,
    forged_token,
    strange_words,
    strange_names,
    broken_cursor,
    raw_bytes,
    half_a_request,
    another_origin,
    socket_garbage,
    dropped_subscriptions,
    twice_the_same,
    dropped_stream,
)
