"""Numbers for who operates it, in Prometheus' text format: what waits in the database, and what this process does."""

import asyncio
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.requests import Request
from starlette.responses import Response

from graph.services import Services
from jobs.backlog import Backlog, read_backlog
from jobs.worker import Worker

DATABASE_SECONDS: Final = 2.0
PREFIX: Final = "session_tracker_"
OF_THE_WORKER: Final = {
    "clients_settled": "Clients settled by the worker.",
    "periods_closed": "Periods closed by the worker.",
    "trackers_expired": "Trackers that expired when the worker settled their clients.",
    "tasks_opened": "Tasks created or reopened by the worker.",
    "failures": "How often the worker set a client aside.",
    "broken_passes": "Passes of the worker that trouble of the database ended.",
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerMetrics:
    """What the worker of this process has done since it started."""

    worker: Worker

    def collect(self) -> Iterator[Metric]:
        """Yield the counters, labelled with the process: several may share an address."""
        counts = self.worker.counts
        for name, meaning in OF_THE_WORKER.items():
            family = CounterMetricFamily(f"{PREFIX}worker_{name}", meaning, labels=["process"])
            family.add_metric([_process()], counts[name])
            yield family


@dataclass(frozen=True, slots=True)
class ServerMetrics:
    """What a process that serves can tell; `backlog` is None when the database did not answer."""

    services: Services
    backlog: Backlog | None

    def collect(self) -> Iterator[Metric]:
        """Yield what waits, what is open, and what the worker has done."""
        yield _gauge("database_reachable", "Whether the database told what waits.", self.backlog is not None)
        if self.backlog is not None:
            yield _gauge("clients_due", "Clients to be settled, without those set aside.", self.backlog.due)
            behind = self.backlog.behind.total_seconds()
            yield _gauge("oldest_due_seconds", "How long the first of them has been due.", behind)
            yield _gauge("clients_set_aside", "Clients that could not be settled.", self.backlog.set_aside)
            yield _gauge("outbox_hints", "Changes that are still to be published.", self.backlog.hints)
        family = GaugeMetricFamily(f"{PREFIX}subscriptions", "What is watched.", labels=["process"])
        family.add_metric([_process()], self.services.hub.viewers)
        yield family
        if (issuer := self.services.issuer) is not None:
            family = GaugeMetricFamily(
                f"{PREFIX}issuer_reached", "Whether the newest keys are known.", labels=["process"]
            )
            family.add_metric([_process()], issuer.is_reached)
            yield family
        yield from WorkerMetrics(self.services.worker).collect()


async def metrics(request: Request) -> Response:
    """Answer with the numbers as they are now."""
    services: Services = request.app.state.services
    told = ServerMetrics(services, await _backlog(services))
    return Response(generate_latest(told), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


async def _backlog(services: Services) -> Backlog | None:
    try:
        return await asyncio.wait_for(read_backlog(now=services.clock.now()), DATABASE_SECONDS)
    except Exception as error:
        _log.warning("The database does not tell what waits: %r", error)
        return None


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", meaning, value=value)


def _process() -> str:
    return str(os.getpid())
