"""The headers that keep browsers safe, on every answer; and which pages may ask."""

from typing import Final

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from tests.api.conftest import opened_house
from tests.api.served import PROTOCOL
from tests.api.streaming import EventStream, Multipart, streaming
from tests.api.test_limits import url_of
from tests.api.test_watching_protocol import WATCH
from tests.conftest import StillClock

SAFE: Final = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
APP: Final = "https://app.example"


def safe(headers: httpx.Headers) -> dict[str, str]:
    """Return those of the headers that keep browsers safe."""
    return {name: headers[name].removesuffix(", no-transform") for name in SAFE if name in headers}


async def test_every_answer_carries_them(database_url: str, clock: StillClock) -> None:
    """Data, refusals, streams, pages and what is not there; without TLS none that promises it."""
    async with opened_house(database_url, clock) as house:
        token = {"Authorization": f"Bearer {house.api().token}"}
        answers = [
            await house.http.post(f"{house.address}/graphql", json={"query": "{ viewer { role } }"}, headers=token),
            await house.http.post(f"{house.address}/graphql", json={"query": "{"}, headers=token),
            await house.http.post(f"{house.address}/graphql", content=b"x" * 300_000, headers=token),
            await house.http.put(f"{house.address}/graphql"),
            await house.http.get(f"{house.address}/"),
            await house.http.get(f"{house.address}/livez"),
            await house.http.get(f"{house.address}/readyz"),
            await house.http.get(f"{house.address}/nowhere"),
            await house.http.options(f"{house.address}/graphql", headers={"Origin": APP}),
        ]
        client = await house.desk.client()
        for kind in (EventStream, Multipart):
            async with streaming(house.api(), kind, WATCH, id=client) as stream:
                answers.append(stream.response)
        for answer in answers:
            assert safe(answer.headers) == SAFE, answer
            assert "strict-transport-security" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers
            assert "server" not in answer.headers
        with pytest.raises(InvalidStatus) as refused:
            await connect(url_of(house), subprotocols=[PROTOCOL], origin=Origin(APP))
        assert {name: refused.value.response.headers[name] for name in SAFE} == SAFE


@pytest.mark.parametrize(("trusted", "value"), [("127.0.0.1", "max-age=31536000"), ("", None)])
async def test_behind_tls_browsers_are_kept_to_it(
    database_url: str, clock: StillClock, trusted: str, value: str | None
) -> None:
    """Where a proxy that is trusted says that there is TLS before it."""
    async with opened_house(database_url, clock, forwarded_allow_ips=trusted) as house:
        response = await house.http.get(f"{house.address}/livez", headers={"X-Forwarded-Proto": "https"})
        assert response.headers.get("strict-transport-security") == value


async def test_pages_of_named_origins_may_ask(database_url: str, clock: StillClock) -> None:
    """With a token, by GET and POST, over streams and sockets; no other page may, and none with cookies."""
    async with opened_house(database_url, clock, allowed_origins=(APP,)) as house:
        asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
        for origin, status in ((APP, 200), ("https://evil.example", 400)):
            response = await house.http.options(f"{house.address}/graphql", headers={"Origin": origin, **asks})
            assert response.status_code == status
            allowed = response.headers.get("access-control-allow-origin")
            assert allowed == (APP if origin == APP else None)
            assert "access-control-allow-credentials" not in response.headers
            assert safe(response.headers) == SAFE
            token = {"Authorization": f"Bearer {house.api().token}", "Origin": origin}
            client = await house.desk.client()
            body = {"query": WATCH, "variables": {"id": client}}
            accept = {"Accept": EventStream.accept}
            async with house.http.stream(
                "POST", f"{house.address}/graphql", json=body, headers={**token, **accept}
            ) as streamed:
                assert streamed.headers.get("access-control-allow-origin") == (APP if origin == APP else None)
                assert await EventStream(streamed).next() == {"data": {"clientTrackers": {"revision": 0}}}
        async with connect(url_of(house), subprotocols=[PROTOCOL], origin=Origin(APP)):
            pass
        with pytest.raises(InvalidStatus) as refused:
            await connect(url_of(house), subprotocols=[PROTOCOL], origin=Origin("https://evil.example"))
        assert refused.value.response.status_code == 403
