"""The issuer: fetches its keys before they are old, and sooner when a token names one that is not known."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Final

import httpx

from graph.tokens.keys import NO_KEYS, KeySet, NotAKeySet, read_keys

MOST_BYTES: Final = 128 * 1024
HEADERS: Final = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the issuer is asked, and how long for an answer, in seconds.

    `retry` is the pause after the first failure; it doubles up to `slowest_retry`. `look` is the time between two
    fetches for the sake of keys that are not known.
    """

    refresh: float = 300
    retry: float = 1
    slowest_retry: float = 30
    look: float = 5
    answer: float = 5


USUAL: Final = Pace()


class Issuer:
    """Has the newest keys that could be had; none at first. While it cannot be reached, they stay as they were.

    Nothing is fetched by those who ask, but by `run` alone: one fetch at a time, which nobody's leaving cancels.
    """

    def __init__(self, url: str, *, pace: Pace = USUAL, on_change: Callable[[], None] = lambda: None) -> None:
        self.keys: KeySet = NO_KEYS
        self.is_reached = False
        self._url = url
        self._pace = pace
        self._on_change = on_change
        self._client: httpx.AsyncClient | None = None
        self._wanted = asyncio.Event()
        self._looking: asyncio.Future[None] | None = None
        self._next_look = 0.0

    async def run(self) -> None:
        """Fetch the keys, now, again and again, until it is cancelled."""
        failures = 0
        try:
            while True:
                self.is_reached = await self._fetch()
                failures = 0 if self.is_reached else failures + 1
                self._tell()
                await self._pause(failures)
        finally:
            self._tell()
            if self._client is not None:
                await self._client.aclose()

    async def look_again(self) -> None:
        """Have the keys fetched, and return when they are, or at once where that was done a moment ago."""
        if self._looking is None:
            now = asyncio.get_running_loop().time()
            if now < self._next_look:
                return
            self._next_look = now + self._pace.look
            self._looking = asyncio.get_running_loop().create_future()
            self._wanted.set()
        await asyncio.shield(self._looking)

    async def _fetch(self) -> bool:
        """Tell whether the keys could be had. Nothing that is wrong with an answer ends the fetching."""
        try:
            self._client = self._client or await self._new_client()
            async with asyncio.timeout(self._pace.answer):
                keys = read_keys(await self._answer(self._client))
        except Exception as error:
            _log.warning("The keys at JWKS_URL cannot be had, and %d stay in use: %r", len(self.keys), error)
            return False
        if not keys:
            _log.error("There is no key at JWKS_URL that a signature can be checked with.")
        if keys != self.keys:
            self.keys = keys
            self._on_change()
        return True

    async def _new_client(self) -> httpx.AsyncClient:
        """Return a client; of plain HTTP it is one without certificates and proxies, for this machine's loopback."""
        is_secure = self._url.startswith("https://")
        # Loading certificates takes long enough to hold up the loop.
        trusted = await asyncio.to_thread(httpx.create_ssl_context) if is_secure else SSLContext(PROTOCOL_TLS_CLIENT)
        return httpx.AsyncClient(headers=HEADERS, timeout=self._pace.answer, trust_env=is_secure, verify=trusted)

    async def _answer(self, client: httpx.AsyncClient) -> bytes:
        async with client.stream("GET", self._url) as response:
            if response.status_code != httpx.codes.OK:
                raise NotAKeySet(f"The status is {response.status_code}.")
            text = bytearray()
            async for part in response.aiter_raw():
                text += part
                if len(text) > MOST_BYTES:
                    raise NotAKeySet(f"It is longer than {MOST_BYTES:,} bytes.")
            return bytes(text)

    def _tell(self) -> None:
        """Let those go on who have waited for the keys."""
        self._wanted.clear()
        if self._looking is not None:
            self._looking.set_result(None)
            self._looking = None

    async def _pause(self, failures: int) -> None:
        """Wait until the keys are due, or wanted."""
        pace = self._pace
        seconds = min(pace.retry * 2 ** min(failures - 1, 16), pace.slowest_retry) if failures else pace.refresh
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
