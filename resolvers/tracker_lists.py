"""Lists of a practice's trackers, filtered and ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import F
from tortoise.functions import Coalesce

from jobs.rollover import bring_practice_up_to_date
from models.access import Viewer, within
from models.paging import Order, Page, read_page
from models.terms import TrackerOrder, TrackerState
from models.trackers import Tracker
from resolvers.permissions import Operation, authorize

ORDERS: Final[Mapping[TrackerOrder, Order]] = {
    TrackerOrder.LEAST_REMAINING: Order("remaining", F("remaining"), int),
    TrackerOrder.END_DATE: Order("end", Coalesce("end_date", date.max), date),
    TrackerOrder.CLIENT_NAME: Order("client", F("client__name"), str),
    TrackerOrder.CREATED_AT: Order("created", F("created_at"), datetime),
}


@dataclass(frozen=True, slots=True)
class TrackerFilter:
    """Which trackers to list; what is absent does not narrow. Removed ones only when their state is asked for."""

    state: Sequence[TrackerState] | None = None
    client_id: UUID | None = None
    remaining_at_most: int | None = None
    ends_on_or_before: date | None = None


async def page(
    *,
    viewer: Viewer,
    only: TrackerFilter,
    order: TrackerOrder,
    first: int,
    after: str | None,
    now: datetime,
) -> Page[Tracker]:
    """Return the practice's trackers, settled."""
    authorize(viewer, Operation.TRACKERS)
    await bring_practice_up_to_date(viewer.practice_id, now=now)
    rows = within(Tracker, practice_id=viewer.practice_id)
    rows = rows.filter(removed_at=None) if only.state is None else rows.filter(state__in=list(only.state))
    if only.client_id is not None:
        rows = rows.filter(client_id=only.client_id)
    if only.remaining_at_most is not None:
        rows = rows.filter(remaining__lte=only.remaining_at_most)
    if only.ends_on_or_before is not None:
        rows = rows.filter(end_date__lte=only.ends_on_or_before)
    return await read_page(rows, order=ORDERS[order], first=first, after=after)
