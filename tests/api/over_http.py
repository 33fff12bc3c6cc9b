"""Requests as HTTP has them, in any method and with any headers, and what is told in answer."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx

from tests.api.conftest import House

JSON: Final = "application/json"
NEWER: Final = "application/graphql-response+json"
ROLE: Final = "{ viewer { role } }"
ADMIN: Final = {"data": {"viewer": {"role": "ADMIN"}}}
CREATE: Final = 'mutation { createClient(input: { name: "Noah Meier" }) { client { id } } }'
WATCH: Final = "subscription { board { revision } }"


async def asked(house: House, method: str, *, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    """Return the response to a request of the administrator's; httpx adds `Accept: */*` where none is given."""
    sent = {"Authorization": f"Bearer {house.api().token}", **(headers or {})}
    return await house.http.request(method, f"{house.address}/graphql", headers=sent, **more)


async def posted(house: House, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    """Return the response to a body of the administrator's, which is JSON if nothing else is said."""
    return await asked(house, "POST", content=content, headers={"Content-Type": JSON, **headers})


async def clients(house: House) -> list[Any]:
    """Return the practice's clients."""
    found: list[Any] = (await house.api().data("{ clients { nodes { id } } }"))["clients"]["nodes"]
    return found


def told(response: httpx.Response) -> tuple[int, str]:
    """Return the status and the media type of an answer, whose charset is always told."""
    kind, charset = response.headers["content-type"].split("; ")
    assert charset == "charset=utf-8"
    return response.status_code, kind


def code_of(response: httpx.Response) -> str:
    """Return the code of the only error of an answer without data."""
    (error,) = response.json()["errors"]
    assert response.json() == {"errors": [error]}
    code: str = error["extensions"]["code"]
    return code
