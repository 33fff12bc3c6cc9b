"""Clients: find, list, create, rename."""

from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import F, Q

from jobs.rollover import bring_practice_up_to_date
from models.access import Viewer, within
from models.clients import Client
from models.constraints import EXTERNAL_ID_TAKEN
from models.errors import ExternalIdTaken, refuse
from models.history import record
from models.identifiers import new_id
from models.ledger import bring_client_up_to_date, enter, settle
from models.moves import hold_zone
from models.paging import Order, Page, read_page
from models.terms import ChangeReason
from models.text import MAX_TEXT, text_problems, tidy
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize

BY_NAME: Final = Order("clients", F("name"), str)


async def get(*, viewer: Viewer, client_id: UUID, now: datetime) -> Client | None:
    """Return the client, settled, or None when the practice has no such client."""
    authorize(viewer, Operation.CLIENT)
    await bring_client_up_to_date(client_id, practice_id=viewer.practice_id, now=now)
    return await within(Client, practice_id=viewer.practice_id).get_or_none(id=client_id)


async def page(*, viewer: Viewer, search: str | None, first: int, after: str | None, now: datetime) -> Page[Client]:
    """Return clients by name, settled; `search` is part of a name, or an external id."""
    authorize(viewer, Operation.CLIENTS)
    await bring_practice_up_to_date(viewer.practice_id, now=now)
    clients = within(Client, practice_id=viewer.practice_id)
    refuse(text_problems(tidy(search), longest=MAX_TEXT, field="search", optional=True))
    if wanted := tidy(search):
        clients = clients.filter(Q(name__icontains=wanted) | Q(external_id=wanted))
    return await read_page(clients, order=BY_NAME, first=first, after=after)


async def create(*, viewer: Viewer, name: str, external_id: str | None, now: datetime) -> Client:
    """Create a client.

    Raises Invalid for a bad name, ExternalIdTaken.
    """
    authorize(viewer, Operation.CREATE_CLIENT)
    _check(name, external_id)

    async def work() -> Client:
        row = Client(
            id=new_id(now=now),
            practice_id=viewer.practice_id,
            name=tidy(name),
            external_id=tidy(external_id),
            time_zone=await hold_zone(viewer.practice_id),
            created_at=now,
        )
        await _check_external_id(row)
        await row.save(force_create=True)
        await record(row, "client.created", actor=viewer.actor, at=now, before=None, after=row.told())
        return row

    return await unit_of_work(work)


async def update(*, viewer: Viewer, client_id: UUID, changes: dict[str, str | None], now: datetime) -> Client:
    """Change the name or the external id; `changes` holds only what was given.

    Raises NotFound, Invalid, ExternalIdTaken.
    """
    authorize(viewer, Operation.UPDATE_CLIENT)

    async def work() -> Client:
        row = await enter(client_id, practice_id=viewer.practice_id, now=now)
        before = row.told()
        _check(changes.get("name", row.name), changes.get("external_id", row.external_id))
        row.update_from_dict({column: tidy(text) for column, text in changes.items()})
        if row.told() == before:
            return row
        await _check_external_id(row)
        await row.save(update_fields=list(changes))
        await record(row, "client.updated", actor=viewer.actor, at=now, before=before, after=row.told())
        await settle([row], now=now, because=ChangeReason.CORRECTION, actor=viewer.actor)
        return row

    return await unit_of_work(work)


def _check(name: str | None, external_id: str | None) -> None:
    refuse(
        [
            *text_problems(tidy(name), longest=MAX_TEXT, field="name"),
            *text_problems(tidy(external_id), longest=MAX_TEXT, field="externalId", optional=True),
        ]
    )


async def _check_external_id(row: Client) -> None:
    if row.external_id is None:
        return
    namesakes = within(Client, practice_id=row.practice_id).filter(external_id=row.external_id).exclude(id=row.id)
    if await namesakes.exists():
        raise ExternalIdTaken(EXTERNAL_ID_TAKEN, path=["externalId"])
