"""What one server process shares: clocks, bus, who may come in, what is open, and background work."""

from dataclasses import dataclass

from graph.auth import Porter
from graph.limits.rates import Rates
from graph.limits.trusted import TrustedDocuments
from graph.tokens.issuer import Issuer
from graph.transports.connections import Connections
from jobs.bus import Bus
from jobs.worker import Worker
from models.clock import Clock, DemoClock
from resolvers.live.hub import Hub


@dataclass(frozen=True, slots=True)
class Services:
    """Handed to every request's context.

    `clock` is the practice's time, `wall_clock` the machine's, which tokens are checked against; they differ only in
    demo mode, where `demo_clock` can be set ahead.
    """

    bus: Bus
    hub: Hub
    clock: Clock
    wall_clock: Clock
    porter: Porter
    connections: Connections
    worker: Worker
    rates: Rates
    trusted: TrustedDocuments
    demo_clock: DemoClock | None = None
    issuer: Issuer | None = None
