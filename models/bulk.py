"""Set-based reads and writes: some columns of many rows, in one statement, without the library's object for each row.

A row is any object that has the columns as attributes: a plain one where thousands are dealt with, or a model.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields as dataclass_fields
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, TypeVar

import orjson
from tortoise import fields
from tortoise.fields.base import Field
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from models.database import database, placeholder, speaks_postgres
from models.identifiers import written_id
from models.postgres_client import CopyingClient

R = TypeVar("R")
Convert = Callable[[Any], Any]

POSTGRES_TYPES: Final[dict[type[Field[Any]], str]] = {
    fields.UUIDField: "uuid",
    fields.CharField: "text",
    CharEnumFieldInstance: "text",
    fields.DateField: "date",
    fields.DatetimeField: "timestamptz",
    fields.SmallIntField: "smallint",
    fields.IntField: "int",
    fields.BigIntField: "bigint",
    fields.BooleanField: "bool",
    fields.JSONField: "jsonb",
}
FROM_SQLITE: Final[dict[type[Field[Any]], Convert]] = {
    fields.UUIDField: written_id,
    fields.DateField: date.fromisoformat,
    fields.DatetimeField: datetime.fromisoformat,
    fields.BooleanField: bool,
}


async def select_rows(row: type[R], model: type[Model], condition: str, *parameters: object) -> list[R]:
    """Return plain rows of the table: a dataclass whose fields are named as the columns that it takes.

    `condition` is what follows WHERE, in the words of the connected database.
    """
    columns = [each.name for each in dataclass_fields(row)]  # type: ignore[arg-type]
    query = f'SELECT {_listed(columns)} FROM "{model._meta.db_table}" WHERE {condition}'
    _, found = await database().execute_query(query, list(parameters))
    readings = _readings(model, tuple(columns), speaks_postgres())
    if not readings:
        return [row(*record) for record in found]
    made = []
    for record in found:
        values = list(record)
        for place, read in readings:
            if values[place] is not None:
                values[place] = read(values[place])
        made.append(row(*values))
    return made


async def insert_rows(model: type[Model], rows: Sequence[object]) -> None:
    """Insert the rows, in the order given; they have all columns of the table but one that it generates."""
    if not rows:
        return
    table, columns, connection = model._meta.db_table, _given(model), database()
    if isinstance(connection, CopyingClient):
        await connection.copy_rows(table, _records(model, rows, columns), columns=columns)
    else:
        query = f'INSERT INTO "{table}" ({_listed(columns)}) VALUES ({", ".join("?" * len(columns))})'
        await connection.execute_many(query, _bound(model, rows, columns))


async def update_rows(model: type[Model], rows: Sequence[object], *, columns: Sequence[str]) -> None:
    """Write these columns of the table's rows, which are found by their `id`."""
    if not rows:
        return
    table = model._meta.db_table
    if speaks_postgres():
        whole = ("id", *columns)
        assignments = ", ".join(f'"{column}" = given."{column}"' for column in columns)
        await database().execute_query(
            f'UPDATE "{table}" AS known SET {assignments} FROM {_unnested(model, whole)} AS given ({_listed(whole)}) '
            "WHERE known.id = given.id",
            _arrays(rows, whole),
        )
    else:
        assignments = ", ".join(f'"{column}" = ?' for column in columns)
        await database().execute_many(
            f'UPDATE "{table}" SET {assignments} WHERE id = ?', _bound(model, rows, (*columns, "id"))
        )


@lru_cache
def _given(model: type[Model]) -> tuple[str, ...]:
    return tuple(name for name in model._meta.fields_db_projection if not model._meta.fields_map[name].generated)


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _unnested(model: type[Model], columns: Sequence[str]) -> str:
    types = (POSTGRES_TYPES[type(model._meta.fields_map[column])] for column in columns)
    return f"unnest({', '.join(f'{placeholder(place)}::{of}[]' for place, of in enumerate(types, start=1))})"


def _records(model: type[Model], rows: Sequence[object], columns: Sequence[str]) -> Iterable[Sequence[object]]:
    """Return the rows as PostgreSQL's driver copies them."""
    records = map(attrgetter(*columns), rows)
    if any(isinstance(model._meta.fields_map[name], fields.JSONField) for name in columns):
        return [[_json(value) if type(value) is dict else value for value in record] for record in records]
    return records


def _arrays(rows: Sequence[object], columns: Sequence[str]) -> list[list[Any]]:
    """Return the columns of the rows, each as PostgreSQL's driver takes an array."""
    return [list(column) for column in zip(*map(attrgetter(*columns), rows), strict=True)]


def _bound(model: type[Model], rows: Sequence[object], columns: Sequence[str]) -> list[list[Any]]:
    """Return the rows as SQLite's driver takes them."""
    keys = {place for place, name in enumerate(columns) if isinstance(model._meta.fields_map[name], fields.UUIDField)}
    return [
        [
            str(value) if place in keys and value is not None else _json(value) if type(value) is dict else value
            for place, value in enumerate(values)
        ]
        for values in map(attrgetter(*columns), rows)
    ]


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


@lru_cache
def _readings(model: type[Model], columns: tuple[str, ...], of_postgres: bool) -> list[tuple[int, Convert]]:
    """Return what has to be made of the values that the driver returns, by their places."""
    found = []
    for place, column in enumerate(columns):
        field = model._meta.fields_map[column]
        if isinstance(field, CharEnumFieldInstance):
            # A look-up here takes a tenth of the time of asking the enumeration.
            found.append((place, {each.value: each for each in field.enum_type}.__getitem__))
        elif not of_postgres and type(field) in FROM_SQLITE:
            found.append((place, FROM_SQLITE[type(field)]))
    return found
