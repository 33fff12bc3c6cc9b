"""Who may do what: the one table of roles."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from models.access import Viewer, renewed
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


async def keeps(viewer: Viewer, permission: Permission) -> bool:
    """Tell whether the viewer, as the database has them now, still has the permission."""
    now = await renewed(viewer)
    return now is not None and permission in PERMISSIONS[now.role]


def authorize(viewer: Viewer, permission: Permission) -> None:
    """Raise Forbidden unless the viewer's role has the permission."""
    if permission not in PERMISSIONS[viewer.role]:
        raise Forbidden(f"The role {viewer.role.value} may not {permission.value}.")
