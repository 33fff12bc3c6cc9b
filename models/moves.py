"""Moves: what a practice that changes its time zone marks, and the service dates that follow client by client."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from models.appointments import Appointment
from models.books import AnyClient
from models.bulk import select_rows, update_rows
from models.calendar import local_date, zone_named
from models.clients import Client
from models.database import among, database, key_parameter, keys_parameter, placeholder, speaks_postgres
from models.practices import Practice

PORTION: Final = 50
"""Of so many clients the appointments are read at once."""
ALL_OF_PRACTICE: Final = (
    "SELECT count(*) FROM (SELECT id FROM client WHERE practice_id = $1 ORDER BY id {lock}) AS held"
)


@dataclass(slots=True)
class ZoneRow:
    """Of a practice, where its days begin and end, and since when."""

    id: UUID
    time_zone: str
    moved_at: datetime | None


@dataclass(slots=True)
class PlacedRow:
    """Of an appointment, what places it on its service date."""

    id: UUID
    client_id: UUID
    starts_at: datetime
    service_date: date


@dataclass(frozen=True, slots=True)
class Move:
    """Clients of one practice that are kept in an earlier time zone than the practice, which left that at `since`."""

    clients: Sequence[AnyClient]
    time_zone: str
    since: datetime | None


async def hold_zone(practice_id: UUID) -> str:
    """Return the practice's time zone, which stands still until the unit of work ends, so that clients can be created.

    To be called before any client is locked.
    """
    query = f"SELECT time_zone FROM practice WHERE id = {placeholder(1)}{' FOR SHARE' if speaks_postgres() else ''}"
    _, rows = await database().execute_query(query, [key_parameter(practice_id)])
    return str(rows[0][0])


async def mark_clients(practice_id: UUID, *, now: datetime) -> None:
    """Have all clients of a practice be due, in the transaction that moves it; who is due already stays so since then.

    All are locked, in the order of their ids as everywhere: whoever holds a client's lock so knows its practice's zone.
    """
    if speaks_postgres():
        await database().execute_query(ALL_OF_PRACTICE.format(lock="FOR NO KEY UPDATE"), [practice_id])
    await database().execute_query(
        f"UPDATE client SET due_at = {placeholder(1)} "
        f"WHERE practice_id = {placeholder(2)} AND (due_at IS NULL OR due_at > {placeholder(3)})",
        [now, key_parameter(practice_id), now],
    )


async def find_moves(clients: Iterable[AnyClient]) -> list[Move]:
    """Return those of the locked clients that are not in their practice's time zone, by practice."""
    of_practice: dict[UUID, list[AnyClient]] = defaultdict(list)
    for client in clients:
        of_practice[client.practice_id].append(client)
    rows = await select_rows(ZoneRow, Practice, f"id {among(1)}", keys_parameter(of_practice)) if of_practice else []
    moves = [
        Move(
            [client for client in of_practice[row.id] if client.time_zone != row.time_zone], row.time_zone, row.moved_at
        )
        for row in rows
    ]
    return [move for move in moves if move.clients]


async def misplaced(clients: Sequence[AnyClient]) -> list[tuple[PlacedRow, date]]:
    """Return the clients' appointments that are not on their service date in the client's time zone, with the date."""
    zones = {client.id: zone_named(client.time_zone) for client in clients}
    keys, found = list(zones), []
    for start in range(0, len(keys), PORTION):
        of_portion = keys_parameter(keys[start : start + PORTION])
        for row in await select_rows(PlacedRow, Appointment, f"client_id {among(1)} ORDER BY id", of_portion):
            day = local_date(row.starts_at, zone=zones[row.client_id])
            if day != row.service_date:
                found.append((row, day))
    return found


async def place_anew(wrong: Iterable[tuple[PlacedRow, date]]) -> None:
    """Put misplaced appointments on their service dates."""
    rows = []
    for row, day in wrong:
        row.service_date = day
        rows.append(row)
    await update_rows(Appointment, rows, columns=["service_date"])


async def carry_out(move: Move) -> None:
    """Keep the clients in the practice's time zone from now on, their appointments on the service dates of that."""
    for client in move.clients:
        client.time_zone = move.time_zone
    await update_rows(Client, move.clients, columns=["time_zone"])
    await place_anew(await misplaced(move.clients))
