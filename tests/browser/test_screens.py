"""What holds for every screen: axe finds nothing, and nothing is wider than a small window."""

import re
import signal

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.test_profile import opens_profile
from tests.browser.visitor import Visitor
from tests.clients.practice import Practice

SMALL = {"width": 320, "height": 700}
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(visitor: Visitor, scheme: str) -> None:
    """Nor in any dialog; in a wide window and in a small one, where nothing is cut off."""
    page = visitor.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for size in (None, SMALL):
        if size:
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for screen, name in (("board", "Nearly used"), ("tasks", "Done"), ("clients", "Clients")):
            visitor.goes_to(f"/#/{screen}")
            expect(page.get_by_role("heading", name=name)).to_be_visible()
            _is_well(visitor)
        opens_profile(visitor)
        page.get_by_role("button", name=re.compile("Periods of")).first.click()
        expect(page.get_by_role("table")).to_be_visible()
        _is_well(visitor)
        for button in ("+ add tracker", re.compile("^Edit "), re.compile("^Remove "), "Edit client", "Book a session"):
            page.get_by_role("button", name=button).first.click()
            expect(page.locator(".modal h2")).to_be_visible()
            _is_well(visitor)
            page.keyboard.press("Escape")
            expect(page.locator(".modal")).to_have_count(0)


def _is_well(visitor: Visitor) -> None:
    visitor.finds_nothing()
    assert visitor.page.evaluate(FITS), f"{visitor.page.url} is cut off"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_lost_connection_is_told_wherever_somebody_is(practice: Practice, visitor: Visitor, scheme: str) -> None:
    """Far down a profile, and above a dialog, whose last button stays in reach."""
    page = visitor.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opens_profile(visitor)
    visitor.expects = "net::ERR_"
    told = page.get_by_text(re.compile("^Not connected"))
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 844})
        with practice.stopped(signal.SIGKILL):
            page.mouse.wheel(0, 10_000)
            expect(told).to_be_in_viewport(ratio=1)
            page.get_by_role("button", name="+ add tracker").click()
            save = page.get_by_role("button", name="Add tracker", exact=True)
            save.focus()
            expect(told).to_be_in_viewport(ratio=1)
            assert _bottom(save) < _top(told)
            _is_well(visitor)
            page.keyboard.press("Escape")
        visitor.is_live()


def _top(found: Locator) -> float:
    box = found.bounding_box()
    assert box
    return box["y"]


def _bottom(found: Locator) -> float:
    box = found.bounding_box()
    assert box
    return box["y"] + box["height"]
