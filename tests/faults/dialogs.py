"""Open dialogs: each a client with a socket or an event stream of its own, that comes back whatever ends it."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

QUERY: Final = """subscription ($id: ID!, $known: Int) { appointmentBanner(appointmentId: $id, knownRevision: $known) {
  appointmentId clientId revision reason moreCount primary { trackerId used }
  trackers { trackerId state sessionLimit used remaining over sessionNumber beginDate endDate note color }
} }"""
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.4
REMEMBERED: Final = 30
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a server ended a connection: in good order when it is about to be restarted, and what is watched goes on."""

    address: str
    at: float
    how: str
    is_orderly: bool


class Connection(Protocol):
    """What a dialog is connected by."""

    @property
    def is_subscribed(self) -> bool:
        """Whether it is open and has asked for the banner."""

    async def live(self) -> None:
        """Connect, tell the dialog what comes, and return when the connection has ended.

        Raises OSError when there is none.
        """

    def leave(self) -> None:
        """End the connection because the person does."""


class Dialog:
    """One appointment's dialog. `shown` is what it shows, `wrong` what it should never have been sent."""

    def __init__(
        self,
        appointment_id: str,
        token: str,
        addresses: Sequence[str],
        place: int,
        connection: Callable[["Dialog", str], Connection],
    ) -> None:
        self.appointment_id = appointment_id
        self.token = token
        self.shown: Shown | None = None
        self.is_gone = False
        self.events = 0
        self.codes: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.endings: list[Ending] = []
        self.happened: deque[str] = deque(maxlen=REMEMBERED)
        self._addresses = addresses
        self._place = place
        self._pause = FIRST_PAUSE
        self._connect = connection
        self._connection: Connection | None = None

    @property
    def is_subscribed(self) -> bool:
        """Tell whether it is connected and has asked for its banner."""
        return self._connection is not None and self._connection.is_subscribed

    @property
    def known_revision(self) -> int | None:
        """The revision of what it shows."""
        return None if self.shown is None else int(self.shown["revision"])

    @property
    def request(self) -> Mapping[str, object]:
        """What it asks for."""
        return {"query": QUERY, "variables": {"id": self.appointment_id, "known": self.known_revision}}

    async def run(self) -> None:
        """Keep the dialog open until it is cancelled, or its appointment is gone."""
        while not self.is_gone:
            address = self._addresses[self._place]
            connection = self._connection = self._connect(self, address)
            try:
                await connection.live()
            except OSError as error:
                self.note(f"no connection to {address}: {error!r}")
            finally:
                self._connection = None
                connection.leave()
            self._place = (self._place + 1) % len(self._addresses)
            if not self.is_gone:
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def hang_up(self, *, place: int) -> None:
        """End the connection, and come back at another place."""
        self._place = (place - 1) % len(self._addresses)
        if self._connection is not None:
            self._connection.leave()

    def welcomed(self) -> None:
        """Note that a server has let it in."""
        self._pause = FIRST_PAUSE

    def show(self, payload: Mapping[str, Any]) -> None:
        """Take an event."""
        if payload.get("errors"):
            self.wrong.append(f"an event carries errors: {payload['errors']}")
            return
        banner: Shown = payload["data"]["appointmentBanner"]
        known = self.known_revision
        self.note(f"{banner['reason']} {banner['revision']}")
        if known is not None and banner["revision"] <= known:
            self.wrong.append(f"revision {banner['revision']} after {known}, {banner['reason']}")
        self.shown = banner
        self.events += 1

    def refuse(self, errors: Sequence[Mapping[str, Any]]) -> None:
        """Take a refusal of the subscription."""
        code = str(errors[0].get("extensions", {}).get("code"))
        self.codes[code] += 1
        self.note(f"refused: {code}")
        self.is_gone = code == "NOT_FOUND"

    def ended(self, ending: Ending) -> None:
        """Note how a server ended its connection."""
        self.endings.append(ending)
        self.note(f"ended with {ending.how}")

    def note(self, what: str) -> None:
        """Remember what happened, for a failure's report."""
        self.happened.append(f"{time.monotonic():.3f} {what}")


@asynccontextmanager
async def opened(dialogs: Sequence[Dialog]) -> AsyncIterator[None]:
    """Keep the dialogs open for the time of the block."""
    running = [asyncio.create_task(dialog.run()) for dialog in dialogs]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        outcomes = await asyncio.gather(*running, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
