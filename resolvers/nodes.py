"""Anything by its id, whatever its type."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import QuerySet

from jobs.rollover import bring_practice_up_to_date
from models.access import Viewer, within
from models.errors import InvalidPageSize
from models.paging import MAX_PAGE
from models.practices import Practice
from resolvers.permissions import Operation, authorize


async def get(model: type[Model], key: UUID, *, viewer: Viewer, now: datetime) -> Model | None:
    """Return the row of the viewer's practice, settled, or None."""
    authorize(viewer, Operation.NODE)
    return (await _settled([(model, key)], viewer=viewer, now=now))[0]


async def get_many(keys: Sequence[tuple[type[Model], UUID]], *, viewer: Viewer, now: datetime) -> list[Model | None]:
    """Return the rows of the viewer's practice, settled, each in its place, None where there is none.

    Raises InvalidPageSize for more than 100.
    """
    authorize(viewer, Operation.NODES)
    if len(keys) > MAX_PAGE:
        raise InvalidPageSize(f"Ask for at most {MAX_PAGE} at a time: these are {len(keys)}.", path=["ids"])
    return await _settled(keys, viewer=viewer, now=now)


async def _settled(keys: Sequence[tuple[type[Model], UUID]], *, viewer: Viewer, now: datetime) -> list[Model | None]:
    await bring_practice_up_to_date(viewer.practice_id, now=now)
    return await read_nodes(keys, practice_id=viewer.practice_id)


async def read_nodes(keys: Sequence[tuple[type[Model], UUID]], *, practice_id: UUID) -> list[Model | None]:
    """Return the practice's rows as they are on record, each in its place, None where there is none."""
    wanted: dict[type[Model], list[UUID]] = defaultdict(list)
    for model, key in keys:
        wanted[model].append(key)
    found: dict[tuple[type[Model], UUID], Model] = {}
    for model, ids in wanted.items():
        rows: QuerySet[Any] = within(model, practice_id=practice_id)
        if model is Practice:
            rows = Practice.filter(id=practice_id)
        found |= {(model, row.pk): row for row in await rows.filter(id__in=ids)}
    return [found.get(key) for key in keys]
