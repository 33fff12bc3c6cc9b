"""Keys: versions, order, and neighbours."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

from models.identifiers import EPOCH, new_id

MIDNIGHT = datetime(2027, 1, 1, tzinfo=UTC)


def test_a_key_is_a_uuid_of_version_7_that_holds_the_millisecond() -> None:
    """Anybody can read the moment from it."""
    key = new_id(now=MIDNIGHT + timedelta(microseconds=7_999))
    assert (key.version, key.variant) == (7, RFC_4122)
    assert key.int >> 80 == (MIDNIGHT - EPOCH) // timedelta(milliseconds=1) + 7


def test_keys_of_one_moment_are_neighbours_in_the_order_of_their_making() -> None:
    """They are different keys all the same."""
    keys = [new_id(now=MIDNIGHT) for _ in range(10_000)]
    assert keys == sorted(keys)
    assert len(set(keys)) == 10_000
    assert all(key.version == 7 for key in keys)


def test_keys_sort_by_their_moments() -> None:
    """Also those that were made in another order."""
    late, early = new_id(now=MIDNIGHT), new_id(now=MIDNIGHT - timedelta(milliseconds=1))
    assert early < late


def test_keys_of_one_moment_that_are_made_apart_differ() -> None:
    """Another process, or a later time in this one, begins elsewhere."""
    first = new_id(now=MIDNIGHT)
    new_id(now=EPOCH)
    assert new_id(now=MIDNIGHT).int - first.int not in range(-1_000, 1_000)


def test_moments_before_1970_sort_as_its_beginning() -> None:
    """The format has no sign."""
    assert new_id(now=EPOCH - timedelta(days=1)).int >> 80 == 0
