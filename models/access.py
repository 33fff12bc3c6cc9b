"""Access: who is asking, and the one helper through which rows of a practice are found."""

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


async def staff_viewer(staff_member_id: UUID, *, practice_id: UUID) -> Viewer | None:
    """Return a staff member as a viewer, with the role the database has now; None when they are not active."""
    row = await within(StaffMember, practice_id=practice_id).get_or_none(id=staff_member_id, active=True)
    return Viewer(practice_id, row.role, row.name, row.id) if row else None


async def renewed(viewer: Viewer) -> Viewer | None:
    """Return the viewer as they stand now, or None when they may not sign in any more."""
    if viewer.staff_member_id is None:
        return viewer
    return await staff_viewer(viewer.staff_member_id, practice_id=viewer.practice_id)


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
