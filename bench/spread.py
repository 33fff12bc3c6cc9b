"""Many measurements in few numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Self


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, with the least and the most."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Return the spread of one value or more."""
        known = sorted(values)
        return cls(median(known), known[0], known[-1])

    def told(self, digits: int = 0) -> str:
        """Return it in words."""
        return f"{self.middle:,.{digits}f} ({self.least:,.{digits}f}-{self.most:,.{digits}f})"


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many percent of two or more lie."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
