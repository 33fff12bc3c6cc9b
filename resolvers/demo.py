"""Demo mode: set the clock ahead, so that a count matures, a reset happens and a task appears in minutes."""

from typing import Final

from jobs.worker import Worker
from models.access import Viewer
from models.clock import DemoClock
from models.demo import DemoState
from models.errors import Invalid
from models.practices import Practice
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize

MOST_DAYS: Final = 3660


async def advance_clock(*, viewer: Viewer, days: int, clock: DemoClock, worker: Worker) -> Practice:
    """Set the demo clock ahead by 1 to 3,660 days, settle all that has fallen due, and return the practice.

    The clock stays ahead after a restart. Raises Invalid.
    """
    authorize(viewer, Operation.ADVANCE_CLOCK)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"Advance by 1 to {MOST_DAYS:,} days.", path=["days"])

    async def work() -> None:
        state = await DemoState.select_for_update().get(id=1)
        state.days_ahead += days
        await state.save(update_fields=["days_ahead"])
        clock.days_ahead = max(clock.days_ahead, state.days_ahead)

    await unit_of_work(work)
    await worker.tick()
    return await Practice.get(id=viewer.practice_id)
