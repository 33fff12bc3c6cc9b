"""Verification: recounts every client from the appointments and tells where the record differs."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from models.books import AnyClient, ClientRow
from models.bulk import select_rows
from models.clients import Client
from models.database import key_parameter, placeholder
from models.history import Entry
from models.ledger import is_due, lock, plan, settle, settle_due
from models.moves import Move, find_moves, misplaced, place_anew
from models.posting import Posting
from models.terms import ChangeReason
from models.unit_of_work import unit_of_work

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Something on record that differs from what the rule makes of the appointments."""

    client_id: UUID
    subject_id: UUID
    what: str
    recorded: object
    right: object


async def verify(*, now: datetime, repair: bool = False) -> AsyncIterator[tuple[int, Sequence[Difference]]]:
    """Recount all clients, a chunk at a time; yield how many were looked at and what differs.

    Clients that are due, as those are who still have to follow their practice to another time zone, are no difference:
    they are settled before anyone sees them. `repair` settles the clients that differ.
    """
    last: UUID | None = None
    while chunk := await _chunk_after(last):
        settled = [client for client in chunk if not is_due(client, now=now)]
        suspects, _ = await _recount(settled, now=now)
        ids = {difference.client_id for difference in [*suspects, *_left_behind(await find_moves(settled))]}
        yield len(chunk), await _confirm(ids, now=now, repair=repair) if ids else []
        last = chunk[-1].id


async def _recount(clients: Sequence[AnyClient], *, now: datetime) -> tuple[list[Difference], Posting]:
    """Return what differs, and what settling saves; where service dates are wrong, the counts tell nothing."""
    wrong = await misplaced(clients)
    differences = [Difference(row.client_id, row.id, "appointment.placed", row.service_date, day) for row, day in wrong]
    ids = {row.client_id for row, _day in wrong}
    clients = [client for client in clients if client.id not in ids]
    due = {client.id: client.due_at for client in clients}
    posting = await plan(clients, now=now)
    differences += [_difference(noted) for noted in posting.history]
    differences += [
        Difference(client.id, client.id, "client.due", due[client.id], client.due_at)
        for client in posting.clients
        if client.due_at != due[client.id]
    ]
    return differences, posting


async def _chunk_after(last: UUID | None) -> list[ClientRow]:
    following = f"ORDER BY id LIMIT {CHUNK}"
    if last is None:
        return await select_rows(ClientRow, Client, f"true {following}")
    return await select_rows(ClientRow, Client, f"id > {placeholder(1)} {following}", key_parameter(last))


async def _confirm(client_ids: set[UUID], *, now: datetime, repair: bool) -> Sequence[Difference]:
    """Look at the suspects again under their locks, where no change is under way."""

    async def work() -> list[Difference]:
        clients = [client for client in await lock(client_ids) if not is_due(client, now=now)]
        moves = await find_moves(clients)
        moving = {client.id for move in moves for client in move.clients}
        staying = [client for client in clients if client.id not in moving]
        left_behind = _left_behind(moves)
        differences, posting = await _recount(staying, now=now)
        if repair:
            await posting.save()
            await _mend_dates(staying, now=now)
            left = {difference.client_id for difference in left_behind}
            await settle_due([client for client in clients if client.id in left], now=now)
        return [*left_behind, *differences]

    return await unit_of_work(work)


def _left_behind(moves: Sequence[Move]) -> list[Difference]:
    """Return who is kept in another time zone than the practice's, and was not told to follow it."""
    return [
        Difference(client.id, client.id, "client.zone", client.time_zone, move.time_zone)
        for move in moves
        for client in move.clients
        if client.due_at is None or client.due_at != move.since
    ]


async def _mend_dates(clients: Sequence[AnyClient], *, now: datetime) -> None:
    """Put the clients' appointments on their service dates, and settle those that have been on another."""
    if wrong := await misplaced(clients):
        await place_anew(wrong)
        concerned = {row.client_id for row, _day in wrong}
        moved = [client for client in clients if client.id in concerned]
        await settle(moved, now=now, because=ChangeReason.CORRECTION)


def _difference(noted: Entry) -> Difference:
    assert noted.client_id is not None, "the ledger notes changes of clients"
    return Difference(noted.client_id, noted.subject_id, noted.what, noted.before, noted.after)
