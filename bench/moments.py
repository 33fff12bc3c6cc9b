"""Moments that processes of one machine can compare: nanoseconds of the monotonic clock."""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def monotonic_ns(moment: datetime) -> int:
    """Return a moment of the wall clock, of the last minutes, on the monotonic clock."""
    since_epoch_ns = (moment - EPOCH) // timedelta(microseconds=1) * 1_000
    return since_epoch_ns - (time.time_ns() - time.monotonic_ns())
