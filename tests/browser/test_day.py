"""The day, its dialog, and what moves in them."""

import re
from typing import Literal

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrives
from tests.browser.visitor import Visitor

MARA = re.compile("Mara Keller")
FOUR = "4 of 5 used, 1 left"
FIVE = "5 of 5 used, 0 left"


def opens_dialog(visitor: Visitor) -> Page:
    """Open today's appointment of Mara Keller."""
    page = visitor.goes_to()
    page.get_by_role("link", name=MARA).click()
    expect(page.get_by_role("dialog").get_by_text(FOUR)).to_be_visible()
    visitor.is_live()
    return page


def test_a_completion_in_one_window_moves_the_banner_in_the_other(arrives: Arrives) -> None:
    """At once, with a highlight, and said to screen readers."""
    desk, clinician = arrives(), arrives()
    here, there = opens_dialog(desk), opens_dialog(clinician)
    expect(here.locator(".changed")).to_have_count(0)
    there.get_by_role("button", name="Complete", exact=True).click()
    for page in (there, here):
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text(FIVE)).to_be_visible()
        expect(dialog.get_by_text("Limit reached")).to_be_visible()
        expect(dialog.get_by_text("this is session 5 of 5")).to_be_visible()
        expect(dialog.locator(".changed")).to_have_count(1)
    expect(here.locator("[aria-live]", has_text=f"A session was completed: {FIVE}.")).to_have_count(1)


def test_all_trackers_are_shown_on_request(visitor: Visitor) -> None:
    """The first alone, with how many there are."""
    dialog = opens_dialog(visitor).get_by_role("dialog")
    expect(dialog.locator(".tracker")).to_have_count(1)
    dialog.get_by_role("button", name="Show all 2 trackers").click()
    expect(dialog.locator(".tracker")).to_have_count(2)
    expect(dialog.get_by_text("Supplementary insurance, per year")).to_be_visible()


def test_a_future_appointment_has_no_banner_and_says_why(visitor: Visitor) -> None:
    """Until its day comes: an open dialog receives the trackers then."""
    page = visitor.goes_to()
    page.get_by_role("link", name="Day after").click()
    page.get_by_role("link", name=re.compile("Aline Roth")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("The trackers will show here on"))).to_be_visible()
    expect(dialog.locator(".tracker")).to_have_count(0)


def test_axe_finds_nothing(visitor: Visitor) -> None:
    """On the day and on its dialog, in light and in dark."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        visitor.page.emulate_media(color_scheme=scheme)
        visitor.goes_to()
        expect(visitor.page.get_by_role("link", name=MARA)).to_be_visible()
        visitor.is_live()
        visitor.finds_nothing()
        opens_dialog(visitor)
        visitor.finds_nothing()
