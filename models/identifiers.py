"""Keys: time-ordered UUIDs (version 7), made from the injected moment."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from uuid_utils.compat import uuid7

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def new_id(*, now: datetime) -> UUID:
    """Return a new key that sorts by `now`, to the millisecond; moments before 1970 sort as its beginning."""
    return uuid7(nanoseconds=max(0, (now - EPOCH) // MICROSECOND) * 1000)
