"""Access: who is asking, and the one helper through which rows of a practice are found."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import QuerySet

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
    rows = StaffMember.filter(id__in={staff_member_id for _, staff_member_id in asked}, active=True)
    found = {
        (practice_id, key): Viewer(practice_id, role, name, key)
        for practice_id, role, name, key in await rows.values_list("practice_id", "role", "name", "id")
    }
    return {pair: found[pair] for pair in asked if pair in found}


async def active_roles(staff_member_ids: Iterable[UUID | None], *, practice_id: UUID) -> dict[UUID, Role]:
    """Return the roles that the database has now of those who are active."""
    wanted = {key for key in staff_member_ids if key is not None}
    if not wanted:
        return {}
    rows = within(StaffMember, practice_id=practice_id).filter(id__in=wanted, active=True)
    return dict(await rows.values_list("id", "role"))


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
