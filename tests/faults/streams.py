"""Dialogs over event streams: clients of graphql-sse, one connection for each."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

import httpx
import orjson

from tests.faults.dialogs import Dialog, Ending

SILENCE_SECONDS: Final = 30.0
"""Three heartbeats."""
CONNECT_SECONDS: Final = 5.0
BREAKING_OFF: Final = "breaking off"


class Stream:
    """One connection of a dialog."""

    def __init__(self, http: httpx.AsyncClient, dialog: Dialog, address: str) -> None:
        self.is_subscribed = False
        self._http = http
        self._dialog = dialog
        self._address = address
        self._reading: asyncio.Task[str | None] | None = None

    async def live(self) -> None:
        """Connect, and return when the connection has ended.

        Raises OSError when there is none.
        """
        self._reading = asyncio.create_task(self._read())
        await asyncio.wait([self._reading])
        if not self._reading.cancelled() and (how := self._reading.result()) is not None:
            self._dialog.ended(Ending(self._address, time.monotonic(), how, how == BREAKING_OFF))

    def leave(self) -> None:
        """End the connection because the person does."""
        if self._reading is not None:
            self._reading.cancel()

    async def _read(self) -> str | None:
        """Return how the server ended what had begun; None when the dialog was refused.

        Raises ConnectionError when nothing began.
        """
        headers = {"Authorization": f"Bearer {self._dialog.token}", "Accept": "text/event-stream"}
        asked = self._http.stream("POST", f"{self._address}/graphql", json=self._dialog.request, headers=headers)
        try:
            async with asked as response:
                if response.status_code != httpx.codes.OK:
                    self._dialog.codes[f"status {response.status_code}"] += 1
                    return None
                self.is_subscribed = True
                return await self._take(response.aiter_lines())
        except httpx.TransportError as error:
            if not self.is_subscribed:
                raise ConnectionError("The request was not answered.") from error
            return BREAKING_OFF
        finally:
            self.is_subscribed = False

    async def _take(self, lines: AsyncIterator[str]) -> str | None:
        event = ""
        async for line in lines:
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "next":
                payload = orjson.loads(value)
                if payload.get("errors") and not payload.get("data"):
                    self._dialog.refuse(payload["errors"])
                    return None
                self._dialog.welcomed()
                self._dialog.show(payload)
            elif event == "complete":
                # The stream ended because the appointment is gone: asking again tells so.
                return "complete"
        return "an end that is not complete"


def stream_client() -> httpx.AsyncClient:
    """Return an HTTP client for as many streams as there are."""
    timeout = httpx.Timeout(CONNECT_SECONDS, read=SILENCE_SECONDS)
    return httpx.AsyncClient(timeout=timeout, limits=httpx.Limits(max_connections=None), verify=False)
