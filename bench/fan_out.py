"""One event to all dialogs of one client."""

import gc
import time
from dataclasses import dataclass
from typing import Final

from bench.contenders import Contender, Raw
from bench.dialogs import Dialogs, dialogs
from bench.practice import Person
from bench.sizes import Sizes

WARM_UP: Final = 3
SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Train:
    """A train of events to so many dialogs: the seconds spent delivering, summed over the events.

    `from_event`: from the commit, or the start of publishing, to the last frame. `from_request`: from sending the
    request that caused it. `from_first_frame`: from the first frame received.
    """

    deliveries: int
    from_event: float
    from_request: float
    from_first_frame: float

    @property
    def per_second(self) -> float:
        """Deliveries per second, from the event on."""
        return self.deliveries / self.from_event


async def push_train(contender: Contender, person: Person, *, dialogs_wanted: int, sizes: Sizes) -> tuple[Train, bytes]:
    """Open the dialogs, push a train of events, and return how long it took, and the last frame."""
    async with dialogs() as opened:
        greetings = [contender.greeting(person, place) for place in range(dialogs_wanted)]
        await opened.open(contender.process.address, greetings, at_once=sizes.at_once)
        for _ in range(WARM_UP):
            await _push(contender, person, opened)
        await contender.process.quiet()
        gc.collect()
        gc.disable()
        try:
            spans = [await _push(contender, person, opened) for _ in range(sizes.events)]
        finally:
            gc.enable()
        last = opened.opened[0].frame
    await contender.process.left_alone()
    sums = [sum(parts) / SECOND_NS for parts in zip(*spans, strict=True)]
    return Train(dialogs_wanted * sizes.events, *sums), last


async def _push(contender: Contender, person: Person, opened: Dialogs) -> tuple[int, int, int]:
    """Return the nanoseconds until the last frame: from the event, from its request, from the first frame."""
    before = {dialog.frame for dialog in opened.opened}
    event = opened.expect()
    requested = time.monotonic_ns()
    happened = await contender.push(person)
    await opened.received()
    shown = {dialog.frame for dialog in opened.opened}
    if len(shown) != 1 or (shown <= before and not isinstance(contender, Raw)):
        raise RuntimeError(f"{contender.name}: the dialogs of one appointment do not all show the new banner.")
    return event.last_ns - await happened(), event.last_ns - requested, event.last_ns - event.first_ns
