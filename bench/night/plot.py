"""The seconds of nights against their trackers as lines, in SVG; both axes are logarithmic."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor, log10
from typing import Final

from bench.night.measure import Night
from bench.night.results import Results, spread
from bench.plot import OURS_COLOR, PEER_COLOR, RAW_COLOR, WIDTH, drawing

LEFT: Final = 70
TOP: Final = 44
RIGHT: Final = 210
HEIGHT: Final = 420
BOTTOM: Final = 50
Point = tuple[float, float]


class Axes:
    """Where a night of so many trackers and seconds lies; whole powers of ten enclose all."""

    def __init__(self, points: Iterable[Point]) -> None:
        trackers, seconds = zip(*points, strict=True)
        self._across, self._up = _powers(trackers), _powers(seconds)

    def place(self, point: Point) -> Point:
        """Return it in pixels."""
        across = _share(point[0], self._across) * (WIDTH - LEFT - RIGHT)
        up = _share(point[1], self._up) * (HEIGHT - TOP - BOTTOM)
        return round(LEFT + across, 1), round(HEIGHT - BOTTOM - up, 1)

    def drawn(self) -> str:
        """Return the grid with its numbers."""
        parts = []
        for power in range(self._across[0], self._across[1] + 1):
            x, y = self.place((10**power, 10 ** self._up[0]))
            parts.append(f'<path d="M{x} {TOP}V{y}" stroke="#ddd"/>')
            parts.append(f'<text x="{x}" y="{y + 20}" text-anchor="middle">{10**power:,}</text>')
        for power in range(self._up[0], self._up[1] + 1):
            x, y = self.place((10 ** self._across[0], 10.0**power))
            parts.append(f'<path d="M{x} {y}H{WIDTH - RIGHT}" stroke="#ddd"/>')
            parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
        return "".join(parts)


def plot(results: Results) -> str:
    """Return the worker's passes, what they wrote written bare, and the bare UPDATE as lines; two workers as points."""
    alone, together = list(results.alone.values()), list(results.together.values())
    lines = [
        ("one worker", OURS_COLOR, _points(alone, lambda night: night.seconds)),
        ("the same rows, bare", PEER_COLOR, _points(alone, lambda night: night.same_rows or night.floor)),
        ("bare UPDATE", RAW_COLOR, _points(alone, lambda night: night.floor)),
    ]
    points = _points(together, lambda night: night.seconds)
    axes = Axes([*(point for _, _, line in lines for point in line), *points])
    parts = [
        '<text class="title" x="10" y="28">Seconds of a night against the trackers due, PostgreSQL</text>',
        axes.drawn(),
        *(_line(axes, *line) for line in lines),
        *(_mark(axes, point, "#c2410c") for point in points),
        *(_name(axes, "two workers", point) for point in points[-1:]),
    ]
    return drawing(parts, height=HEIGHT)


def _points(nights: Sequence[Sequence[Night]], figure: Callable[[Night], float]) -> list[Point]:
    return [(each[0].trackers, spread(each, figure).middle) for each in nights]


def _line(axes: Axes, name: str, color: str, points: Sequence[Point]) -> str:
    path = "L".join(f"{x} {y}" for x, y in map(axes.place, points))
    marks = "".join(_mark(axes, point, color) for point in points)
    return f'<path d="M{path}" stroke="{color}" fill="none" stroke-width="2"/>{marks}{_name(axes, name, points[-1])}'


def _mark(axes: Axes, point: Point, color: str) -> str:
    x, y = axes.place(point)
    return f'<circle cx="{x}" cy="{y}" r="4" fill="{color}"/>'


def _name(axes: Axes, name: str, point: Point) -> str:
    x, y = axes.place(point)
    return f'<text x="{x + 10}" y="{y + 4}">{name}, {point[1]:,.2g} s</text>'


def _powers(values: Sequence[float]) -> tuple[int, int]:
    low = floor(log10(min(values)))
    return low, max(low + 1, ceil(log10(max(values))))


def _share(value: float, powers: tuple[int, int]) -> float:
    return (log10(value) - powers[0]) / (powers[1] - powers[0])
