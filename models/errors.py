"""Expected failures: each rule's refusal, with a stable code and the input field at fault."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar


class ErrorCode(StrEnum):
    """The stable codes of expected failures; messages may change, codes do not."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    INVALID = "INVALID"
    INVALID_ID = "INVALID_ID"
    INVALID_CURSOR = "INVALID_CURSOR"
    INVALID_PAGE_SIZE = "INVALID_PAGE_SIZE"
    LIMIT_TOO_LOW = "LIMIT_TOO_LOW"
    END_BEFORE_BEGIN = "END_BEFORE_BEGIN"
    END_DATE_REQUIRED = "END_DATE_REQUIRED"
    OVERLAPS_CLOSED_PERIOD = "OVERLAPS_CLOSED_PERIOD"
    TOO_MANY_TRACKERS = "TOO_MANY_TRACKERS"
    TRACKER_REMOVED = "TRACKER_REMOVED"
    INACTIVE_STAFF_MEMBER = "INACTIVE_STAFF_MEMBER"
    LAST_ADMIN = "LAST_ADMIN"
    EXTERNAL_ID_TAKEN = "EXTERNAL_ID_TAKEN"
    EMAIL_TAKEN = "EMAIL_TAKEN"
    TASK_WITHDRAWN = "TASK_WITHDRAWN"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    CONFLICT = "CONFLICT"
    UNAVAILABLE = "UNAVAILABLE"


class DomainError(Exception):
    """An expected failure. `path` names the input field at fault, outermost first."""

    code: ClassVar[ErrorCode] = ErrorCode.INVALID

    def __init__(self, message: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = tuple(path)

    @property
    def problems(self) -> "tuple[DomainError, ...]":
        """The single failures behind this one: itself, unless several were found at once."""
        return (self,)

    @property
    def extensions(self) -> dict[str, object]:
        """What an error of the API carries beside its message."""
        return {"code": self.code.value, **({"input": list(self.path)} if self.path else {})}


class Several(DomainError):
    """More than one thing is wrong with an input; each is told."""

    def __init__(self, problems: Sequence[DomainError]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[DomainError, ...]:
        """The failures, in the order of the input's fields."""
        return self._problems


class Invalid(DomainError):
    """A value is not acceptable, whatever the data."""


class NotFound(DomainError):
    """There is no such thing in the viewer's practice."""

    code = ErrorCode.NOT_FOUND


class Forbidden(DomainError):
    """The viewer's role does not allow it."""

    code = ErrorCode.FORBIDDEN


class Unauthenticated(DomainError):
    """No valid token came with the request."""

    code = ErrorCode.UNAUTHENTICATED


class InvalidId(DomainError):
    """An id is not one that the API has returned for this type."""

    code = ErrorCode.INVALID_ID


class InvalidCursor(DomainError):
    """A cursor is not one that the API has returned for this connection and order."""

    code = ErrorCode.INVALID_CURSOR


class InvalidPageSize(DomainError):
    """`first` is not between 1 and 100."""

    code = ErrorCode.INVALID_PAGE_SIZE


class LimitTooLow(DomainError):
    """A session limit is less than 1."""

    code = ErrorCode.LIMIT_TOO_LOW


class EndBeforeBegin(DomainError):
    """An end lies before its begin."""

    code = ErrorCode.END_BEFORE_BEGIN


class EndDateRequired(DomainError):
    """Automatic reset and the triggers on the end date need an end date."""

    code = ErrorCode.END_DATE_REQUIRED


class OverlapsClosedPeriod(DomainError):
    """The current period would begin in a period that is closed."""

    code = ErrorCode.OVERLAPS_CLOSED_PERIOD


class TooManyTrackers(DomainError):
    """A client has eight trackers that are not removed."""

    code = ErrorCode.TOO_MANY_TRACKERS


class TrackerRemoved(DomainError):
    """A removed tracker cannot be changed."""

    code = ErrorCode.TRACKER_REMOVED


class InactiveStaffMember(DomainError):
    """Work cannot be given to a staff member who is not active."""

    code = ErrorCode.INACTIVE_STAFF_MEMBER


class LastAdmin(DomainError):
    """A practice keeps at least one active administrator."""

    code = ErrorCode.LAST_ADMIN


class ExternalIdTaken(DomainError):
    """Another record of the practice has this external id."""

    code = ErrorCode.EXTERNAL_ID_TAKEN


class EmailTaken(DomainError):
    """Another staff member of the practice has this email address."""

    code = ErrorCode.EMAIL_TAKEN


class TaskIsWithdrawn(DomainError):
    """A withdrawn task reopens by itself when its trigger fires again; nobody can complete or reopen it."""

    code = ErrorCode.TASK_WITHDRAWN


class IdempotencyKeyReused(DomainError):
    """An idempotency key came before with another change; each change has a key of its own."""

    code = ErrorCode.IDEMPOTENCY_KEY_REUSED


class Conflict(DomainError):
    """Somebody else changed the same thing at the same moment."""

    code = ErrorCode.CONFLICT


class Unavailable(DomainError):
    """What is needed to answer cannot be reached now; the same request may succeed a moment later."""

    code = ErrorCode.UNAVAILABLE


def refuse(problems: Sequence[DomainError]) -> None:
    """Raise what was found wrong; do nothing when nothing was."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise Several(problems)
