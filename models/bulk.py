"""Set-based writes: one statement for many rows."""

from collections.abc import Sequence
from typing import TypeVar

from tortoise.models import Model

from models.database import database

M = TypeVar("M", bound=Model)


async def insert_rows(rows: Sequence[M]) -> None:
    """Insert the rows, all of one table, in the order given."""
    if rows:
        await type(rows[0]).bulk_create(rows, batch_size=500)


async def update_rows(rows: Sequence[M], *, columns: Sequence[str]) -> None:
    """Write these columns of the rows, all of one table: one prepared statement, run for each row in one trip."""
    if not rows:
        return
    connection, meta = database(), rows[0]._meta
    executor = connection.executor_class(model=type(rows[0]), db=connection)
    assignments = ", ".join(
        f'"{meta.fields_db_projection[column]}" = {executor.parameter(place)}' for place, column in enumerate(columns)
    )
    await connection.execute_many(
        f'UPDATE "{meta.db_table}" SET {assignments} WHERE "id" = {executor.parameter(len(columns))}',
        [
            [meta.fields_map[column].to_db_value(getattr(row, column), row) for column in (*columns, "id")]
            for row in rows
        ],
    )
