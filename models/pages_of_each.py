"""Lists of many subjects at once, each subject's own page, in two statements."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from tortoise.models import Model

from models.access import within
from models.database import among, database, key_parameter, key_read, keys_parameter, placeholder
from models.paging import Order, Page, check_page_size, decode_cursor, encode_cursor

AT_ONCE: Final = 10_000
"""Rows that one statement asks for: it takes 32,767 parameters at most."""


@dataclass(frozen=True, slots=True)
class Portion:
    """A page of one subject's list: the `first` rows (1 to 100) that come after a cursor."""

    subject_id: UUID
    first: int
    after: str | None

    def conditions(self, _bind: Callable[[object], str]) -> list[str]:
        """Return what else a row of the list must be, in SQL; `bind` takes a value and returns its placeholder."""
        return []


P = TypeVar("P", bound=Portion)
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Lists(Generic[Row]):
    """What is listed: rows of a model, by the column that holds their subject, in the order of another."""

    model: type[Row]
    subject: str
    column: str
    order: Order

    async def read(self, portions: Sequence[P], *, practice_id: UUID) -> list[Page[Row]]:
        """Return the page of each portion; those that differ only in the subject are read together.

        Raises InvalidPageSize or InvalidCursor.
        """
        alike: dict[P, list[UUID]] = defaultdict(list)
        for portion in portions:
            check_page_size(portion.first)
            alike[replace(portion, subject_id=practice_id)].append(portion.subject_id)
        pages: dict[P, Page[Row]] = {}
        for shape, subject_ids in alike.items():
            rows = await self._rows(shape, subject_ids, practice_id=practice_id)
            for subject_id in subject_ids:
                pages[replace(shape, subject_id=subject_id)] = self._page(rows[subject_id], first=shape.first)
        return [pages[portion] for portion in portions]

    async def _rows(self, shape: P, subject_ids: Sequence[UUID], *, practice_id: UUID) -> dict[UUID, list[Row]]:
        """Return one row more of each subject than its page has, if there is one."""
        keys = await self._keys(shape, subject_ids, practice_id=practice_id)
        rows: dict[UUID, list[Row]] = defaultdict(list)
        for begin in range(0, len(keys), AT_ONCE):
            wanted = within(self.model, practice_id=practice_id).filter(id__in=keys[begin : begin + AT_ONCE])
            for row in await wanted:
                rows[getattr(row, self.subject)].append(row)
        for found in rows.values():
            found.sort(key=self._place, reverse=self.order.descending)
        return rows

    async def _keys(self, shape: P, subject_ids: Sequence[UUID], *, practice_id: UUID) -> list[UUID]:
        values: list[object] = [keys_parameter(subject_ids)]

        def bind(value: object) -> str:
            values.append(key_parameter(value) if isinstance(value, UUID) else value)
            return placeholder(len(values))

        conditions = [f"{self.subject} {among(1)}", f"practice_id = {bind(practice_id)}", *shape.conditions(bind)]
        if shape.after is not None:
            key, row_id = decode_cursor(shape.after, order=self.order)
            step = "<" if self.order.descending else ">"
            conditions.append(f"({self.column}, id) {step} ({bind(key)}, {bind(row_id)})")
        direction = "DESC" if self.order.descending else "ASC"
        found = await database().execute_query_dict(
            f"SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY {self.subject} "
            f"ORDER BY {self.column} {direction}, id {direction}) AS place FROM {self.model._meta.db_table} "
            f"WHERE {' AND '.join(conditions)}) AS placed WHERE place <= {bind(shape.first + 1)}",
            values,
        )
        return [key_read(row["id"]) for row in found]

    def _place(self, row: Row) -> tuple[Any, UUID]:
        return getattr(row, self.column), row.pk

    def _page(self, rows: Sequence[Row], *, first: int) -> Page[Row]:
        page = rows[:first]
        cursors = [encode_cursor(*self._place(row), order=self.order) for row in page]
        return Page(page, cursors, len(rows) > first)
