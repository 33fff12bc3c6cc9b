"""What one server process shares: settings, clocks, bus and background work."""

from dataclasses import dataclass

from jobs.bus import Bus
from jobs.worker import Worker
from models.clock import Clock, DemoClock


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every request's context.

    `clock` is the practice's time, `wall_clock` the machine's, which tokens are checked against; they differ only in
    demo mode, where `demo_clock` can be set ahead.
    """

    bus: Bus
    clock: Clock
    wall_clock: Clock
    jwt_secret: str
    worker: Worker
    demo_clock: DemoClock | None = None
