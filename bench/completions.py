"""A process that completes sessions, or reopens them, of all clients but the first: so many a second, in batches."""

import asyncio
import os
import signal
from collections.abc import Sequence
from itertools import cycle
from uuid import UUID

from bench.processes import READY
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from models.appointments import Appointment
from models.bulk import update_rows
from models.clients import Client
from models.clock import SystemClock
from models.database import connected
from models.history import Actor
from models.ledger import lock, settle
from models.terms import AppointmentStatus, ChangeReason
from models.unit_of_work import all_finished, unit_of_work

BATCHES_PER_SECOND = 10
ACTOR = Actor("bench")
SWITCHED = {
    AppointmentStatus.SCHEDULED: AppointmentStatus.COMPLETED,
    AppointmentStatus.COMPLETED: AppointmentStatus.SCHEDULED,
}


async def main() -> None:
    """Go on until SIGTERM."""
    task = asyncio.current_task()
    assert task is not None, "this runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    bus = RedisBus(os.environ["REDIS_URL"])
    async with connected(os.environ["DATABASE_URL"]), bus.running():
        relaying = asyncio.create_task(Relay(bus).run())
        try:
            await _complete(int(os.environ["COMPLETIONS"]), client_ids=await _clients_but_the_first())
        except asyncio.CancelledError:
            await all_finished()
        finally:
            relaying.cancel()
            await asyncio.gather(relaying, return_exceptions=True)


async def _clients_but_the_first() -> list[UUID]:
    first = UUID(os.environ["SPARED_CLIENT"])
    return [client.id for client in await Client.exclude(id=first).only("id")]


async def _complete(per_second: int, *, client_ids: Sequence[UUID]) -> None:
    size = min(per_second // BATCHES_PER_SECOND, len(client_ids))
    batches = cycle([client_ids[start : start + size] for start in range(0, len(client_ids) - size + 1, size)])
    loop = asyncio.get_running_loop()
    due = loop.time()
    print(READY, flush=True)  # noqa: T201 (the parent reads it)
    for batch in batches:
        await switch(batch)
        due = max(due + 1 / BATCHES_PER_SECOND, loop.time())
        await asyncio.sleep(due - loop.time())


async def switch(client_ids: Sequence[UUID], *, order: str = "starts_at") -> None:
    """Complete the last session of each client in this order, or reopen it; all in one transaction."""

    async def work() -> None:
        now = SystemClock().now()
        clients = await lock(client_ids)
        last = {row.client_id: row for row in await Appointment.filter(client_id__in=client_ids).order_by(order)}
        for row in last.values():
            row.status = SWITCHED[row.status]
        await update_rows(Appointment, list(last.values()), columns=["status"])
        await settle(clients, now=now, because=ChangeReason.COMPLETION, actor=ACTOR)

    await unit_of_work(work)


if __name__ == "__main__":
    asyncio.run(main())
