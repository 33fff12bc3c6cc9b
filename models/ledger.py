"""The ledger: the only writer of counts. Locks clients, settles them by the rule, saves, notes, leaves a hint."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from time import monotonic
from typing import Final
from uuid import UUID

from models.access import find, within
from models.books import AnyClient, ClientRow, read_books
from models.bulk import select_rows
from models.clients import Client
from models.database import among, database, keys_parameter, speaks_postgres
from models.errors import NotFound
from models.history import BY_ITSELF, Actor
from models.moves import Move, carry_out, find_moves
from models.posting import Posting
from models.precedence import behind_others
from models.settling import run_course
from models.terms import ChangeReason
from models.unit_of_work import unit_of_work

LONGEST_SILENCE_SECONDS: Final = 0.5


async def enter(client_id: UUID, *, practice_id: UUID, now: datetime, path: tuple[str, ...] = ("clientId",)) -> Client:
    """Lock a client of the practice within a unit of work, settled up to now, so that a change can follow.

    Raises NotFound; `path` names the input field that held the id.
    """
    await find(Client, client_id, practice_id=practice_id, path=path)
    clients = await lock([client_id])
    if not clients:
        raise NotFound("There is no such client in this practice.", path=path)
    await settle_due(clients, now=now)
    return clients[0]


async def lock(client_ids: Collection[UUID]) -> list[Client]:
    """Lock these clients, in the order of their ids, until the unit of work ends; return those that exist.

    SQLite has no row locks: there, the unit of work itself is the lock.
    """
    wanted = Client.filter(id__in=set(client_ids)).order_by("id")
    return await (wanted.select_for_update(no_key=True) if speaks_postgres() else wanted)


async def _lock_rows(client_ids: Collection[UUID], *, skip_locked: bool) -> list[ClientRow]:
    """Lock these clients as `lock` does; with `skip_locked`, those that nobody else is at, without waiting."""
    locking = f" FOR NO KEY UPDATE{' SKIP LOCKED' if skip_locked else ''}" if speaks_postgres() else ""
    condition = f"id {among(1)} ORDER BY id{locking}"
    return await select_rows(ClientRow, Client, condition, keys_parameter(client_ids))


async def settle(
    clients: Sequence[AnyClient],
    *,
    now: datetime,
    because: ChangeReason | None = None,
    actor: Actor = BY_ITSELF,
    quiet: Iterable[UUID] = (),
    with_past: bool = True,
) -> Posting:
    """Bring locked clients' trackers into line with the appointments on record and with today; return what was saved.

    `because` is the change that was made to these clients, by `actor`; None when only time has passed. `quiet` names
    trackers that a person has just created or edited. `with_past` recounts closed periods too, which time alone does
    not change.
    """
    posting = await plan(clients, now=now, because=because, actor=actor, quiet=quiet, with_past=with_past)
    await posting.save()
    return posting


async def plan(
    clients: Sequence[AnyClient],
    *,
    now: datetime,
    because: ChangeReason | None = None,
    actor: Actor = BY_ITSELF,
    quiet: Iterable[UUID] = (),
    with_past: bool = True,
) -> Posting:
    """Return what `settle` would save; the rows of the clients are changed in memory only.

    A request that read the clock before another one settled the client, and comes after it, does not turn time back.
    """
    posting, heard = Posting(actor=actor), monotonic()
    for book in await read_books(clients, with_past=with_past) if clients else ():
        if monotonic() > heard + LONGEST_SILENCE_SECONDS:
            # Many periods are being caught up with: the database ends a transaction that is not heard of.
            await database().execute_query("SELECT 1")
            heard = monotonic()
        client = book.client
        moment = max(now, client.settled_at or now)
        course = run_course(
            book.standings(), days=book.days, zone=book.zone, due_at=client.due_at, now=moment, quiet=quiet
        )
        posting.add(book, course, now=moment, because=because)
    return posting


async def settle_due(clients: Collection[AnyClient], *, now: datetime) -> Posting:
    """Settle those of the locked clients that are due; return what was saved.

    Who is kept in an earlier time zone than the practice moves to the practice's, due or not.
    """
    moves = await find_moves(clients)
    moving = {client.id for move in moves for client in move.clients}
    due = [client for client in clients if is_due(client, now=now) and client.id not in moving]
    posting = await settle(due, now=now, with_past=False)
    for move in moves:
        await _move(move, posting, now=now)
    return posting


def is_due(client: AnyClient, *, now: datetime) -> bool:
    """Tell whether something of the client is to change by itself by now."""
    return client.due_at is not None and client.due_at <= now


async def _move(move: Move, done: Posting, *, now: datetime) -> None:
    """Settle the clients in their earlier zone up to the move, then anew in the practice's; add what was saved.

    The outcome is that of moving all clients at the moment of the move: in the new zone they are settled from then on.
    """
    for client in move.clients:
        if client.due_at == move.since:
            client.due_at = None  # Only the move is due.
    before = await settle(move.clients, now=move.since or now)
    await carry_out(move)
    for client in move.clients:
        client.due_at = move.since
    after = await settle(move.clients, now=now, because=ChangeReason.CORRECTION)
    done.clients += after.clients
    for saved in (before, after):
        done.closed += saved.closed
        done.history += saved.history


async def bring_client_up_to_date(client_id: UUID, *, practice_id: UUID, now: datetime) -> bool:
    """Settle a client of the practice, in a unit of work of its own, if it is due; for use before a read.

    Tell whether it was.
    """
    is_behind = await within(Client, practice_id=practice_id).filter(id=client_id, due_at__lte=now).exists()
    if is_behind:
        await settle_due_clients([client_id], now=now)
    return is_behind


async def settle_due_clients(client_ids: Collection[UUID], *, now: datetime, skip_locked: bool = False) -> Posting:
    """Settle, in a unit of work of its own, those of the clients that are due; return what was saved.

    With `skip_locked` nobody waits for it: whom somebody else is at is left to them, or to a later time.
    """

    async def work() -> Posting:
        return await settle_due(await _lock_rows(client_ids, skip_locked=skip_locked), now=now)

    return await (behind_others(work) if skip_locked else unit_of_work(work))
