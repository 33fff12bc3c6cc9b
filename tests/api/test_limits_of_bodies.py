"""Limits of what a request brings along: so many bytes, so deep, of so many parts."""

from collections.abc import AsyncIterator
from typing import Final

from tests.api.conftest import opened_house
from tests.api.over_http import ROLE, posted
from tests.api.served import closing
from tests.conftest import StillClock

KIB: Final = 1024


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
