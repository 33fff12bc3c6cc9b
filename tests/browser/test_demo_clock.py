"""The demo clock: what days bring comes to who is looking."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrives


def test_a_reset_moves_an_open_dialog(arrives: Arrives) -> None:
    """One of a future day: when its day has come it shows the trackers, in the period that began meanwhile."""
    desk, other = arrives(), arrives()
    page, clock = desk.goes_to("/#/clients"), other.goes_to("/#/board")
    other.is_live()
    page.get_by_role("link", name=re.compile("Mara Keller")).click()
    page.get_by_role("region", name="Appointments").get_by_role("link", name=re.compile("Booked")).nth(1).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The trackers will show here on")).to_be_visible()
    desk.is_live()
    clock.get_by_role("button", name="Next week").click()
    expect(dialog.get_by_text("0 of 5 used, 5 left")).to_be_visible()
    expect(dialog.get_by_text("The trackers will show here on")).to_have_count(0)
