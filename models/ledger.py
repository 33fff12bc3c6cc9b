"""The ledger: the only writer of counts. Locks clients, settles them by the rule, saves, notes, leaves a hint."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from models.books import read_books
from models.clients import Client
from models.database import database, speaks_postgres
from models.errors import NotFound
from models.history import BY_ITSELF, Actor
from models.posting import Posting
from models.settling import run_course
from models.terms import ChangeReason
from models.unit_of_work import unit_of_work


async def enter(client_id: UUID, *, practice_id: UUID, now: datetime, path: tuple[str, ...] = ("clientId",)) -> Client:
    """Lock a client of the practice within a unit of work, settled up to now, so that a change can follow.

    Raises NotFound; `path` names the input field that held the id.
    """
    clients = await lock([client_id])
    if not clients or clients[0].practice_id != practice_id:
        raise NotFound("There is no such client in this practice.", path=path)
    await settle_due(clients, now=now)
    return clients[0]


async def lock(client_ids: Collection[UUID], *, skip_locked: bool = False) -> list[Client]:
    """Lock these clients, in the order of their ids, until the unit of work ends; return those that exist.

    Their practices are locked against a change of time zone first. SQLite has no row locks: there, the unit of work
    itself is the lock. `skip_locked` leaves out clients that others have locked.
    """
    wanted = Client.filter(id__in=set(client_ids)).order_by("id")
    if not speaks_postgres():
        return await wanted
    practice_ids = await Client.filter(id__in=set(client_ids)).distinct().values_list("practice_id", flat=True)
    await database().execute_query(
        "SELECT id FROM practice WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE", [sorted(map(str, practice_ids))]
    )
    return await wanted.select_for_update(skip_locked=skip_locked, no_key=True)


async def settle(
    clients: Sequence[Client],
    *,
    now: datetime,
    because: ChangeReason | None = None,
    actor: Actor = BY_ITSELF,
    quiet: Iterable[UUID] = (),
) -> None:
    """Bring locked clients' trackers into line with the appointments on record and with today, and save.

    `because` is the change that was made to these clients, by `actor`; None when only time has passed. `quiet` names
    trackers that a person has just created or edited.
    """
    posting = await plan(clients, now=now, because=because, actor=actor, quiet=quiet)
    await posting.save()


async def plan(
    clients: Sequence[Client],
    *,
    now: datetime,
    because: ChangeReason | None = None,
    actor: Actor = BY_ITSELF,
    quiet: Iterable[UUID] = (),
) -> Posting:
    """Return what `settle` would save; the rows of the clients are changed in memory only."""
    posting = Posting(now=now, actor=actor)
    for book in await read_books(clients):
        course = run_course(
            book.standings(), days=book.days, zone=book.zone, due_at=book.client.due_at, now=now, quiet=quiet
        )
        posting.add(book, course, because=because)
    return posting


async def settle_due(clients: Iterable[Client], *, now: datetime) -> None:
    """Settle those of the locked clients that are due."""
    due = [client for client in clients if client.due_at is not None and client.due_at <= now]
    if due:
        await settle(due, now=now)


async def bring_up_to_date(client_ids: Collection[UUID], *, now: datetime) -> None:
    """Settle, in a unit of work of its own, those of the clients that are due; for use before a read."""
    due = await Client.filter(id__in=set(client_ids), due_at__lte=now).only("id")
    if due:
        await unit_of_work(lambda: _settle_due_ids([client.id for client in due], now=now))


async def _settle_due_ids(client_ids: Collection[UUID], *, now: datetime) -> None:
    await settle_due(await lock(client_ids), now=now)
