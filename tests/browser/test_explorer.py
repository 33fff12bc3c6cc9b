"""GraphiQL, served from our own origin."""

from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

ANSWER = ".graphiql-response"


def opens(visitor: Visitor) -> Page:
    """Open the explorer, signed in by the demo, with its schema there."""
    page = visitor.goes_to("/graphql")
    expect(page.get_by_role("tab", name="Look")).to_be_visible()
    return page


def runs(page: Page, tab: str) -> None:
    """Run what is in a tab."""
    page.get_by_role("tab", name=tab).click()
    page.get_by_role("button", name="Execute query").click()


def test_a_query_is_answered(visitor: Visitor) -> None:
    """The first example, as it is."""
    page = opens(visitor)
    runs(page, "Look")
    expect(page.locator(ANSWER)).to_contain_text("Harbour Physiotherapy")


def test_the_examples_work_as_they_are(visitor: Visitor) -> None:
    """One tracker more, and a day later."""
    page = opens(visitor)
    runs(page, "SetATracker")
    expect(page.locator(ANSWER)).to_contain_text('"slot": ')
    runs(page, "AdvanceTheClock")
    expect(page.locator(ANSWER)).to_contain_text('"today": ')


def test_a_subscription_shows_what_another_tab_changes(visitor: Visitor) -> None:
    """With the token of the header, over a socket."""
    page = opens(visitor)
    runs(page, "WatchABanner")
    expect(page.locator(ANSWER)).to_contain_text('"reason": "SNAPSHOT"')
