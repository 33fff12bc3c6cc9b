"""Brings a batch of client lines onto record: creates who is new, renames who is called otherwise."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobs.importing.known import clients_under
from jobs.importing.lines import ClientLine
from jobs.importing.summary import Outcome
from models.bulk import insert_rows, update_rows
from models.clients import Client
from models.errors import Conflict
from models.history import Actor, HistoryEntry, entry_of
from models.identifiers import new_id
from models.ledger import lock, settle, settle_due
from models.moves import hold_zone
from models.terms import ChangeReason
from models.unit_of_work import unit_of_work


async def apply_clients(*, lines: Sequence[ClientLine], practice_id: UUID, actor: Actor, now: datetime) -> Outcome:
    """Create and rename the practice's clients as the lines say, in one unit of work; none when nothing differs.

    Raises Conflict or ExternalIdTaken when others wrote at the same moment; nothing is changed then.
    """
    known = await clients_under(external_ids=(line.external_id for line in lines), practice_id=practice_id)
    if not _new(lines, known) and not _renamed(lines, known):
        return Outcome(unchanged=len(lines))

    async def work() -> Outcome:
        time_zone = await hold_zone(practice_id)
        known_ids = [client.id for client, _name in _renamed(lines, known)]
        locked = {client.id: client for client in await lock(known_ids)}
        await settle_due(locked.values(), now=now)
        current = await clients_under(external_ids=(line.external_id for line in lines), practice_id=practice_id)
        renamed = _renamed(lines, current)
        if not all(client.id in locked for client, _name in renamed):
            raise Conflict("A client was changed at the same moment.")
        # In one order for all, so that two imports of the same clients wait for each other and do not deadlock.
        new = sorted(_new(lines, current), key=lambda line: line.external_id)
        rows = [_client(line, practice_id=practice_id, time_zone=time_zone, now=now) for line in new]
        created = await _create(rows, actor=actor, now=now)
        updated = await _rename([(locked[client.id], name) for client, name in renamed], actor=actor, now=now)
        return Outcome(created, updated, len(lines) - created - updated)

    return await unit_of_work(work)


def _new(lines: Sequence[ClientLine], known: dict[str, Client]) -> list[ClientLine]:
    return [line for line in lines if line.external_id not in known]


def _renamed(lines: Sequence[ClientLine], known: dict[str, Client]) -> list[tuple[Client, str]]:
    told = [(known[line.external_id], line.name) for line in lines if line.external_id in known]
    return [(client, name) for client, name in told if client.name != name]


def _client(line: ClientLine, *, practice_id: UUID, time_zone: str, now: datetime) -> Client:
    return Client(
        id=new_id(now=now),
        practice_id=practice_id,
        name=line.name,
        external_id=line.external_id,
        time_zone=time_zone,
        created_at=now,
    )


async def _create(rows: Sequence[Client], *, actor: Actor, now: datetime) -> int:
    await insert_rows(Client, rows)
    await insert_rows(
        HistoryEntry,
        [entry_of(row, "client.imported", actor=actor, at=now, before=None, after=row.told()) for row in rows],
    )
    return len(rows)


async def _rename(renamed: Sequence[tuple[Client, str]], *, actor: Actor, now: datetime) -> int:
    history = []
    for client, name in renamed:
        before = client.told()
        client.name = name
        history.append(entry_of(client, "client.updated", actor=actor, at=now, before=before, after=client.told()))
    clients = [client for client, _name in renamed]
    if clients:
        await update_rows(Client, clients, columns=["name"])
        await insert_rows(HistoryEntry, history)
        await settle(clients, now=now, because=ChangeReason.CORRECTION, actor=actor)
    return len(clients)
