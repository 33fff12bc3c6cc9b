"""The clock: read by the request's context, the worker and the command line, and by nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, as an aware UTC datetime."""

    def now(self) -> datetime:
        """Return the present moment."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment."""
        return datetime.now(UTC)


class DemoClock:
    """A clock that can be set ahead by whole days, so that a count matures and a reset happens in minutes."""

    def __init__(self, clock: Clock, *, days_ahead: int = 0) -> None:
        self._clock = clock
        self.days_ahead = days_ahead

    def now(self) -> datetime:
        """Return the present moment, as many days ahead as was asked for."""
        return self._clock.now() + timedelta(days=self.days_ahead)
