"""What a run measured, and the goals it is held against."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.night.completions import Completions
from bench.night.dialogs import Push
from bench.night.imports import Import
from bench.night.measure import Night
from bench.spread import Spread, percentile

FLAT = 1.25
"""What costs so many times as much at most is called flat."""
MEGABYTES = 300


@dataclass
class Results:
    """Nights of one worker and of two on PostgreSQL by trackers, one entry for each round; and the rest."""

    alone: dict[int, list[Night]] = field(default_factory=dict)
    together: dict[int, list[Night]] = field(default_factory=dict)
    sqlite: list[Night] = field(default_factory=list)
    imported: Import | None = None
    completions: Completions | None = None
    pushed: Push | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """One line: measured against its floor, and each goal in words, with whether it was reached."""

    title: str
    unit: str
    measured: str
    floor: str
    ratio: str
    goals: Sequence[tuple[str, bool]]


def workloads(results: Results) -> list[Workload]:
    """Return what was measured, in the order of the goals."""
    found = [_alone(nights, results.alone) for nights in results.alone.values()]
    if results.alone:
        found.append(_memory(results.alone))
    found += [_together(nights, results.alone[trackers]) for trackers, nights in results.together.items()]
    if results.sqlite:
        found.append(_against_floor(f"{results.sqlite[0].trackers:,} due trackers, SQLite", results.sqlite, at_most=3))
    if results.imported:
        found.append(_import(results.imported))
    if results.completions:
        found.append(_completions(results.completions))
    if results.pushed:
        found.append(_pushed(results.pushed))
    return found


def spread(nights: Sequence[Night], figure: Callable[[Night], float]) -> Spread:
    """Return the median of the nights, with the least and the most."""
    return Spread.of(map(figure, nights))


def each(nights: Sequence[Night]) -> float:
    """Return the microseconds that a tracker takes."""
    return spread(nights, lambda night: night.microseconds_each(night.seconds)).middle


def _against_floor(title: str, nights: Sequence[Night], *, at_most: float) -> Workload:
    measured, floor = spread(nights, lambda night: night.seconds), spread(nights, lambda night: night.floor)
    ratio = measured.middle / floor.middle
    goals = [(f"≤ {at_most:g} of the floor", ratio <= at_most)]
    return Workload(title, "s", measured.told(2), floor.told(2), f"{ratio:.1f}", goals)


def _alone(nights: Sequence[Night], of_all: Mapping[int, Sequence[Night]]) -> Workload:
    trackers, smallest = nights[0].trackers, min(of_all)
    found = _against_floor(f"{trackers:,} due trackers, one worker, PostgreSQL", nights, at_most=2)
    if trackers == smallest:
        return found
    flatness = each(nights) / each(of_all[smallest])
    goal = (f"a tracker costs ≤ {FLAT} of one of {smallest:,} ({flatness:.2f})", flatness <= FLAT)
    return Workload(found.title, found.unit, found.measured, found.floor, found.ratio, [*found.goals, goal])


def _memory(of_all: Mapping[int, Sequence[Night]]) -> Workload:
    peaks = {trackers: max(night.peak_bytes for night in nights) / 2**20 for trackers, nights in of_all.items()}
    most, least = peaks[max(peaks)], peaks[min(peaks)]
    goals = [(f"≤ {MEGABYTES} MB", max(peaks.values()) <= MEGABYTES), (f"flat: ≤ {FLAT}", most / least <= FLAT)]
    title = f"Peak memory of the worker, {max(peaks):,} trackers against {min(peaks):,}"
    return Workload(title, "MB", f"{most:.0f}", f"{least:.0f}", f"{most / least:.2f}", goals)


def _together(nights: Sequence[Night], alone: Sequence[Night]) -> Workload:
    measured, floor = spread(nights, lambda night: night.seconds), spread(alone, lambda night: night.seconds)
    gain = floor.middle / measured.middle
    title = f"{nights[0].trackers:,} due trackers, two workers against one, PostgreSQL"
    return Workload(title, "s", measured.told(2), floor.told(2), f"{gain:.2f}", [("≥ 1.5 times as fast", gain >= 1.5)])


def _import(made: Import) -> Workload:
    ratio = made.seconds / made.floor
    goals = [("≤ 3 of the floor", ratio <= 3)]
    title = f"Import of {made.appointments:,} appointments, PostgreSQL"
    return Workload(title, "s", f"{made.seconds:.2f}", f"{made.floor:.2f}", f"{ratio:.1f}", goals)


def _completions(made: Completions) -> Workload:
    night, idle = percentile(made.night.milliseconds, 99), percentile(made.idle.milliseconds, 99)
    goals = [
        ("≤ 2 of the floor", night / idle <= 2),
        ("no errors", not made.night.errors and not made.idle.errors),
    ]
    title = f"Completions while {made.trackers:,} trackers are settled, p99, against idle"
    return Workload(title, "ms", f"{night:.0f}", f"{idle:.0f}", f"{night / idle:.2f}", goals)


def _pushed(made: Push) -> Workload:
    title = f"{made.dialogs:,} dialogs open at midnight: from a chunk's commit to its last frame, the slowest chunk"
    return Workload(title, "s", f"{made.worst:.2f}", "", "", [("≤ 1 s", made.worst <= 1)])
