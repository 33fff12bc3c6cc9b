"""A relay that runs for a while, buses that keep what it publishes, and what it finds in the outbox."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from jobs.bus import Hint, InProcessBus
from jobs.relay import Relay
from models.outbox import OutboxHint
from models.unit_of_work import all_finished
from tests.storage.waiting import PATIENCE_SECONDS

NEVER = 3600.0


class RecordingBus(InProcessBus):
    """A bus that keeps what it was given; while `troubles` last, publishing fails, before or after it was heard."""

    def __init__(self, *, troubles: float = 0, heard_anyway: bool = False) -> None:
        super().__init__()
        self.hints: list[Hint] = []
        self.calls = 0
        self._troubles, self._heard_anyway = troubles, heard_anyway
        self._called = asyncio.Condition()

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Keep the hints."""
        self.calls += 1
        fails = self.calls <= self._troubles
        if not fails or self._heard_anyway:
            self.hints += hints
        async with self._called:
            self._called.notify_all()
        if fails:
            raise ConnectionError("the bus is away")

    async def has(self, hints: int) -> None:
        """Wait until so many hints were published, and the relay is through with them."""
        async with self._called:
            await asyncio.wait_for(self._called.wait_for(lambda: len(self.hints) >= hints), PATIENCE_SECONDS)
        await all_finished()


class SlowBus(RecordingBus):
    """A bus that tells when it is asked to publish, and waits for the word."""

    def __init__(self) -> None:
        super().__init__()
        self.publishing, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def publish(self, hints: Iterable[Hint]) -> None:
        """Wait, then keep the hints."""
        self.publishing.set()
        await self.may_go_on.wait()
        await super().publish(hints)


@asynccontextmanager
async def relaying(relay: Relay) -> AsyncIterator[None]:
    """Run the relay for the time of the block."""
    task = asyncio.create_task(relay.run())
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=1)
        await all_finished()


async def leave(*revisions: int, client_id: UUID) -> None:
    """Leave hints in the outbox, as a process that crashed after its commit does."""
    rows = [OutboxHint(client_id=client_id, practice_id=client_id, revision=revision) for revision in revisions]
    await OutboxHint.bulk_create(rows)
