"""Limits of how long one is worked for: what takes too long is given up, and so is finding out who asks."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiosqlite
import asyncpg
from websockets.asyncio.client import connect

from tests.api.conftest import opened_house
from tests.api.over_http import ROLE, posted
from tests.api.served import PROTOCOL, closing
from tests.api.test_limits import url_of
from tests.api.test_watching_protocol import WATCH, init
from tests.conftest import StillClock


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
