"""The command that settles what is due, beside processes that serve."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

from prometheus_client import start_http_server

from graph.app import STATEMENT_SECONDS, background
from graph.cli.running import clock_of, fail, open_database, out, run
from graph.garbage import look_for_garbage_less_often
from graph.logs import set_up_logging
from graph.metrics import WorkerMetrics
from graph.server import address_of
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from jobs.rollover import Rollover
from jobs.worker import Worker
from models.clock import DemoClock
from models.demo import DemoState
from models.settings import Settings


class DemoWorker(Worker):
    """Follows the clock of demo mode, which a process that serves sets ahead."""

    def __init__(self, clock: DemoClock) -> None:
        super().__init__(clock)
        self._demo_clock = clock

    async def tick(self) -> Rollover:
        """Settle all that is due by that clock as it is set now."""
        self._demo_clock.days_ahead = (await DemoState.get(id=1)).days_ahead
        return await super().tick()


def worker() -> None:
    """Settle what is due at each practice's midnight, until told to stop (SIGTERM).

    For a large operator, beside `serve` with WORKER=false. One is enough; any number share the work, and none of it is
    lost when one dies. With REDIS_URL open dialogs hear of it at once.
    """

    async def work(settings: Settings) -> None:
        set_up_logging(settings.log_level)
        stopped, loop = asyncio.Event(), asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, stopped.set)
        async with open_database(settings, statement_seconds=STATEMENT_SECONDS), AsyncExitStack() as stack:
            clock = await clock_of(settings)
            settling = DemoWorker(clock) if isinstance(clock, DemoClock) else Worker(clock)
            stack.enter_context(_telling(settling, settings))
            jobs = [settling.run()]
            if settings.redis_url is not None:
                bus = RedisBus(settings.redis_url.get_secret_value())
                await stack.enter_async_context(bus.running())
                jobs.append(Relay(bus).run())
            await stack.enter_async_context(background(*jobs))
            look_for_garbage_less_often()
            out.print("Session Tracker settles what is due.")
            await stopped.wait()

    run(work)


@contextmanager
def _telling(settling: Worker, settings: Settings) -> Iterator[None]:
    """Tell what the worker does at METRICS_PORT, if there is one, for the time of the block."""
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(settings.metrics_port, settings.host, WorkerMetrics(settling))
    except OSError as error:
        fail(f"Cannot tell metrics on {settings.host}, port {settings.metrics_port}: {error}")
    try:
        out.print(f"Metrics are at {address_of(server.socket)}/metrics.")
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
