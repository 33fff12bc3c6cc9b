"""The plan: what the front desk does and what breaks meanwhile, all of it drawn from one seed, before anything runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

CLIENTS_PER_DIALOG: Final = 1 / 3
DAYS: Final = (-40, -10, -5, -1, 0, 3)
"""When each client's appointments are, counted from today."""
DEEDS_PER_SECOND: Final = 30
LONGEST_OUTAGE: Final = 1.2
AFTERWARDS: Final = 40.0
"""There is more to do for so many seconds once a part is put right: longer than the slowest start and the bound."""
STREAM_EVERY: Final = 4
"""One in so many dialogs is watched over an event stream, the others over sockets."""


class Does(StrEnum):
    """What somebody at the front desk does."""

    COMPLETE = "complete"
    REOPEN = "reopen"
    CANCEL = "cancel"
    MISS = "miss"
    MOVE = "move"
    BOOK = "book"
    DELETE = "delete"
    LIMIT = "limit"
    NOTE = "note"
    SET_TRACKER = "set tracker"
    REMOVE_TRACKER = "remove tracker"
    REORDER = "reorder"
    DO_TASK = "do task"


OFTEN: Final = {
    Does.COMPLETE: 40,
    Does.REOPEN: 20,
    Does.CANCEL: 5,
    Does.MISS: 3,
    Does.MOVE: 7,
    Does.BOOK: 4,
    Does.DELETE: 2,
    Does.LIMIT: 6,
    Does.NOTE: 5,
    Does.SET_TRACKER: 1,
    Does.REMOVE_TRACKER: 1,
    Does.REORDER: 2,
    Does.DO_TASK: 4,
}


class Breaks(StrEnum):
    """What happens to a part."""

    SERVER_KILLED = "server killed"
    SERVER_DRAINED = "server drained"
    SERVERS_ROLLED = "servers restarted one after the other"
    VALKEY_KILLED = "valkey killed"
    VALKEY_FROZEN = "valkey frozen"
    LISTENERS_CUT = "listeners cut"
    POSTGRES_KILLED = "postgresql killed"


FATE: Final = {
    Breaks.SERVER_KILLED: 4,
    Breaks.SERVER_DRAINED: 2,
    Breaks.SERVERS_ROLLED: 1,
    Breaks.VALKEY_KILLED: 2,
    Breaks.VALKEY_FROZEN: 1,
    Breaks.LISTENERS_CUT: 1,
    Breaks.POSTGRES_KILLED: 3,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done, so many seconds into its round; `which` and `amount` are numbers to choose by."""

    after: float
    client: int
    does: Does
    which: int
    amount: int


@dataclass(frozen=True, slots=True)
class Fault:
    """One part that breaks, so many seconds into its round; it stays broken for so long and is then put right."""

    after: float
    breaks: Breaks
    lasting: float
    server: int

    @property
    def parts(self) -> set[str]:
        """Which parts it is about: two faults at once are about different ones."""
        if self.breaks is Breaks.POSTGRES_KILLED:
            return {"postgresql"}
        if self.breaks in {Breaks.SERVER_KILLED, Breaks.SERVER_DRAINED}:
            return {f"server {self.server}"}
        return {"server 0", "server 1"} if self.breaks is Breaks.SERVERS_ROLLED else {"valkey"}

    def __str__(self) -> str:
        which = f" {self.server}" if self.breaks in {Breaks.SERVER_KILLED, Breaks.SERVER_DRAINED} else ""
        return f"{self.breaks}{which} after {self.after:.2f} for {self.lasting:.2f}"


@dataclass(frozen=True, slots=True)
class Round:
    """Faults, and what is done until all has been seen; `returning` dialogs hang up at the start and go to a server."""

    faults: Sequence[Fault]
    deeds: Sequence[Deed]
    returning: dict[int, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that happens under one seed. `watched` names the client and the appointment of each dialog."""

    seed: int
    clients: int
    watched: Sequence[tuple[int, int]]
    rounds: Sequence[Round]

    def __str__(self) -> str:
        lines = [f"seed {self.seed}: {len(self.watched)} dialogs of {self.clients} clients"]
        for number, each in enumerate(self.rounds, start=1):
            lines.append(f"round {number}: {'; '.join(map(str, each.faults))}; {len(each.returning)} dialogs return")
        return "\n".join(lines)


def make_plan(seed: int, *, dialogs: int, servers: int = 2, fates: dict[Breaks, int] = FATE) -> Plan:
    """Draw a plan: two to four rounds of one fault or two at once."""
    random = Random(seed)
    clients = max(1, round(dialogs * CLIENTS_PER_DIALOG))
    watched = [(number % clients, random.randrange(len(DAYS))) for number in range(dialogs)]
    rounds = [
        _round(random, clients=clients, dialogs=dialogs, servers=servers, fates=fates)
        for _ in range(random.choice((2, 3, 3, 4)))
    ]
    return Plan(seed, clients, watched, rounds)


def _round(random: Random, *, clients: int, dialogs: int, servers: int, fates: dict[Breaks, int]) -> Round:
    faults = [_fault(random, servers=servers, fates=fates) for _ in range(random.choice((1, 1, 1, 2)))]
    if len(set.intersection(*(fault.parts for fault in faults))) and len(faults) > 1:
        del faults[1:]
    seconds = max(fault.after + fault.lasting for fault in faults) + AFTERWARDS
    deeds = deeds_for(random, seconds=seconds, clients=clients)
    returning = {random.randrange(dialogs): random.randrange(servers) for _ in range(dialogs // 3)}
    return Round(faults, deeds, returning)


def _fault(random: Random, *, servers: int, fates: dict[Breaks, int]) -> Fault:
    [breaks] = random.choices(list(fates), weights=list(fates.values()))
    return Fault(random.uniform(0.1, 0.8), breaks, random.uniform(0.0, LONGEST_OUTAGE), random.randrange(servers))


def deeds_for(random: Random, *, seconds: float, clients: int) -> list[Deed]:
    """Draw what is done in so many seconds, in the order of time."""
    moments = sorted(random.uniform(0, seconds) for _ in range(round(seconds * DEEDS_PER_SECOND)))
    return [_deed(random, after=moment, clients=clients) for moment in moments]


def _deed(random: Random, *, after: float, clients: int) -> Deed:
    [does] = random.choices(list(OFTEN), weights=list(OFTEN.values()))
    return Deed(after, random.randrange(clients), does, random.randrange(1000), random.randrange(1000))
