"""The figures of a run as bars, in SVG."""

from collections.abc import Sequence
from html import escape
from typing import Final

from bench.results import OURS, RAW, Workload

WIDTH: Final = 780
LEFT: Final = 150
RIGHT: Final = 190
BAR: Final = 18
STEP: Final = 24
HEAD: Final = 44
OURS_COLOR: Final = "#2a7f62"
RAW_COLOR: Final = "#999999"
PEER_COLOR: Final = "#3366cc"


def plot(compared: Sequence[Workload]) -> str:
    """Return one panel of bars for each workload: the medians, with lines from the least to the most."""
    panels, top = [], 0
    for workload in compared:
        panels.append(f'<g transform="translate(0 {top})">{_panel(workload)}</g>')
        top += HEAD + STEP * len(workload.figures) + 12
    return drawing(panels, height=top)


def drawing(parts: Sequence[str], *, height: int) -> str:
    """Return the whole image."""
    style = "text{font:13px system-ui,sans-serif;fill:#222}.title{font-weight:600}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f'<style>{style}</style><rect width="{WIDTH}" height="{height}" fill="#fff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _panel(workload: Workload) -> str:
    scale = (WIDTH - LEFT - RIGHT) / max(spread.most for spread in workload.figures.values())
    lower = ", lower is better" if workload.at_most_raw else ""
    parts = [f'<text class="title" x="10" y="28">{escape(f"{workload.title} ({workload.unit}{lower})")}</text>']
    for place, (name, spread) in enumerate(workload.figures.items()):
        top = HEAD + place * STEP
        middle = top + BAR / 2
        color = {OURS: OURS_COLOR, RAW: RAW_COLOR}.get(name, PEER_COLOR)
        least, most = LEFT + spread.least * scale, LEFT + spread.most * scale
        value = spread.told(1 if workload.unit == "kB" else 0)
        parts += [
            f'<text x="{LEFT - 8}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{top}" width="{spread.middle * scale:.1f}" height="{BAR}" fill="{color}"/>',
            f'<path d="M{least:.1f} {middle}H{most:.1f}" stroke="#222"/>',
            f'<text x="{most + 8:.1f}" y="{middle + 4}">{value}</text>',
        ]
    return "".join(parts)
