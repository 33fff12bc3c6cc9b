"""A test in which the project has nothing to log."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing is logged by the project in the test."""
    yield
    assert [record.message for record in caplog.records if record.name.startswith("jobs")] == []
