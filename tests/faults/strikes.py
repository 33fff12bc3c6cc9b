"""Strikes: a plan's faults as they befall an installation, and what must not come of a drain."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.faults.dialogs import Dialog, Ending
from tests.faults.installation import Installation
from tests.faults.plan import Breaks, Fault
from tests.faults.server import Server

DRAIN_SECONDS: Final = 8.0
LINGERING_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Drain:
    """A server was asked to end, and did; moments of the monotonic clock."""

    address: str
    begun: float
    ended: float

    def saw(self, ending: Ending) -> bool:
        """Tell whether a connection ended on the server meanwhile."""
        return ending.address == self.address and self.begun <= ending.at <= self.ended + LINGERING_SECONDS


class Strikes:
    """Breaks parts of an installation, and has them heal; what a server does wrong as it ends is added to `wrong`."""

    def __init__(self, installation: Installation, *, wrong: list[str]) -> None:
        self._installation = installation
        self._wrong = wrong
        self._drains: list[Drain] = []

    def strike(self, fault: Fault) -> None:
        """Wait until the fault is due, break what it breaks, and start it again."""
        time.sleep(fault.after)
        server = self._installation.servers[fault.server % len(self._installation.servers)]
        if fault.breaks is Breaks.VALKEY_FROZEN:
            self._installation.valkey.freeze(fault.lasting)
        elif fault.breaks is Breaks.LISTENERS_CUT:
            self._installation.valkey.cut_listeners()
        elif fault.breaks is Breaks.SERVER_DRAINED:
            self._restart(server, fault.lasting)
        elif fault.breaks is Breaks.SERVERS_ROLLED:
            for each in self._installation.servers:
                self._restart(each, fault.lasting)
        else:
            part = {
                Breaks.SERVER_KILLED: server,
                Breaks.VALKEY_KILLED: self._installation.valkey,
                Breaks.POSTGRES_KILLED: self._installation.postgres,
            }[fault.breaks]
            part.kill()
            time.sleep(fault.lasting)
            part.start()

    def abrupt_endings(self, dialogs: Sequence[Dialog]) -> list[str]:
        """Return how connections ended on servers that were drained, if not as announced; each is told once."""
        drains, self._drains = self._drains, []
        return [
            f"dialog {number} on a server that drained ended with {ending.how}"
            for number, dialog in enumerate(dialogs)
            for ending in dialog.endings
            for drain in drains
            if drain.saw(ending) and not ending.is_orderly and not dialog.is_gone
        ]

    def _restart(self, server: Server, lasting: float) -> None:
        begun = time.monotonic()
        code, seconds = server.drain()
        self._drains.append(Drain(server.address, begun, begun + seconds))
        if code != 0 or seconds > DRAIN_SECONDS:
            self._wrong.append(f"{server.name} ended with {code} after {seconds:.1f} s")
        time.sleep(lasting)
        server.start()
