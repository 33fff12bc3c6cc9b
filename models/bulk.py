"""Set-based writes: one statement for many rows."""

from collections.abc import Sequence
from typing import TypeVar

from tortoise.models import Model

from models.database import database, placeholder

M = TypeVar("M", bound=Model)


async def insert_rows(rows: Sequence[M]) -> None:
    """Insert the rows, all of one table, in the order given."""
    if rows:
        await type(rows[0]).bulk_create(rows, batch_size=500)


async def update_rows(rows: Sequence[M], *, columns: Sequence[str]) -> None:
    """Write these columns of the rows, all of one table: one prepared statement, run for each row in one trip."""
    if not rows:
        return
    meta = rows[0]._meta
    assignments = ", ".join(
        f'"{meta.fields_db_projection[column]}" = {placeholder(place)}' for place, column in enumerate(columns, start=1)
    )
    await database().execute_many(
        f'UPDATE "{meta.db_table}" SET {assignments} WHERE "id" = {placeholder(len(columns) + 1)}',
        [
            [meta.fields_map[column].to_db_value(getattr(row, column), row) for column in (*columns, "id")]
            for row in rows
        ],
    )
