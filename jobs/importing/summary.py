"""What an import did: the outcome of a batch, and the sum of all."""

from dataclasses import dataclass, field

from jobs.importing.records import Refusal


@dataclass(slots=True)
class Outcome:
    """What became of the lines of one batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add what became of other lines."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.refusals += other.refusals


@dataclass(slots=True)
class ImportSummary:
    """How many lines were created, updated, left unchanged or refused; `lines` is their sum.

    A line that spans several lines of the file, because a quoted field does, counts once; blank lines and the first,
    which names the columns, do not count.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def lines(self) -> int:
        """How many lines were read."""
        return self.created + self.updated + self.unchanged + self.refused

    def count(self, outcome: Outcome) -> None:
        """Add what became of a batch."""
        self.created += outcome.created
        self.updated += outcome.updated
        self.unchanged += outcome.unchanged
        self.refused += len(outcome.refusals)
