"""The appointments of many clients at once, each client's own page of them, in two statements."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import F

from models.access import within
from models.appointments import Appointment
from models.database import database, placeholder
from models.paging import Order, Page, check_page_size, decode_cursor, encode_cursor

BY_START: Final = Order("appointments", F("starts_at"), datetime)


@dataclass(frozen=True, slots=True)
class Window:
    """A page of one client's appointments, by their start; dates are service dates, both included."""

    client_id: UUID
    from_date: date | None
    to_date: date | None
    first: int
    after: str | None


async def read_windows(windows: Sequence[Window], *, practice_id: UUID) -> list[Page[Appointment]]:
    """Return the page of each window; windows that differ only in the client are read together.

    Raises InvalidPageSize or InvalidCursor.
    """
    alike: dict[Window, list[UUID]] = defaultdict(list)
    for window in windows:
        check_page_size(window.first)
        alike[replace(window, client_id=practice_id)].append(window.client_id)
    pages: dict[Window, Page[Appointment]] = {}
    for shape, client_ids in alike.items():
        rows = await _read(shape, client_ids, practice_id=practice_id)
        for client_id in client_ids:
            pages[replace(shape, client_id=client_id)] = _page(rows[client_id], first=shape.first)
    return [pages[window] for window in windows]


async def _read(shape: Window, client_ids: Sequence[UUID], *, practice_id: UUID) -> dict[UUID, list[Appointment]]:
    values: list[object] = []

    def bind(value: object) -> str:
        values.append(str(value) if isinstance(value, UUID) else value)
        return placeholder(len(values))

    conditions = [f"practice_id = {bind(practice_id)}", f"client_id IN ({', '.join(map(bind, client_ids))})"]
    if shape.from_date is not None:
        conditions.append(f"service_date >= {bind(shape.from_date)}")
    if shape.to_date is not None:
        conditions.append(f"service_date <= {bind(shape.to_date)}")
    if shape.after is not None:
        starts_at, row_id = decode_cursor(shape.after, order=BY_START)
        conditions.append(f"(starts_at, id) > ({bind(starts_at)}, {bind(row_id)})")
    found = await database().execute_query_dict(
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY client_id ORDER BY starts_at, id) AS place "
        f"FROM appointment WHERE {' AND '.join(conditions)}) AS placed WHERE place <= {bind(shape.first + 1)}",
        values,
    )
    rows: dict[UUID, list[Appointment]] = defaultdict(list)
    wanted = within(Appointment, practice_id=practice_id).filter(id__in=[row["id"] for row in found])
    for row in await wanted.order_by("starts_at", "id"):
        rows[row.client_id].append(row)
    return rows


def _page(rows: Sequence[Appointment], *, first: int) -> Page[Appointment]:
    page = rows[:first]
    return Page(page, [encode_cursor(row.starts_at, row.id, order=BY_START) for row in page], len(rows) > first)
