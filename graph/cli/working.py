"""The command that settles what is due, beside processes that serve."""

import asyncio
import signal
from contextlib import AsyncExitStack

from graph.app import STATEMENT_SECONDS, background
from graph.cli.running import clock_of, open_database, out, run
from graph.garbage import look_for_garbage_less_often
from graph.server import set_up_logging
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from jobs.worker import Worker
from models.settings import Settings


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
            jobs = [Worker(await clock_of(settings)).run()]
            if settings.redis_url is not None:
                bus = RedisBus(settings.redis_url.get_secret_value())
                await stack.enter_async_context(bus.running())
                jobs.append(Relay(bus).run())
            await stack.enter_async_context(background(*jobs))
            look_for_garbage_less_often()
            out.print("Session Tracker settles what is due.")
            await stopped.wait()

    run(work)
