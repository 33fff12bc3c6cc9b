"""Clients of HTTP that stays open: graphql-sse and multipart subscriptions."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import httpx

from tests.api.served import PATIENCE_SECONDS, Api

COMPLETE: dict[str, Any] = {"complete": True}


class Stream(ABC):
    """Reads one operation's answer as it comes."""

    accept: ClassVar[str]
    media_type: ClassVar[str]
    delimiter: ClassVar[str]

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._texts = response.aiter_text()
        self._text = ""

    async def next(self) -> dict[str, Any]:
        """Return the next result, or COMPLETE at the end."""
        while (event := self.read(await self._frame())) is None:
            pass
        return event

    async def ended(self) -> None:
        """Wait for the end of the response, after which there is nothing more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for text in self._texts:
                self._text += text
        assert self._text in {"", "\r\n"}

    async def _frame(self) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.delimiter not in self._text:
                self._text += await anext(self._texts)
        frame, self._text = self._text.split(self.delimiter, 1)
        return frame

    @abstractmethod
    def read(self, frame: str) -> dict[str, Any] | None:
        """Return what a frame says; None for a heartbeat."""


class EventStream(Stream):
    """Server-sent events."""

    accept = "text/event-stream"
    media_type = "text/event-stream"
    delimiter = "\n\n"

    def read(self, frame: str) -> dict[str, Any] | None:
        """Return the data of an event."""
        if frame == ":":
            return None
        event, data = frame.split("\n")
        if event == "event: complete":
            assert data == "data: "
            return COMPLETE
        assert event == "event: next"
        result: dict[str, Any] = json.loads(data.removeprefix("data: "))
        return result


class Multipart(Stream):
    """Multipart subscriptions."""

    accept = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/json'
    media_type = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    delimiter = "--graphql"

    def read(self, frame: str) -> dict[str, Any] | None:
        """Return the payload of a part."""
        if frame == "":
            return None
        headers, body = frame.removeprefix("\r\n").removesuffix("\r\n").split("\r\n\r\n")
        assert headers.startswith("Content-Type: application/json")
        part: dict[str, Any] = json.loads(body)
        if not part:
            return None
        (payload,) = part.values()
        assert isinstance(payload, dict)
        return payload

    async def next(self) -> dict[str, Any]:
        """Return the next result, or COMPLETE at the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(self._text) < len("--\r\n"):
                self._text += await anext(self._texts)
        if self._text.startswith("--\r\n"):
            self._text = self._text.removeprefix("--\r\n")
            return COMPLETE
        return await super().next()


@asynccontextmanager
async def streaming(api: Api, kind: type[Stream], query: str, **variables: object) -> AsyncIterator[Stream]:
    """Send an operation and read its answer for the time of the block."""
    headers = {"Accept": kind.accept} | ({"Authorization": f"Bearer {api.token}"} if api.token else {})
    body = {"query": query, "variables": variables}
    async with api.http.stream("POST", f"{api.address}/graphql", json=body, headers=headers) as response:
        yield kind(response)
