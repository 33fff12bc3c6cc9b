"""Limits of what comes from one address, and whom to believe about where something comes from."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from models.terms import Role
from tests.api.conftest import House, opened_house
from tests.api.over_http import ROLE
from tests.api.served import PATIENCE_SECONDS, PROTOCOL
from tests.api.streaming import EventStream, streaming
from tests.api.test_limits import url_of
from tests.api.test_watching_protocol import WATCH
from tests.conftest import StillClock


async def empty(house: House) -> None:
    """Wait until nobody holds a place."""
    assert house.app is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while house.app.state.services.connections._come_from:  # noqa: ASYNC110 (nothing tells of it)
            await asyncio.sleep(0)


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
