"""Open dialogs where hints travel over Redis, as they do between several processes: all is as it is within one."""

import pytest

from tests.api.test_watching import (  # noqa: F401 (collected here again)
    test_a_burst_ends_at_the_newest_state,
    test_a_deleted_session_closes_its_dialog,
    test_a_known_revision_spares_the_first_state,
    test_another_session_of_the_client_moves_the_banner,
    test_nothing_is_sent_when_nothing_visible_changed,
    test_trackers_come_change_and_go,
    test_what_becomes_of_a_session_moves_the_banner,
)

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.parametrize("module_database_url", ["postgresql"], indirect=True, scope="module"),
]


@pytest.fixture(scope="module")
def module_redis_url(redis_url: str) -> str:
    """Return the address of a real server."""
    return redis_url
