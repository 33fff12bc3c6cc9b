"""Hostile requests over HTTP: each is sent once, and tells what came of it."""

import asyncio
import base64
import json
import random
import string
import uuid
from contextlib import suppress
from typing import Final

import jwt

from tests.attacks.prey import PATIENCE_SECONDS, WATCH, Hurt, Prey

WORDS: Final = ("' OR 1=1 --", "\u0000", "\ud800", "%s%n", "../" * 9, "\U0001d54f" * 500, "-1", "9" * 400, "NaN", "")
SMALL: Final = "{ viewer { role } }"


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
    """Cursors that nobody gave out, some of them of the right shape."""
    depth = chance.randrange(2_000)
    forged = f'["clients", {"[" * depth}{"]" * depth}, "{uuid.UUID(int=chance.getrandbits(128))}"]'.encode()
    cursor = chance.choice((*(base64.b64encode(each).decode() for each in (chance.randbytes(20), forged)), *WORDS))
    return await prey.ask("query ($a: String) { clients(after: $a) { nodes { id } } }", a=cursor)


async def numbers_without_end(prey: Prey, chance: random.Random) -> str:
    """More digits than a number of Python can have."""
    return await prey.ask(f"{{ clients(first: {'9' * chance.randrange(300, 9_000)}) {{ nodes {{ id }} }} }}")


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


async def dropped_stream(prey: Prey, chance: random.Random) -> str:
    """An event stream that is left as soon as it has begun."""
    headers = {"Authorization": f"Bearer {prey.token}", "Accept": "text/event-stream"}
    async with prey.http.stream("POST", prey.address, json={"query": WATCH}, headers=headers) as response:
        if chance.random() < 0.5:
            await anext(response.aiter_bytes(), b"")
        return f"stream {response.status_code}"
