"""The relay: publishes outbox rows after their commit, at least once, and removes them. Only the relay publishes."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from jobs.bus import Bus, Hint
from models.database import speaks_postgres
from models.outbox import OutboxHint
from models.unit_of_work import on_commit, unit_of_work

BATCH: Final = 1000
SWEEP_SECONDS: Final = 0.5
_log = logging.getLogger(__name__)


class Relay:
    """Woken by each commit of this process; sweeps for what other processes, or a crash, left behind."""

    def __init__(self, bus: Bus, *, sweep_seconds: float = SWEEP_SECONDS) -> None:
        self._bus = bus
        self._sweep_seconds = sweep_seconds
        self._committed = asyncio.Event()

    async def run(self) -> None:
        """Relay until cancelled; trouble with the database or the bus is logged and tried again at the next sweep."""
        forget = on_commit(self._committed.set)
        try:
            while True:
                try:
                    while await self.relay_batch():
                        pass
                except Exception:
                    _log.exception("Hints could not be relayed; they stay in the outbox.")
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._sweep_seconds):
                        await self._committed.wait()
        finally:
            forget()

    async def relay_batch(self) -> bool:
        """Publish up to 1,000 hints, oldest first, and remove them; tell whether more may be waiting."""
        self._committed.clear()
        if not await OutboxHint.exists():
            return False
        return await unit_of_work(self._publish_and_remove, announced=False) == BATCH

    async def _publish_and_remove(self) -> int:
        waiting = OutboxHint.all().order_by("id").limit(BATCH)
        rows = await (waiting.select_for_update(skip_locked=True) if speaks_postgres() else waiting)
        await self._bus.publish(Hint(row.client_id, row.practice_id, row.revision) for row in rows)
        await OutboxHint.filter(id__in=[row.id for row in rows]).delete()
        return len(rows)
