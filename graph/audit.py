"""What the audit log is asked for."""

from datetime import datetime

import strawberry

from graph.ids import key_if_given, node_key_if_given
from models.clients import Client
from models.practices import StaffMember
from models.text import tidy
from resolvers import audit


@strawberry.input(description="Which entries to list; what is absent does not narrow.")
class AuditLogFilter:
    """Read into `audit.AuditFilter`."""

    subject_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only changes of this: of a client, appointment, tracker, task, person or practice."
    )
    client_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only what is about this client, appointments, trackers and tasks included."
    )
    actor_id: strawberry.ID | None = strawberry.field(default=None, description="Only what this staff member did.")
    actor_label: str | None = strawberry.field(
        default=None, description="Only what was done under this name, such as `system`, whole and as it is written."
    )
    since: datetime | None = strawberry.field(default=None, description="Only at or after this moment.")
    until: datetime | None = strawberry.field(default=None, description="Only before this moment.")

    def read(self) -> audit.AuditFilter:
        """Return the filter with keys for ids."""
        return audit.AuditFilter(
            subject_id=node_key_if_given(self.subject_id, "filter", "subjectId"),
            client_id=key_if_given(Client, self.client_id, "filter", "clientId"),
            actor_id=key_if_given(StaffMember, self.actor_id, "filter", "actorId"),
            actor_label=tidy(self.actor_label),
            since=self.since,
            until=self.until,
        )
