"""The pages in a real browser, against a served demo practice."""

import pytest

pytest.register_assert_rewrite("tests.browser.visitor")
