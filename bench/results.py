"""What a run measured."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bench.bulk import Bulk
from bench.fan_out import Train
from bench.hops import Hops
from bench.spread import Spread

OURS = "Session Tracker"
RAW = "raw socket"
T = TypeVar("T")
ByContender = dict[str, list[T]]


def _by_contender() -> ByContender[T]:
    return defaultdict(list)


@dataclass
class Results:
    """By contender, and where it applies by number of dialogs; one entry for each round."""

    trains: dict[int, ByContender[Train]] = field(default_factory=lambda: defaultdict(_by_contender))
    bulks: ByContender[Bulk] = field(default_factory=_by_contender)
    memory: dict[int, ByContender[float]] = field(default_factory=lambda: defaultdict(_by_contender))
    idle: list[Hops] = field(default_factory=list)
    loaded: list[Hops] = field(default_factory=list)


@dataclass(frozen=True)
class Workload:
    """One workload's figures, and the goals they are held against.

    `over_raw` and `over_best_peer` are how many times as good as those ours is to be; a figure that is better when it
    is lower has `lower_is_better`, and its ratios are turned round: a goal for memory of 1.3 times the raw socket's is
    an `at_most_raw`.
    """

    title: str
    unit: str
    figures: Mapping[str, Spread]
    over_raw: float | None = None
    over_best_peer: float | None = None
    at_most_raw: float | None = None

    @property
    def to_raw(self) -> float | None:
        """Ours, as a multiple of the raw socket's."""
        return self.figures[OURS].middle / self.figures[RAW].middle if RAW in self.figures else None

    @property
    def to_best_peer(self) -> float:
        """Ours, as a multiple of the best peer's."""
        peers = [spread.middle for name, spread in self.figures.items() if name not in {OURS, RAW}]
        return self.figures[OURS].middle / (min(peers) if self.at_most_raw else max(peers))

    @property
    def goals(self) -> list[tuple[str, bool]]:
        """Each goal in words, and whether it was reached."""
        goals = []
        if self.over_raw is not None and self.to_raw is not None:
            goals.append((f"≥ {self.over_raw} of raw", self.to_raw >= self.over_raw))
        if self.over_best_peer is not None:
            goals.append((f"≥ {self.over_best_peer} of the best peer", self.to_best_peer >= self.over_best_peer))
        if self.at_most_raw is not None and self.to_raw is not None:
            goals.append((f"≤ {self.at_most_raw} of raw", self.to_raw <= self.at_most_raw))
        return goals


def workloads(results: Results) -> list[Workload]:
    """Return the workloads in which contenders are compared."""
    pushes = [
        Workload(
            f"One event to {wanted:,} dialogs of one client", "deliveries/s",
            _spreads(by_contender, lambda train: train.per_second), over_raw=0.9, over_best_peer=2.2,
        )
        for wanted, by_contender in results.trains.items()
    ]  # fmt: skip
    dialogs = min(results.trains)
    bulks = [
        Workload(
            f"A change of {dialogs:,} clients, one dialog each", "deliveries/s",
            _spreads(results.bulks, lambda bulk: dialogs / bulk.changed), over_best_peer=1.2,
        ),
        Workload(
            f"{dialogs:,} dialogs connect and get their first banner", "dialogs/s",
            _spreads(results.bulks, lambda bulk: dialogs / bulk.connected), over_best_peer=1.5,
        ),
    ]  # fmt: skip
    memory = [
        Workload(
            f"Memory of each of {wanted:,} open dialogs", "kB",
            _spreads(by_contender, lambda cost: cost / 1_000), at_most_raw=1.3,
        )
        for wanted, by_contender in results.memory.items()
    ]  # fmt: skip
    return [*pushes, *bulks, *memory]


def _spreads(by_contender: ByContender[T], figure: Callable[[T], float]) -> dict[str, Spread]:
    return {name: Spread.of(map(figure, rounds)) for name, rounds in by_contender.items()}
