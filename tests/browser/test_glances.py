"""What no event tells of, a booking or a new client, is seen when somebody looks at the window again."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.desk import at_desk
from tests.browser.visitor import Visitor
from tests.clients.practice import Practice

NOTE_CHANGES = """() => {
  window.told = [];
  const note = () => window.told.push(document.querySelector('.connection').textContent);
  const all = { childList: true, characterData: true, subtree: true };
  new MutationObserver(note).observe(document.querySelector('.connection'), all);
  const wait = () => document.querySelector('.waiting') && window.told.push('waiting');
  new MutationObserver(wait).observe(document.body, all);
}"""


def looks_again(page: Page) -> None:
    """Come back to the window."""
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def row(page: Page, name: str) -> Locator:
    """Find what is shown of a client on a day or in the list."""
    return page.get_by_role("main").get_by_role("link", name=re.compile(name))


def test_a_booking_elsewhere_is_on_the_day_at_the_next_glance(practice: Practice, visitor: Visitor) -> None:
    """Who reads is not disturbed: the focus and the place stay, and nothing waits."""
    with at_desk(practice) as desk:
        client = desk.client("Noah Meier")
        visitor.page.set_viewport_size({"width": 800, "height": 300})
        page = visitor.goes_to()
        visitor.is_live()
        last = page.locator(".appointment a").last
        last.focus()
        page.evaluate("window.scrollTo(0, 150)")
        page.evaluate(NOTE_CHANGES)
        desk.session(client)
        looks_again(page)
        expect(row(page, "Noah Meier")).to_be_visible()
    expect(last).to_be_focused()
    assert page.evaluate("[window.scrollY, window.told]") == [150, []]


def test_a_new_client_is_in_the_list_and_a_booking_on_the_profile(practice: Practice, visitor: Visitor) -> None:
    """Also when the window was hidden meanwhile."""
    with at_desk(practice) as desk:
        page = visitor.goes_to("/#/clients")
        visitor.is_live()
        expect(row(page, "Mara Keller")).to_be_visible()
        client = desk.client("Noah Meier")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        row(page, "Noah Meier").click()
        appointments = page.get_by_role("region", name="Appointments")
        expect(appointments).to_contain_text("Nothing is booked.")
        desk.session(client)
        looks_again(page)
        expect(appointments.get_by_role("link")).to_contain_text("Today")


def test_a_window_that_is_in_sight_looks_by_itself(practice: Practice, visitor: Visitor) -> None:
    """Once a minute, by the browser's clock; nobody touches it."""
    with at_desk(practice) as desk:
        client = desk.client("Noah Meier")
        visitor.page.clock.install()
        page = visitor.goes_to()
        visitor.is_live()
        expect(row(page, "Mara Keller")).to_be_visible()
        desk.session(client)
        page.clock.run_for(61_000)
        expect(row(page, "Noah Meier")).to_be_visible()
