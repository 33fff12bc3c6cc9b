"""GraphiQL, served from our own origin."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrives
from tests.browser.visitor import Visitor

ANSWER = ".graphiql-response"
EDITOR = ".graphiql-query-editor"


def opens(visitor: Visitor) -> Page:
    """Open the explorer, signed in by the demo, with its editor there."""
    page = visitor.goes_to("/graphql")
    expect(page.locator(EDITOR)).to_contain_text("query Look")
    return page


def runs(page: Page, tab: str) -> None:
    """Run what is in a tab, once the editor shows it."""
    page.get_by_role("tab", name=tab).click()
    expect(page.locator(EDITOR)).to_contain_text(tab)
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


def test_a_subscription_shows_what_another_window_completes(arrives: Arrives) -> None:
    """Over a socket that is signed in as requests are; the examples are about the same appointment."""
    watching, completing = arrives(), arrives()
    page = opens(watching)
    runs(page, "WatchABanner")
    expect(page.locator(ANSWER)).to_contain_text('"reason": "SNAPSHOT"')
    runs(opens(completing), "Complete")
    expect(completing.page.locator(ANSWER)).to_contain_text('"status": "COMPLETED"')
    expect(page.locator(ANSWER)).to_contain_text('"reason": "COMPLETION"')


def test_the_api_is_explained_and_operations_can_be_clicked_together(visitor: Visitor) -> None:
    """The schema's own words, the explorer and the history are at hand."""
    page = opens(visitor)
    runs(page, "Look")
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.get_by_role("complementary").or_(page.locator(".graphiql-plugin"))).to_contain_text("Root Types")
    page.get_by_role("button", name="Show GraphiQL Explorer").click()
    expect(page.locator(".graphiql-explorer-root")).to_contain_text("appointments")
    page.get_by_role("button", name="Show History").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("Look")


def test_operations_can_be_written_while_nobody_answers(visitor: Visitor) -> None:
    """The editor is there, with examples that have gaps to fill."""
    visitor.expects = "ERR_FAILED"
    visitor.page.route(
        "**/graphql", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page = opens(visitor)
    page.get_by_role("tab", name="Complete").click()
    expect(page.locator(EDITOR)).to_contain_text("completeAppointment")
