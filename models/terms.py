"""The closed vocabularies of the domain: states, statuses, triggers, roles and reasons."""

from enum import StrEnum


class AppointmentStatus(StrEnum):
    """What became of a booked session; only a completed one counts."""

    SCHEDULED = "SCHEDULED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    MISSED = "MISSED"


class TrackerState(StrEnum):
    """Where a tracker stands today, in the practice's time zone."""

    UPCOMING = "UPCOMING"
    ACTIVE = "ACTIVE"
    LIMIT_REACHED = "LIMIT_REACHED"
    EXPIRED = "EXPIRED"
    REMOVED = "REMOVED"


class TaskTrigger(StrEnum):
    """When a tracker's task rule fires."""

    COUNT_REACHED = "COUNT_REACHED"
    END_DATE = "END_DATE"
    WHICHEVER_COMES_FIRST = "WHICHEVER_COMES_FIRST"


class TaskReason(StrEnum):
    """Which of a trigger's conditions fired the task."""

    COUNT_REACHED = "COUNT_REACHED"
    END_DATE = "END_DATE"


class TaskStatus(StrEnum):
    """Whether a task is still to do; withdrawn when the count fell back below the limit."""

    OPEN = "OPEN"
    DONE = "DONE"
    WITHDRAWN = "WITHDRAWN"


class Role(StrEnum):
    """What a signed-in person or system may do."""

    ADMIN = "ADMIN"
    STAFF = "STAFF"
    READ_ONLY = "READ_ONLY"
    INTEGRATION = "INTEGRATION"


class ChangeReason(StrEnum):
    """Why a client's newest revision came about."""

    SNAPSHOT = "SNAPSHOT"
    COMPLETION = "COMPLETION"
    CORRECTION = "CORRECTION"
    TRACKER_EDIT = "TRACKER_EDIT"
    RESET = "RESET"
    EXPIRY = "EXPIRY"
    NEW_DAY = "NEW_DAY"
    RESYNC = "RESYNC"


class TrackerOrder(StrEnum):
    """How a list of trackers is ordered."""

    LEAST_REMAINING = "LEAST_REMAINING"
    END_DATE = "END_DATE"
    CLIENT_NAME = "CLIENT_NAME"
    CREATED_AT = "CREATED_AT"


COUNT_TRIGGERS = frozenset({TaskTrigger.COUNT_REACHED, TaskTrigger.WHICHEVER_COMES_FIRST})
END_TRIGGERS = frozenset({TaskTrigger.END_DATE, TaskTrigger.WHICHEVER_COMES_FIRST})
