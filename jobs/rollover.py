"""Rollover: settles every client that is due, as at each practice's midnight, chunk by chunk."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from models.clients import Client
from models.ledger import plan, settle_due_clients
from models.posting import Posting

CHUNK: Final = 500
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rollover:
    """What one pass did; `failures` are the clients that were set aside."""

    clients: int = 0
    periods_closed: int = 0
    expired: int = 0
    tasks: int = 0
    failures: list[UUID] = field(default_factory=list)

    def count(self, posting: Posting) -> None:
        """Add what one chunk's settling did."""
        self.clients += len(posting.clients)
        self.periods_closed += len(posting.closed)
        self.expired += sum(1 for noted in posting.history if noted.what == "tracker.expired")
        self.tasks += sum(1 for noted in posting.history if noted.what in {"task.created", "task.reopened"})


async def count_due(*, now: datetime) -> int:
    """Return how many clients are due."""
    return await Client.filter(due_at__lte=now).count()


async def roll_over(
    *,
    now: datetime,
    practice_id: UUID | None = None,
    dry_run: bool = False,
    progress: Callable[[int], object] = lambda _clients: None,
) -> Rollover:
    """Settle all clients that are due, in the order in which they became so, each chunk in a unit of work of its own.

    A client that fails is logged, set aside and counted; the others go on. `practice_id` settles that practice's only.
    `dry_run` changes nothing and tells what would happen. `progress` is called with the number of clients dealt with
    since the last call.
    """
    due = Client.filter(due_at__lte=now).order_by("due_at", "id").limit(CHUNK)
    if practice_id is not None:
        due = due.filter(practice_id=practice_id)
    done, passed_over = Rollover(), 0
    while chunk := [client.id for client in await due.offset(passed_over).only("id")]:
        failures = len(done.failures)
        await _roll_chunk(chunk, done, now=now, dry_run=dry_run)
        # What is settled is due no more; what is not stays in its place in the order.
        passed_over += len(chunk) if dry_run else len(done.failures) - failures
        progress(len(chunk))
    return done


async def bring_practice_up_to_date(practice_id: UUID, *, now: datetime) -> None:
    """Settle all due clients of a practice; for use before a read of many."""
    await roll_over(now=now, practice_id=practice_id)


async def bring_clients_up_to_date(client_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Settle those of the clients that are due, for use before a read; return those that could not be settled."""
    due = Client.filter(id__in=list(client_ids), due_at__lte=now)
    done = Rollover()
    if wanted := [client.id for client in await due.order_by("id").only("id")]:
        await _roll_chunk(wanted, done, now=now, dry_run=False)
    return set(done.failures)


async def _roll_chunk(chunk: list[UUID], done: Rollover, *, now: datetime, dry_run: bool) -> None:
    try:
        done.count(await _settle(chunk, now=now, dry_run=dry_run))
    except Exception as error:
        if len(chunk) == 1:
            _log.error("Client %s could not be settled and is set aside: %r", chunk[0], error)
            done.failures.append(chunk[0])
            return
        for client_id in chunk:
            await _roll_chunk([client_id], done, now=now, dry_run=dry_run)


async def _settle(chunk: list[UUID], *, now: datetime, dry_run: bool) -> Posting:
    if not dry_run:
        return await settle_due_clients(chunk, now=now)
    return await plan(await Client.filter(id__in=chunk), now=now)
