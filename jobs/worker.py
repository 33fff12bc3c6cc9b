"""The worker: looks at each tick which clients are due and settles them."""

import asyncio
import logging
from collections import Counter
from typing import Final

from jobs.rollover import Rollover, roll_over
from models.clock import Clock

TICK_SECONDS: Final = 1.0
_log = logging.getLogger(__name__)


class Worker:
    """Keeps every client settled while it runs; a read settles first anyway, the worker makes open dialogs move."""

    def __init__(self, clock: Clock, *, tick_seconds: float = TICK_SECONDS) -> None:
        self._clock = clock
        self._tick_seconds = tick_seconds
        self._ticking = asyncio.Lock()
        self._before = Counter[str]()
        self._pass = Rollover()

    @property
    def counts(self) -> Counter[str]:
        """What it has done so far, the pass that is under way included."""
        return self._before + self._pass.counts

    async def run(self) -> None:
        """Work until cancelled; trouble is logged and tried again at the next tick."""
        in_trouble = False
        while True:
            try:
                await self.tick()
                in_trouble = False
            except Exception:
                self._before["broken_passes"] += 1
                if not in_trouble:
                    _log.exception("The worker could not settle what is due; it tries again until it can.")
                in_trouble = True
            await asyncio.sleep(self._tick_seconds)

    async def tick(self) -> Rollover:
        """Settle all that is due now; one tick follows another."""
        async with self._ticking:
            self._before, self._pass = self.counts, Rollover()
            done = await roll_over(now=self._clock.now(), is_shared=True, done=self._pass)
        if done.clients or done.failures:
            _log.info("Settled %d clients; %d failed.", done.clients, len(done.failures))
        return done
