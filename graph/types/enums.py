"""The domain's vocabularies as GraphQL enums, each value described. Importing this module marks the enums."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry

from models import terms
from models.errors import DomainError, ErrorCode


def _describe(enum: type[StrEnum], description: str, values: Mapping[str, str]) -> None:
    marked: Any = strawberry.enum(enum, description=description)
    for value in marked.__strawberry_definition__.values:
        value.description = values[value.name]


_describe(
    terms.AppointmentStatus,
    "What became of a booked session. Only COMPLETED ones count.",
    {
        "SCHEDULED": "Booked; nothing is known yet.",
        "COMPLETED": "It took place, and counts on its service date.",
        "CANCELLED": "Called off; never counts.",
        "MISSED": "The client did not come; never counts.",
    },
)
_describe(
    terms.TrackerState,
    "Where a tracker stands today, in the practice's time zone.",
    {
        "UPCOMING": "It begins after today; not shown on banners.",
        "ACTIVE": "In its period, with sessions left.",
        "LIMIT_REACHED": "In its period, with none left; counting goes on.",
        "EXPIRED": "Its period has ended and there is no automatic reset; shown until removed.",
        "REMOVED": "A person removed it; not shown.",
    },
)
_describe(
    terms.TaskTrigger,
    "When a tracker's task rule fires.",
    {
        "COUNT_REACHED": "When the count reaches the session limit.",
        "END_DATE": "When the period ends.",
        "WHICHEVER_COMES_FIRST": "On the first of both.",
    },
)
_describe(
    terms.TaskReason,
    "What fired a task.",
    {"COUNT_REACHED": "The count reached the session limit.", "END_DATE": "The period ended."},
)
_describe(
    terms.TaskStatus,
    "Whether a task is still to do.",
    {
        "OPEN": "To do.",
        "DONE": "Done.",
        "WITHDRAWN": "The count fell back below the limit; it reopens when the trigger fires again in that period.",
    },
)
_describe(
    terms.Role,
    "What a signed-in person or system may do.",
    {
        "ADMIN": "Everything.",
        "STAFF": "Everything but change the practice and its staff.",
        "READ_ONLY": "Read and watch.",
        "INTEGRATION": "Read, and change clients and appointments.",
    },
)
_describe(
    terms.TrackerOrder,
    "How a list of trackers is ordered.",
    {
        "LEAST_REMAINING": "Fewest sessions left first.",
        "END_DATE": "Earliest end date first; those without one last.",
        "CLIENT_NAME": "By the client's name.",
        "CREATED_AT": "Oldest first.",
    },
)
_describe(
    terms.ChangeReason,
    "Why a state was sent.",
    {
        "SNAPSHOT": "It is the state at the start of a subscription, or as read by a query.",
        "COMPLETION": "An appointment was completed.",
        "CORRECTION": "An appointment was reopened, cancelled, missed, moved or deleted, or another fact put right.",
        "TRACKER_EDIT": "A tracker was created, edited, removed or reordered.",
        "RESET": "A period ended and the next began.",
        "EXPIRY": "A period ended without an automatic reset.",
        "NEW_DAY": "An appointment became today's, a session completed in advance counts, or a tracker began.",
        "RESYNC": "Changes may have been missed; this is the state now.",
    },
)
_describe(
    ErrorCode,
    "The stable codes of expected failures.",
    {error.code.name: error.__doc__ or "" for error in DomainError.__subclasses__() if "code" in vars(error)}
    | {"INVALID": "A value is not acceptable; the message says why."},
)
