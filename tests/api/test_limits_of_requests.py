"""Limits of requests: how long, how deep, how many a second, from where, and for how long one is worked on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiosqlite
import asyncpg
import httpx
import pytest
from graphql import get_introspection_query
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from models.terms import Role
from tests.api.conftest import House, opened_house
from tests.api.served import PATIENCE_SECONDS, PROTOCOL, Api, closing
from tests.api.streaming import EventStream, Multipart, streaming
from tests.api.test_limits import url_of
from tests.api.test_watching_protocol import WATCH, init
from tests.conftest import StillClock

ROLE: Final = "{ viewer { role } }"
KIB: Final = 1024


async def posted(house: House, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    """Return the response to a body, sent by the administrator."""
    sent = {"Authorization": f"Bearer {house.api().token}", "Content-Type": "application/json", **headers}
    return await house.http.post(f"{house.address}/graphql", content=content, headers=sent)


def body(length: int) -> bytes:
    """Return a request of exactly so many bytes."""
    start = b'{"query": "{ viewer { role } }", "extensions": {"x": "'
    return start + b"x" * (length - len(start) - 3) + b'"}}'


async def test_a_body_has_256_kib_at_most(database_url: str, clock: StillClock) -> None:
    """One byte more is a 413, whether its length was told before or not; what is left is not read."""

    async def in_pieces(whole: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 10_000):
            yield whole[start : start + 10_000]

    async with opened_house(database_url, clock) as house:
        assert (await posted(house, body(256 * KIB))).json() == {"data": {"viewer": {"role": "ADMIN"}}}
        for content in (body(256 * KIB + 1), in_pieces(body(256 * KIB + 1))):
            response = await posted(house, content)
            assert response.status_code == 413
            problem = {"message": "A body has 262144 bytes at most.", "extensions": {"code": "BODY_TOO_LARGE"}}
            assert response.json() == {"errors": [problem]}
            assert response.headers["connection"] == "close"


async def test_deep_json_is_refused(database_url: str, clock: StillClock) -> None:
    """In a body, in the address, and over a socket, where it closes the socket as any message that is none."""

    def deep(levels: int) -> str:
        return '{"x": ' * levels + "1" + "}" * levels

    async with opened_house(database_url, clock) as house:
        for levels, status in ((63, 200), (64, 400)):
            text = f'{{"query": "{ROLE}", "variables": {deep(levels)}}}'
            assert (await posted(house, text.encode())).status_code == status
        headers = {"Authorization": f"Bearer {house.api().token}"}
        params = {"query": ROLE, "variables": deep(65)}
        response = await house.http.get(f"{house.address}/graphql", params=params, headers=headers)
        assert response.status_code == 400
        assert response.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
        async with house.api().socket() as socket:
            payload = f'{{"query": "{ROLE}", "variables": {deep(64)}}}'
            await socket.raw.send(f'{{"id": "1", "type": "subscribe", "payload": {payload}}}')
            assert await closing(socket.raw) == (4400, "A message is nested too deeply.")


async def test_json_of_many_parts_is_refused(database_url: str, clock: StillClock) -> None:
    """However small each is; a ping is no place for them either."""
    async with opened_house(database_url, clock) as house:
        for lists, status in ((4_000, 200), (5_000, 400)):
            text = f'{{"query": "{ROLE}", "variables": {{}}, "extensions": {{"x": [{",".join(["[]"] * lists)}]}}}}'
            assert (await posted(house, text.encode())).status_code == status
        async with house.api().socket() as socket:
            await socket.send({"type": "ping", "payload": {"x": "x" * 900}})
            assert (await socket.receive())["type"] == "pong"
            await socket.send({"type": "ping", "payload": {"x": "x" * 1100}})
            assert await closing(socket.raw) == (4400, "A ping or pong has 1,024 bytes at most.")


async def test_what_costs_much_counts_for_more(database_url: str, clock: StillClock) -> None:
    """Whoever asks for the schema again and again, signed in or not, has to wait; over a socket too."""
    async with opened_house(database_url, clock, operations_per_second=20) as house:
        stranger = Api(house.address, None, house.http)
        told = [await stranger.post(get_introspection_query()) for _ in range(4)]
        assert "data" in told[0]
        refused(told[-1]["errors"])
        async with house.api().socket() as socket:
            for _ in range(4):
                await socket.subscribe(get_introspection_query())
            kinds = [await socket.receive() for _ in range(6)]
        assert any(message["type"] == "next" for message in kinds)
        assert any(message["type"] == "error" and refused(message["payload"]) for message in kinds)
        assert await house.api(Role.STAFF).data(ROLE) == {"viewer": {"role": "STAFF"}}


async def test_operations_are_counted_on_every_transport(database_url: str, clock: StillClock) -> None:
    """Ten in ten seconds: the next is refused with a code and when to come again; others are not concerned."""
    async with opened_house(database_url, clock, operations_per_second=1) as house:
        for _ in range(9):
            assert await house.api().data(ROLE) == {"viewer": {"role": "ADMIN"}}
        client = await house.api(Role.STAFF).done("createClient", "client { id }", name="Noah Meier")
        variables = {"id": client["client"]["id"]}
        async with house.api().socket() as socket:
            assert await socket.next(await socket.subscribe(WATCH, **variables)) == {"clientTrackers": {"revision": 0}}
            for query in (ROLE, WATCH):
                operation = await socket.subscribe(query, **(variables if query == WATCH else {}))
                message = await socket.receive()
                assert (message["type"], message["id"]) == ("error", operation)
                refused(message["payload"])
        response = await posted(house, json.dumps({"query": ROLE}).encode())
        assert (response.status_code, response.headers["retry-after"]) == (429, str(refused(response.json()["errors"])))
        for kind in (EventStream, Multipart):
            async with streaming(house.api(), kind, WATCH, **variables) as stream:
                assert stream.response.status_code == 429
                await stream.response.aread()
                refused(stream.response.json()["errors"])
        assert await house.api(Role.READ_ONLY).data(ROLE) == {"viewer": {"role": "READ_ONLY"}}


def refused(errors: list[dict[str, Any]]) -> int:
    """Expect that it was too fast; return after how many seconds it may be tried again."""
    (error,) = errors
    assert error["message"] == "You start operations faster than you may: wait a little."
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": error["extensions"]["retryAfter"]}
    assert 1 <= error["extensions"]["retryAfter"] <= 10
    return int(error["extensions"]["retryAfter"])


async def test_events_are_not_counted(database_url: str, clock: StillClock) -> None:
    """What one has begun to watch goes on, however much happens."""
    async with opened_house(database_url, clock, operations_per_second=2) as house:
        client = await house.api(Role.STAFF).done("createClient", "client { id }", name="Noah Meier")
        node_id = client["client"]["id"]
        async with house.api(Role.READ_ONLY).socket() as socket:
            operation = await socket.subscribe(
                "subscription ($id: ID!) { clientTrackers(clientId: $id) { name } }", id=node_id
            )
            await socket.next(operation)
            for role in (Role.ADMIN, Role.STAFF):
                for n in range(15):
                    await house.api(role).done("updateClient", "client { id }", clientId=node_id, name=f"{role} {n}")
                    assert await socket.next(operation) == {"clientTrackers": {"name": f"{role} {n}"}}


async def test_a_document_that_is_not_known_counts_by_its_length(database_url: str, clock: StillClock) -> None:
    """One operation more for each 100 characters, the first time."""
    async with opened_house(database_url, clock, operations_per_second=1) as house:
        long = f"{ROLE} #{'x' * 600}"
        for _ in range(4):
            assert await house.api().data(long) == {"viewer": {"role": "ADMIN"}}
        answer = await house.api().post(f"{long} once more")
        assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_who_is_not_signed_in_is_counted_by_address(database_url: str, clock: StillClock) -> None:
    """With all who come from there; who is signed in is not concerned."""
    async with opened_house(database_url, clock, operations_per_second=1) as house:
        answers = [await house.http.post(f"{house.address}/graphql", json={"query": ROLE}) for _ in range(11)]
        codes = [answer.json()["errors"][0]["extensions"]["code"] for answer in answers]
        assert codes == ["UNAUTHENTICATED"] * 10 + ["RATE_LIMITED"]
        assert await house.api().data(ROLE) == {"viewer": {"role": "ADMIN"}}


async def test_an_address_may_hold_so_many_sockets(database_url: str, clock: StillClock) -> None:
    """Whether anybody has signed in or not: the next is a 429 before it is opened, and who leaves makes room."""
    async with opened_house(database_url, clock, sockets_per_address=2) as house:
        client = await house.desk.client()
        async with connect(url_of(house), subprotocols=[PROTOCOL]), house.api(Role.STAFF).socket():
            with pytest.raises(InvalidStatus) as handshake:
                await connect(url_of(house), subprotocols=[PROTOCOL])
            assert handshake.value.response.status_code == 429
            assert handshake.value.response.headers["Retry-After"] == "5"
            async with streaming(house.api(), EventStream, WATCH, id=client) as stream:
                assert stream.response.status_code == 429
        await empty(house)
        async with house.api().socket(), streaming(house.api(), EventStream, WATCH, id=client) as stream:
            await stream.next()
            with pytest.raises(InvalidStatus):
                await connect(url_of(house), subprotocols=[PROTOCOL])
        await empty(house)


async def empty(house: House) -> None:
    """Wait until nobody holds a place."""
    assert house.app is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while house.app.state.services.connections._come_from:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)


@pytest.mark.parametrize(("trusted", "is_believed"), [("", False), ("10.0.0.0/8", False), ("127.0.0.1", True)])
async def test_a_proxy_is_believed_only_if_it_is_named(
    database_url: str, clock: StillClock, trusted: str, is_believed: bool
) -> None:
    """What others say of where they come from gives them no more places, nor more operations."""
    async with opened_house(
        database_url, clock, sockets_per_address=1, operations_per_second=1, forwarded_allow_ips=trusted
    ) as house:

        async def come(address: str) -> int:
            headers = {"X-Forwarded-For": f"192.0.2.7, {address}"}
            try:
                async with connect(url_of(house), subprotocols=[PROTOCOL], additional_headers=headers):
                    return 101
            except InvalidStatus as error:
                return error.response.status_code

        async with connect(url_of(house), subprotocols=[PROTOCOL], additional_headers={"X-Forwarded-For": "192.0.2.1"}):
            assert await come("192.0.2.1") == 429
            assert await come("192.0.2.2") == (101 if is_believed else 429)
        answers = [
            await house.http.post(
                f"{house.address}/graphql", json={"query": ROLE}, headers={"X-Forwarded-For": f"192.0.2.{n}"}
            )
            for n in range(11)
        ]
        assert answers[-1].status_code == (401 if is_believed else 429)


@asynccontextmanager
async def locked(database_url: str, *, lock: str = "client IN EXCLUSIVE MODE") -> AsyncIterator[None]:
    """Keep all others from writing for the time of the block; on PostgreSQL from what the lock says."""
    if database_url.startswith("sqlite"):
        async with aiosqlite.connect(database_url.removeprefix("sqlite://")) as file:
            await file.execute("BEGIN IMMEDIATE")
            yield
            await file.rollback()
    else:
        connection = await asyncpg.connect(database_url)
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {lock}")
            yield
        await connection.close()


RENAME: Final = "mutation ($input: UpdateClientInput!) { updateClient(input: $input) { client { name } } }"


def given_up(answer: Any) -> bool:
    """Tell whether that is all that is told; what did not begin comes as the errors alone."""
    errors = answer["errors"] if isinstance(answer, dict) else answer
    return [error["extensions"] for error in errors] == [{"code": "TIMEOUT", "retryAfter": 5}]


async def test_what_takes_too_long_is_given_up(database_url: str, clock: StillClock) -> None:
    """With a code, over HTTP and over a socket; the next operation is served, and a change may come to pass.

    On SQLite it is finding out who asks that waits behind the first.
    """
    async with opened_house(database_url, clock, operation_seconds=1) as house, house.api().socket() as socket:
        variables = {"input": {"clientId": await house.desk.client(), "name": "Mia Keller"}}
        async with locked(database_url):
            assert given_up(await house.api().post(RENAME, **variables))
            operation = await socket.subscribe(RENAME, **variables)
            message = await socket.receive()
            assert message["id"] == operation
            assert given_up(message["payload"])
        assert await house.api().data(ROLE) == {"viewer": {"role": "ADMIN"}}


async def test_who_asks_is_found_out_in_time_or_not_at_all(database_url: str, clock: StillClock) -> None:
    """A request is a 503 with a code, a socket closes, and what one that is open asks for is an error."""
    async with opened_house(database_url, clock, operation_seconds=1) as house, house.api().socket() as socket:
        client = await house.desk.client()
        async with locked(database_url, lock="client, staff_member IN ACCESS EXCLUSIVE MODE"):
            if database_url.startswith("sqlite"):
                assert given_up(await house.api().post(RENAME, input={"clientId": client, "name": "Mia Keller"}))
            response = await posted(house, json.dumps({"query": ROLE}).encode())
            assert response.status_code == 503
            assert given_up(response.json())
            async with connect(url_of(house), subprotocols=[PROTOCOL]) as raw:
                await raw.send(init(house.api().token))
                text = "Who you are could not be found out in time: connect again, a little later."
                assert await closing(raw) == (1013, text)
            for query in (ROLE, WATCH):
                operation = await socket.subscribe(query, **({"id": client} if query == WATCH else {}))
                message = await socket.receive()
                assert (message["type"], message["id"]) == ("error", operation)
                assert given_up(message["payload"])
        assert await house.api().data(ROLE) == {"viewer": {"role": "ADMIN"}}
        assert await socket.next(await socket.subscribe(ROLE)) == {"viewer": {"role": "ADMIN"}}


async def test_the_cost_is_told_to_who_asks(database_url: str, clock: StillClock) -> None:
    """By `extensions: {cost: true}`, on every transport; of a subscription with its first event."""
    query = "query ($n: Int) { clients(first: $n) { nodes { id } } }"
    asked = {"query": query, "variables": {"n": 7}, "extensions": {"cost": True}}
    told = {"cost": {"requested": 9, "limit": 25_000}}
    async with opened_house(database_url, clock) as house:
        client = await house.desk.client()
        response = await posted(house, json.dumps(asked).encode())
        assert response.json()["extensions"] == told
        async with house.api().socket() as socket:
            await socket.send({"id": "1", "type": "subscribe", "payload": asked})
            assert (await socket.receive())["payload"]["extensions"] == told
            assert (await socket.receive())["type"] == "complete"
            watch = {"query": WATCH, "variables": {"id": client}, "extensions": {"cost": True}}
            await socket.send({"id": "2", "type": "subscribe", "payload": watch})
            event = {
                "data": {"clientTrackers": {"revision": 0}},
                "extensions": {"cost": {"requested": 2, "limit": 25_000}},
            }
            assert (await socket.receive())["payload"] == event
            await house.desk.tracker(client, 3)
            assert "extensions" not in (await socket.receive())["payload"]
        assert "extensions" not in await house.api().post(query, n=7)
