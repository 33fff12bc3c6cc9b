"""The history of many subjects at once, each subject's own page of it, in two statements; newest first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import F

from models.access import within
from models.database import among, database, key_parameter, keys_parameter, placeholder
from models.history import HistoryEntry
from models.paging import Order, Page, check_page_size, decode_cursor, encode_cursor

NEWEST_FIRST: Final = Order("history", F("at"), datetime, descending=True)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A page of one subject's history."""

    subject_id: UUID
    first: int
    after: str | None


async def read_excerpts(excerpts: Sequence[Excerpt], *, practice_id: UUID) -> list[Page[HistoryEntry]]:
    """Return the page of each excerpt; those that differ only in the subject are read together.

    Raises InvalidPageSize or InvalidCursor.
    """
    alike: dict[Excerpt, list[UUID]] = defaultdict(list)
    for excerpt in excerpts:
        check_page_size(excerpt.first)
        alike[replace(excerpt, subject_id=practice_id)].append(excerpt.subject_id)
    pages: dict[Excerpt, Page[HistoryEntry]] = {}
    for shape, subject_ids in alike.items():
        rows = await _read(shape, subject_ids, practice_id=practice_id)
        for subject_id in subject_ids:
            pages[replace(shape, subject_id=subject_id)] = _page(rows[subject_id], first=shape.first)
    return [pages[excerpt] for excerpt in excerpts]


async def _read(shape: Excerpt, subject_ids: Sequence[UUID], *, practice_id: UUID) -> dict[UUID, list[HistoryEntry]]:
    values: list[object] = [keys_parameter(subject_ids), key_parameter(practice_id)]
    before = ""
    if shape.after is not None:
        at, row_id = decode_cursor(shape.after, order=NEWEST_FIRST)
        values += [at, key_parameter(row_id)]
        before = f" AND (at, id) < ({placeholder(3)}, {placeholder(4)})"
    values.append(shape.first + 1)
    found = await database().execute_query_dict(
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY subject_id ORDER BY at DESC, id DESC) AS place "
        f"FROM history_entry WHERE subject_id {among(1)} AND practice_id = {placeholder(2)}{before}) AS placed "
        f"WHERE place <= {placeholder(len(values))}",
        values,
    )
    rows: dict[UUID, list[HistoryEntry]] = defaultdict(list)
    wanted = within(HistoryEntry, practice_id=practice_id).filter(id__in=[row["id"] for row in found])
    for row in await wanted.order_by("-at", "-id"):
        rows[row.subject_id].append(row)
    return rows


def _page(rows: Sequence[HistoryEntry], *, first: int) -> Page[HistoryEntry]:
    page = rows[:first]
    return Page(page, [encode_cursor(row.at, row.id, order=NEWEST_FIRST) for row in page], len(rows) > first)
