"""A banner of one tracker, and the same with something else in it."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from models.banner import Banner, BannerTracker
from models.terms import ChangeReason, TrackerState

EIGHT = BannerTracker(
    tracker_id=UUID(int=8),
    state=TrackerState.ACTIVE,
    session_limit=12,
    used=4,
    remaining=8,
    over=0,
    session_number=4,
    begin_date=date(2026, 1, 1),
    end_date=None,
    note="Zwölf",
    color="#3366CC",
)
SIGHT = Banner(
    appointment_id=UUID(int=1), client_id=UUID(int=2), revision=7, reason=ChangeReason.RESET, trackers=(EIGHT,)
)


def seen(**changes: Any) -> Banner:
    """Return the banner with something else in it."""
    return replace(SIGHT, **changes)


def of(**changes: Any) -> Banner:
    """Return the banner with something else in its tracker."""
    return seen(trackers=(EIGHT._replace(**changes),))
