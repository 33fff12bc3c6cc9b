"""Who may do what: the one table of roles."""

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Final
from uuid import UUID

from models.access import Viewer, active_roles
from models.errors import Forbidden
from models.terms import Role


class Permission(Enum):
    """What an operation asks for; the value completes "may"."""

    READ = "read"
    WRITE_CLIENTS = "change clients and appointments"
    WRITE_TRACKERS = "change trackers and tasks"
    MANAGE_PRACTICE = "change the practice and its staff"


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMIN: frozenset(Permission),
    Role.STAFF: frozenset({Permission.READ, Permission.WRITE_CLIENTS, Permission.WRITE_TRACKERS}),
    Role.READ_ONLY: frozenset({Permission.READ}),
    Role.INTEGRATION: frozenset({Permission.READ, Permission.WRITE_CLIENTS}),
}


async def those_who_keep(viewers: Collection[Viewer], permission: Permission, *, practice_id: UUID) -> set[Viewer]:
    """Return those viewers of a practice who, as the database has them now, still have the permission."""
    roles = await active_roles([viewer.staff_member_id for viewer in viewers], practice_id=practice_id)

    def role_of(viewer: Viewer) -> Role | None:
        return viewer.role if viewer.staff_member_id is None else roles.get(viewer.staff_member_id)

    return {viewer for viewer in viewers if (role := role_of(viewer)) and permission in PERMISSIONS[role]}


def authorize(viewer: Viewer, permission: Permission) -> None:
    """Raise Forbidden unless the viewer's role has the permission."""
    if permission not in PERMISSIONS[viewer.role]:
        raise Forbidden(f"The role {viewer.role.value} may not {permission.value}.")
