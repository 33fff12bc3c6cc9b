"""Who may do what: the one table of operations and roles."""

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
    READ_AUDIT_LOG = "read the audit log"


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.ADMIN: frozenset(Permission),
    Role.STAFF: frozenset({Permission.READ, Permission.WRITE_CLIENTS, Permission.WRITE_TRACKERS}),
    Role.READ_ONLY: frozenset({Permission.READ}),
    Role.INTEGRATION: frozenset({Permission.READ, Permission.WRITE_CLIENTS}),
}


class Operation(Enum):
    """What can be asked of the API, by the name of its field, and the permission that it asks for.

    A field of Query, Mutation or Subscription that is not here cannot be in the schema.
    """

    VIEWER = "viewer", Permission.READ
    NODE = "node", Permission.READ
    NODES = "nodes", Permission.READ
    PRACTICE = "practice", Permission.READ
    CLIENT = "client", Permission.READ
    CLIENTS = "clients", Permission.READ
    APPOINTMENT = "appointment", Permission.READ
    APPOINTMENTS = "appointments", Permission.READ
    TRACKERS = "trackers", Permission.READ
    TASKS = "tasks", Permission.READ
    STAFF = "staff", Permission.READ
    AUDIT_LOG = "auditLog", Permission.READ_AUDIT_LOG

    CREATE_CLIENT = "createClient", Permission.WRITE_CLIENTS
    UPDATE_CLIENT = "updateClient", Permission.WRITE_CLIENTS
    SCHEDULE_APPOINTMENT = "scheduleAppointment", Permission.WRITE_CLIENTS
    RESCHEDULE_APPOINTMENT = "rescheduleAppointment", Permission.WRITE_CLIENTS
    COMPLETE_APPOINTMENT = "completeAppointment", Permission.WRITE_CLIENTS
    CANCEL_APPOINTMENT = "cancelAppointment", Permission.WRITE_CLIENTS
    MARK_APPOINTMENT_MISSED = "markAppointmentMissed", Permission.WRITE_CLIENTS
    REOPEN_APPOINTMENT = "reopenAppointment", Permission.WRITE_CLIENTS
    DELETE_APPOINTMENT = "deleteAppointment", Permission.WRITE_CLIENTS
    CREATE_TRACKER = "createTracker", Permission.WRITE_TRACKERS
    UPDATE_TRACKER = "updateTracker", Permission.WRITE_TRACKERS
    REMOVE_TRACKER = "removeTracker", Permission.WRITE_TRACKERS
    REORDER_TRACKERS = "reorderTrackers", Permission.WRITE_TRACKERS
    COMPLETE_TASK = "completeTask", Permission.WRITE_TRACKERS
    REOPEN_TASK = "reopenTask", Permission.WRITE_TRACKERS
    REASSIGN_TASK = "reassignTask", Permission.WRITE_TRACKERS
    UPDATE_PRACTICE = "updatePractice", Permission.MANAGE_PRACTICE
    CREATE_STAFF_MEMBER = "createStaffMember", Permission.MANAGE_PRACTICE
    UPDATE_STAFF_MEMBER = "updateStaffMember", Permission.MANAGE_PRACTICE
    ADVANCE_CLOCK = "advanceClock", Permission.WRITE_TRACKERS

    APPOINTMENT_BANNER = "appointmentBanner", Permission.READ
    CLIENT_TRACKERS = "clientTrackers", Permission.READ
    BOARD = "board", Permission.READ
    TASK_INBOX = "taskInbox", Permission.READ

    def __init__(self, field: str, permission: Permission) -> None:
        self.field = field
        self.permission = permission

    def is_for(self, role: Role) -> bool:
        """Tell whether the role may do it; a role that the table does not know may do nothing."""
        return self.permission in PERMISSIONS.get(role, frozenset())


async def those_who_keep(viewers: Collection[Viewer], operation: Operation, *, practice_id: UUID) -> set[Viewer]:
    """Return those viewers of a practice who may still do this, as the database has them now."""
    roles = await active_roles([viewer.staff_member_id for viewer in viewers], practice_id=practice_id)

    def role_of(viewer: Viewer) -> Role | None:
        return viewer.role if viewer.staff_member_id is None else roles.get(viewer.staff_member_id)

    return {viewer for viewer in viewers if (role := role_of(viewer)) and operation.is_for(role)}


def authorize(viewer: Viewer, operation: Operation) -> None:
    """Raise Forbidden unless the viewer's role may do this."""
    if not operation.is_for(viewer.role):
        raise Forbidden(f"The role {viewer.role} may not {operation.permission.value}, as {operation.field} does.")
