"""The refusals behind the database's constraints, for what slips past the checks when two write at once."""

from collections.abc import Callable, Mapping
from typing import Final

from tortoise.exceptions import IntegrityError

from models.errors import Conflict, DomainError, EmailTaken, ExternalIdTaken, TooManyTrackers
from models.trackers import MAX_TRACKERS

EXTERNAL_ID_TAKEN: Final = "Another record of the practice has this external id: use a different one."
EMAIL_TAKEN: Final = "Another staff member has this email address: use a different one."
TOO_MANY_TRACKERS: Final = f"The client has {MAX_TRACKERS} trackers, the most there can be: remove one first."

_REFUSALS: Final[Mapping[tuple[str, str], Callable[[], DomainError]]] = {
    ("client_external_id_is_unique", "client.external_id"): lambda: ExternalIdTaken(
        EXTERNAL_ID_TAKEN, path=["externalId"]
    ),
    ("appointment_external_id_is_unique", "appointment.external_id"): lambda: ExternalIdTaken(
        EXTERNAL_ID_TAKEN, path=["externalId"]
    ),
    ("staff_member_email_is_unique", "staff_member.email"): lambda: EmailTaken(EMAIL_TAKEN, path=["email"]),
    ("tracker_slot", "tracker.slot"): lambda: TooManyTrackers(TOO_MANY_TRACKERS),
    ("foreign", "FOREIGN KEY"): lambda: Conflict("Something this refers to was deleted meanwhile: look again."),
}


def refusal_of(error: IntegrityError) -> DomainError | None:
    """Return the domain error for a broken constraint, or None when no rule of the domain stands behind it.

    PostgreSQL names the constraint, SQLite the columns.
    """
    text = str(error)
    for (constraint, columns), refusal in _REFUSALS.items():
        if constraint in text or columns in text:
            return refusal()
    return None
