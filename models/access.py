"""Access: who is asking, and the helpers through which rows of a practice are found."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.database import among, database, key_parameter, key_read, keys_parameter, placeholder
from models.errors import NotFound
from models.history import Actor
from models.practices import StaffMember
from models.terms import Role


class TenantRow(Protocol):
    """A row that belongs to one practice."""

    id: UUID
    practice_id: UUID


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in: a staff member, or a named system of the practice."""

    practice_id: UUID
    role: Role
    label: str
    staff_member_id: UUID | None = None

    @property
    def actor(self) -> Actor:
        """The viewer as history records them."""
        return Actor(self.label, self.staff_member_id)


M = TypeVar("M", bound=Model)


async def staff_viewers(asked: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Viewer]:
    """Return as viewers those who are active, of pairs of a practice and a staff member's id.

    Their roles are those the database has now. Who is in another practice than the pair says is not found.
    """
    rows = await _columns(StaffMember, "practice_id, id, role, name, active", {key for _, key in asked})
    viewers = [
        Viewer(key_read(row["practice_id"]), Role(row["role"]), row["name"], key_read(row["id"]))
        for row in rows
        if row["active"]
    ]
    found = {(viewer.practice_id, viewer.staff_member_id): viewer for viewer in viewers}
    return {pair: found[pair] for pair in asked if pair in found}


async def staff_viewers_by_email(asked: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], Viewer]:
    """Return as viewers those who are active, of pairs of a practice and an email address."""
    practices, addresses = {practice_id for practice_id, _ in asked}, {address for _, address in asked}
    rows = await StaffMember.filter(practice_id__in=practices, email__in=addresses, active=True)
    found = {(row.practice_id, row.email): Viewer(row.practice_id, row.role, row.name, row.id) for row in rows}
    return {pair: found[pair] for pair in asked if pair in found}


async def active_roles(staff_member_ids: Iterable[UUID | None], *, practice_id: UUID) -> dict[UUID, Role]:
    """Return the roles that the database has now of those who are active."""
    wanted = {key for key in staff_member_ids if key is not None}
    rows = await columns_within(StaffMember, "id, role, active", wanted, practice_id=practice_id) if wanted else ()
    return {key_read(row["id"]): Role(row["role"]) for row in rows if row["active"]}


async def columns_within(
    model: type[Model], columns: str, keys: Collection[UUID], *, practice_id: UUID
) -> list[dict[str, Any]]:
    """Return columns of those of the practice's rows that have these keys.

    For what thousands of sockets ask for as they open: the library takes three times as long over it.
    """
    return await _columns(model, columns, keys, f" AND practice_id = {placeholder(2)}", key_parameter(practice_id))


async def _columns(
    model: type[Model], columns: str, keys: Collection[UUID], condition: str = "", *parameters: object
) -> list[dict[str, Any]]:
    query = f'SELECT {columns} FROM "{model._meta.db_table}" WHERE id {among(1)}{condition}'
    return await database().execute_query_dict(query, [keys_parameter(keys), *parameters])


def within(model: type[M], *, practice_id: UUID) -> QuerySet[M]:
    """Return the practice's rows of the table; every query of tenant data starts here."""
    return model.filter(practice_id=practice_id)


async def find(model: type[M], row_id: UUID, *, practice_id: UUID, path: tuple[str, ...] = ()) -> M:
    """Return the practice's row with that id.

    Raises NotFound, also for a row of another practice; `path` names the input field that held the id.
    """
    row = await within(model, practice_id=practice_id).get_or_none(id=row_id)
    if row is None:
        raise NotFound(f"There is no such {_spoken(model)} in this practice.", path=path)
    return row


def _spoken(model: type[Model]) -> str:
    return str(model._meta.db_table).replace("_", " ")
