"""What the attacks are on: where it is, and how what it answers is judged."""

import json
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import connect

from tests.api.served import PROTOCOL

PATIENCE_SECONDS: Final = 30
WATCH: Final = "subscription { board { counts { active } } }"


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
