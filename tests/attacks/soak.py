"""A soak: so many hostile requests, of all kinds at once, and what they leave behind in the server.

`python -m tests.attacks.soak 100000` prints what was answered, and how much memory the server held meanwhile.
"""

import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from tests.attacks.hostile import ATTACKS
from tests.attacks.prey import Attack, Prey
from tests.attacks.target import Target, attacked

AT_ONCE: Final = 16
LOOKS: Final = 20
SETTLED: Final = 0.25
"""The part of a soak after which every cache has its size."""

MOST_GROWTH: Final = 0.1
"""Caches fill slowly: 6 % over the last 75,000 of 100,000 requests were seen."""


@dataclass
class Soak:
    """What came of the attacks, and the memory of the server in bytes, at each of so many looks."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """How much more memory there was in the end than when the caches had their size, as a part of it."""
        settled = self.memory[int(len(self.memory) * SETTLED)]
        return self.memory[-1] / settled - 1


async def soak(target: Target, *, requests: int, seed: int, attacks: Sequence[Attack] = ATTACKS) -> Soak:
    """Send so many, a few at once, taken by chance.

    Raises Hurt, in a group, when one is answered with a fault.
    """
    done, chance, remaining = Soak(), random.Random(seed), iter(range(requests))
    limits = httpx.Limits(max_connections=AT_ONCE)

    async def attack_on(prey: Prey) -> None:
        for number in remaining:
            attack = chance.choice(attacks)
            done.answers[attack.__name__, await attack(prey, chance)] += 1
            if number % (requests // LOOKS) == 0:
                done.memory.append(target.memory)

    async with httpx.AsyncClient(timeout=60, limits=limits) as http:
        prey = Prey(target.address, target.token, target.ids(), http)
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(attack_on(prey))
    done.memory.append(target.memory)
    return done


def main() -> None:
    """Soak a server with SQLite, and print; exit code 1 tells that its memory goes on growing."""
    requests = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder, attacked(Path(folder)) as target:
        files = target.open_files
        done = asyncio.run(soak(target, requests=requests, seed=1))
        for (attack, answer), times in sorted(done.answers.items()):
            print(f"{times:8,} {attack}: {answer}")  # noqa: T201
        print("megabytes:", *(round(size / 1e6) for size in done.memory))  # noqa: T201
        print(f"growth after a quarter: {done.growth:.1%}; open files: {files}, then {target.open_files}")  # noqa: T201
        if done.growth > MOST_GROWTH:
            sys.exit(f"Memory has grown by more than {MOST_GROWTH:.0%} since a quarter of the requests.")


if __name__ == "__main__":
    main()
