"""Finds what a practice has on record under the external ids of a batch."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

import orjson

from models.access import within
from models.appointments import Appointment, AppointmentRow
from models.bulk import select_rows
from models.clients import Client
from models.database import database, key_parameter, speaks_postgres

R = TypeVar("R", Client, Appointment)


async def clients_under(*, external_ids: Iterable[str], practice_id: UUID) -> dict[str, Client]:
    """Return the practice's clients with these external ids, in one statement; they are for reading, not for `save`."""
    wanted = set(external_ids)
    if speaks_postgres():
        found = [
            Client(**row)
            for row in await database().execute_query_dict(_look_up(Client, "*"), [sorted(wanted), practice_id])
        ]
    else:
        found = await within(Client, practice_id=practice_id).filter(external_id__in=wanted)
    return {row.external_id: row for row in found if row.external_id is not None}


async def client_keys_under(*, external_ids: Iterable[str], practice_id: UUID) -> dict[str, UUID]:
    """Return the keys of the practice's clients with these external ids, in one statement."""
    wanted = set(external_ids)
    if not speaks_postgres():
        rows = within(Client, practice_id=practice_id).filter(external_id__in=wanted)
        return dict(await rows.values_list("external_id", "id"))
    _, found = await database().execute_query(_look_up(Client, "external_id, id"), [sorted(wanted), practice_id])
    return dict(map(tuple, found))


async def appointments_under(*, external_ids: Iterable[str], practice_id: UUID) -> dict[str, AppointmentRow]:
    """Return the practice's appointments with these external ids, in one statement; in none where there are no ids."""
    wanted = sorted(set(external_ids))
    if not wanted:
        return {}
    given: object = wanted
    condition = f"id = ANY (ARRAY ({_look_up(Appointment, 'id')}))"
    if not speaks_postgres():
        given = orjson.dumps(wanted).decode()
        condition = "external_id IN (SELECT value FROM json_each(?)) AND practice_id = ?"
    rows = await select_rows(AppointmentRow, Appointment, condition, given, key_parameter(practice_id))
    return {row.external_id: row for row in rows if row.external_id is not None}


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
