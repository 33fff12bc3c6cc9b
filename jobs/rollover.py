"""Rollover: settles every client that is due, as at each practice's midnight, chunk by chunk."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from jobs.pace import CHUNK, Pace
from models.books import ClientRow
from models.bulk import select_rows
from models.clients import Client
from models.database import (
    among,
    database,
    key_parameter,
    key_read,
    keys_parameter,
    placeholder,
)
from models.ledger import plan, settle_due_clients
from models.outages import is_of_the_rows
from models.posting import Posting
from models.precedence import behind_others
from models.set_aside import forget_those_settled_otherwise, set_aside, take_back

HANDS: Final = 2
"""Chunks of a worker's pass that are under way at once: one is computed while the database writes another."""

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

    @property
    def counts(self) -> Counter[str]:
        """The same in numbers, which can be added up."""
        return Counter(
            clients_settled=self.clients,
            periods_closed=self.periods_closed,
            trackers_expired=self.expired,
            tasks_opened=self.tasks,
            failures=len(self.failures),
        )


class Chunk(NamedTuple):
    """Clients that are due; `retried` holds those whose last settling failed."""

    client_ids: list[UUID]
    retried: frozenset[UUID] = frozenset()

    @property
    def halves(self) -> "tuple[Chunk, Chunk]":
        """The chunk in two."""
        half = len(self.client_ids) // 2
        return Chunk(self.client_ids[:half], self.retried), Chunk(self.client_ids[half:], self.retried)


class DueClients:
    """The clients that are due, in the order in which they became so, a chunk at a time to whoever asks."""

    def __init__(self, *, now: datetime, practice_id: UUID | None, is_shared: bool) -> None:
        self._now = now
        self._practice_id = practice_id
        self._is_shared = is_shared
        self._last: tuple[object, object] | None = None
        self.is_over = False
        self._one_at_a_time = asyncio.Lock()

    async def next_chunk(self, wanted: int = CHUNK) -> Chunk | None:
        """Return the next so many; None behind the last."""
        async with self._one_at_a_time:
            return None if self.is_over else await self._read_chunk(wanted)

    def end(self) -> None:
        """Have nobody get another chunk."""
        self.is_over = True

    async def _read_chunk(self, wanted: int) -> Chunk | None:
        values: list[object] = []

        def bind(value: object) -> str:
            values.append(value)
            return placeholder(len(values))

        conditions = [f"client.due_at <= {bind(self._now)}"]
        if self._practice_id is not None:
            conditions.append(f"client.practice_id = {bind(key_parameter(self._practice_id))}")
        if self._is_shared:
            conditions.append(f"(retry_at IS NULL OR retry_at <= {bind(self._now)})")
        if self._last is not None:
            conditions.append(f"(client.due_at, client.id) > ({', '.join(map(bind, self._last))})")

        async def read() -> Sequence[Any]:
            _, rows = await database().execute_query(
                "SELECT client.id, client.due_at, failures FROM client "
                "LEFT JOIN set_aside ON set_aside.client_id = client.id AND set_aside.due_at = client.due_at "
                f"WHERE {' AND '.join(conditions)} ORDER BY client.due_at, client.id LIMIT {wanted}",
                values,
            )
            return rows

        rows = await (behind_others(read, announced=False) if self._is_shared else read())
        self.is_over = len(rows) < wanted
        if not rows:
            return None
        self._last = rows[-1][1], rows[-1][0]
        found = [(key_read(key), failures) for key, _due_at, failures in rows]
        return Chunk([key for key, _ in found], frozenset(key for key, failures in found if failures))


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles a chunk; when that fails, its halves.

    `is_foreseen` changes nothing; `is_shared` leaves to others whom they are at; `notes_failures` sets aside who fails.
    """

    now: datetime
    is_foreseen: bool = False
    is_shared: bool = False
    notes_failures: bool = False

    async def settle(self, chunk: Chunk, done: Rollover) -> None:
        """Settle the chunk, and add to what was done.

        Raises the database's own error when it is at fault, and not the clients' rows.
        """
        try:
            posting = await self._settled(chunk.client_ids)
        except Exception as error:
            # A statement that takes too long may be about too many.
            is_divisible = len(chunk.client_ids) > 1
            if not is_of_the_rows(error) and not (is_divisible and isinstance(error, TimeoutError)):
                raise
            if is_divisible:
                for half in chunk.halves:
                    await self.settle(half, done)
            else:
                await self._fail(chunk.client_ids[0], done, error)
        else:
            done.count(posting)
            mended = chunk.retried.intersection(client.id for client in posting.clients)
            if mended and not self.is_foreseen:
                await take_back(mended)

    async def _settled(self, client_ids: list[UUID]) -> Posting:
        if self.is_foreseen:
            rows = await select_rows(ClientRow, Client, f"id {among(1)}", keys_parameter(client_ids))
            return await plan(rows, now=self.now)
        return await settle_due_clients(client_ids, now=self.now, skip_locked=self.is_shared)

    async def _fail(self, client_id: UUID, done: Rollover, error: Exception) -> None:
        _log.error("Client %s could not be settled and is set aside: %s", client_id, type(error).__name__)
        done.failures.append(client_id)
        if self.notes_failures:
            await set_aside(client_id, reason=repr(error), now=self.now)


async def count_due(*, now: datetime) -> int:
    """Return how many clients are due."""
    return await Client.filter(due_at__lte=now).count()


async def roll_over(
    *,
    now: datetime,
    practice_id: UUID | None = None,
    dry_run: bool = False,
    is_shared: bool = False,
    progress: Callable[[int], object] = lambda _clients: None,
    done: Rollover | None = None,
) -> Rollover:
    """Settle all clients that are due, in the order in which they became so, each chunk in a unit of work of its own.

    A client that fails is logged, set aside and counted; the others go on. `is_shared` is for one of any number of
    passes that share the work: whom another is at is left to it, and a client that is set aside is left alone until
    their time to be tried again has come. `practice_id` settles that practice's only, and waits for who is at them.
    `dry_run` changes nothing and tells what would happen, as if nobody had to follow a practice to another time zone:
    whom that awaits is counted. `progress` is called with the number of clients dealt with since the last call; `done`
    is told of each chunk as it is settled, and returned. A pass over all practices gives way to people who are at work.

    Raises the database's own error when it is at fault, and not the clients' rows; what was committed stays, and a
    chunk that is under way then is brought to its end.
    """
    done = done or Rollover()
    due = DueClients(now=now, practice_id=practice_id, is_shared=is_shared)
    pace, is_of_all = Pace(), practice_id is None and not dry_run
    settling = Settling(now, is_foreseen=dry_run, is_shared=is_shared, notes_failures=is_of_all)

    async def lend_a_hand() -> None:
        try:
            while not due.is_over:
                async with pace.turn() if is_of_all else nullcontext(CHUNK) as wanted:
                    if chunk := await due.next_chunk(wanted):
                        await settling.settle(chunk, done)
                        progress(len(chunk.client_ids))
        finally:
            due.end()

    hands = [lend_a_hand() for _ in range(HANDS if is_shared else 1)]
    for trouble in await asyncio.gather(*hands, return_exceptions=True):
        if trouble is not None:
            raise trouble
    if is_of_all:
        await forget_those_settled_otherwise()
    return done


async def bring_practice_up_to_date(practice_id: UUID, *, now: datetime) -> None:
    """Settle all due clients of a practice; for use before a read of many."""
    await roll_over(now=now, practice_id=practice_id)


async def bring_clients_up_to_date(client_ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Settle those of the clients that are due, for use before a read; return those that could not be settled."""
    due = Client.filter(id__in=list(client_ids), due_at__lte=now)
    done = Rollover()
    if wanted := [client.id for client in await due.order_by("id").only("id")]:
        await Settling(now).settle(Chunk(wanted), done)
    return set(done.failures)
