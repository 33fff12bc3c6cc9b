"""The relay: publishes outbox rows after their commit, at least once, and removes them. Only the relay publishes."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from jobs.bus import Bus, Hint
from models.database import database, speaks_postgres
from models.outbox import OutboxHint
from models.precedence import behind_others
from models.unit_of_work import on_commit, unit_of_work

BATCH: Final = 1000
SWEEP_SECONDS: Final = 0.5
# The subquery must run once, before any row is deleted: within an IN it may be run again and exceed its limit. Rows are
# found by where they lie: a join by id is planned for the few rows the table mostly has, and takes half a second for
# the thousand it has after a bulk change.
CLAIM: Final = f"""
    DELETE FROM outbox_hint
    WHERE ctid = ANY (ARRAY (SELECT ctid FROM outbox_hint ORDER BY id LIMIT {BATCH} FOR UPDATE SKIP LOCKED))
    RETURNING id, client_id, practice_id, revision
"""
_log = logging.getLogger(__name__)


class Relay:
    """Woken by each commit of this process; sweeps for what other processes, or a crash, left behind.

    On PostgreSQL relays share the work: each claims rows that no other holds, publishes them, and only then commits
    their removal, so that one that dies leaves its rows to the others. On SQLite, whose one write lock nobody may hold
    while a bus stalls, rows are published first and removed afterwards; two relays there may repeat each other's.
    """

    def __init__(self, bus: Bus, *, sweep_seconds: float = SWEEP_SECONDS) -> None:
        self._bus = bus
        self._sweep_seconds = sweep_seconds
        self._committed = asyncio.Event()
        self._in_trouble = False

    async def run(self) -> None:
        """Relay until cancelled; trouble with the database or the bus is logged once and tried again at each sweep."""
        forget = on_commit(self._committed.set)
        try:
            while True:
                if await self._relay_all():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(self._sweep_seconds):
                            await self._committed.wait()
                else:
                    await asyncio.sleep(self._sweep_seconds)
        finally:
            forget()

    async def relay_batch(self) -> bool:
        """Publish up to 1,000 hints, oldest first, and remove them; tell whether more may be waiting."""
        self._committed.clear()
        if speaks_postgres():
            return await behind_others(self._claim_and_publish, announced=False) == BATCH
        return await self._publish_and_remove() == BATCH

    async def _relay_all(self) -> bool:
        """Tell whether all went well."""
        try:
            while await self.relay_batch():
                pass
        except Exception:
            if not self._in_trouble:
                _log.exception("Hints cannot be relayed; they stay in the outbox and are tried again until they can.")
            self._in_trouble = True
        else:
            if self._in_trouble:
                _log.warning("Hints are relayed again.")
            self._in_trouble = False
        return not self._in_trouble

    async def _claim_and_publish(self) -> int:
        rows = await database().execute_query_dict(CLAIM)
        if rows:
            rows.sort(key=lambda row: row["id"])
            await self._bus.publish(Hint(row["client_id"], row["practice_id"], row["revision"]) for row in rows)
        return len(rows)

    async def _publish_and_remove(self) -> int:
        rows = await OutboxHint.all().order_by("id").limit(BATCH)
        if rows:
            await self._bus.publish(Hint(row.client_id, row.practice_id, row.revision) for row in rows)
            published = OutboxHint.filter(id__in=[row.id for row in rows])
            await unit_of_work(published.delete, announced=False)
        return len(rows)
