"""Run it: `python -m bench`."""

import asyncio

import uvloop

from bench.live import main

if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
