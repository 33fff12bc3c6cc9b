"""Refused mutations: what is told, and that nothing changed."""

from typing import Final

from models.terms import Role
from tests.api.conftest import House
from tests.api.desk import on_record

ENTITIES: Final = ("appointment", "staffMember", "tracker", "client", "practice", "task")
EXCEPTIONS: Final = {"deleteAppointment": "deletedId", "reorderTrackers": "client { id }"}


def entity_of(mutation: str) -> str:
    """Return the selection of a mutation's changed entity."""
    named = (f"{entity} {{ id }}" for entity in ENTITIES if entity.lower() in mutation.lower())
    return EXCEPTIONS.get(mutation) or next(named)


async def refused(house: House, mutation: str, /, *problems: tuple[str, ...], **fields: object) -> None:
    """Expect that the administrator is told these problems, each a code and a path, and that nothing changes."""
    await refused_to(house, Role.ADMIN, mutation, *problems, **fields)


async def refused_to(house: House, role: Role, mutation: str, /, *problems: tuple[str, ...], **fields: object) -> None:
    """Expect that somebody is told these problems, gets no entity, and that everything on record is as it was."""
    before = await on_record(house.practice.id)
    selection = entity_of(mutation)
    payload = await house.api(role).do(mutation, selection, **fields)
    told = [(error["code"], *(error["path"] or ())) for error in payload["errors"]]
    assert told == list(problems), payload["errors"]
    assert payload[selection.split()[0]] is None
    assert all(len(error["message"]) > 10 for error in payload["errors"])
    assert await on_record(house.practice.id) == before


async def unchanged(house: House, mutation: str, /, **fields: object) -> None:
    """Expect success with everything on record as it was: no new revision, no history."""
    before = await on_record(house.practice.id)
    await house.api().done(mutation, entity_of(mutation), **fields)
    assert await on_record(house.practice.id) == before
