"""Finds what a practice has on record under the external ids of a batch."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from models.access import within
from models.appointments import Appointment
from models.clients import Client
from models.database import database, speaks_postgres

R = TypeVar("R", Client, Appointment)


async def known_under(model: type[R], *, external_ids: Iterable[str], practice_id: UUID) -> dict[str, R]:
    """Return the practice's rows with these external ids, in one statement; they are for reading, not for `save`."""
    wanted = set(external_ids)
    rows = within(model, practice_id=practice_id).filter(external_id__in=wanted)
    found = await (_looked_up(model, wanted, practice_id) if speaks_postgres() else rows)
    return {row.external_id: row for row in found if row.external_id is not None}


async def keys_under(model: type[R], *, external_ids: Iterable[str], practice_id: UUID) -> dict[str, UUID]:
    """Return the keys of the practice's rows with these external ids, in one statement."""
    wanted = set(external_ids)
    if not speaks_postgres():
        rows = within(model, practice_id=practice_id).filter(external_id__in=wanted)
        return dict(await rows.values_list("external_id", "id"))
    _, found = await database().execute_query(_look_up(model, "external_id, id"), [sorted(wanted), practice_id])
    return dict(map(tuple, found))


async def _looked_up(model: type[R], external_ids: set[str], practice_id: UUID) -> list[R]:
    rows = await database().execute_query_dict(_look_up(model, "*"), [sorted(external_ids), practice_id])
    return [model(**row) for row in rows]


def _look_up(model: type[R], columns: str) -> str:
    """Return the query that looks up each id in the index.

    For `IN` with a thousand parameters PostgreSQL settles on comparing all of them with every row of the practice,
    until the table has been analyzed, which during a first import takes a minute and more.
    """
    return (
        "SELECT found.* FROM unnest($1::text[]) AS wanted (external_id) CROSS JOIN LATERAL "
        f'(SELECT {columns} FROM "{model._meta.db_table}" '
        "WHERE practice_id = $2 AND external_id = wanted.external_id LIMIT 1) AS found"
    )
