"""The picture with which the README opens, as the page is now."""

import os
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Arrives

BYTES = 60_000


def test_the_live_dialog_makes_a_small_picture(arrives: Arrives, tmp_path: Path) -> None:
    """Just when a completion in another window has arrived; `make picture` keeps it."""
    clinician, desk = arrives(), arrives()
    clinician.page.set_viewport_size({"width": 880, "height": 640})
    page = clinician.opens("Mara Keller")
    page.get_by_role("button", name="Show all 2 trackers").click()
    desk.opens("Mara Keller").get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("5 of 5 used, 0 left")).to_be_visible()
    expect(page.locator(".when .chip")).to_have_text("Completed")
    picture = Path(os.environ.get("PICTURES", tmp_path)) / "dialog.png"
    page.locator(".modal").screenshot(path=picture)
    assert picture.stat().st_size < BYTES
