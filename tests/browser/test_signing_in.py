"""Who comes in: with a token where it is for real, with a role in the demo."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import arriving
from tests.browser.visitor import Visitor
from tests.cli.tool import Tool

REFUSED = "401"


def test_the_demo_lets_people_into_other_roles(visitor: Visitor) -> None:
    """Who may only read is told so."""
    page = visitor.opens("Mara Keller")
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="Role").select_option("Read only")
    expect(page.get_by_role("button", name="Next day")).to_have_count(0)
    visitor.opens_row("Mara Keller")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Your role may look, but not change anything.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Complete")).to_have_count(0)


@pytest.fixture
def stranger(tool: Tool, browser: Browser) -> Iterator[Visitor]:
    """Bring somebody to a practice that is no demo."""
    tool.well("practice", "create", "Harbour", "--time-zone", "Europe/Zurich")
    tool.well("staff", "create", "Nora Brandt", "nora@harbour.example", "--role", "ADMIN")
    with tool.serving() as server, arriving(browser, server.address) as arrive:
        yield arrive()


def test_elsewhere_a_token_is_pasted(tool: Tool, stranger: Visitor) -> None:
    """One that is refused is told so; a good one is kept for as long as the tab is open, or until somebody leaves."""
    page = stranger.goes_to()
    stranger.expects = REFUSED
    page.get_by_label("Your token").fill("no token")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("This token is not valid, or no longer")
    stranger.finds_nothing()
    (token,) = tool.well("token", "--email", "nora@harbour.example")
    page.get_by_label("Your token").fill(f"Bearer {token}")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Nothing is booked on this day.")).to_be_visible()
    stranger.is_live()
    page.reload()
    expect(page.get_by_text("Nothing is booked on this day.")).to_be_visible()
    page.get_by_role("button", name="Sign out Nora Brandt").click()
    expect(page.get_by_label("Your token")).to_be_visible()


def test_the_explorer_takes_a_token_too(tool: Tool, stranger: Visitor) -> None:
    """Requests are signed with it."""
    page = stranger.goes_to("/graphql")
    stranger.expects = REFUSED
    (token,) = tool.well("token", "--email", "nora@harbour.example")
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Use it").click()
    page.get_by_role("tab", name="Look").click()
    page.get_by_role("button", name="Execute query").click()
    expect(page.locator(".graphiql-response")).to_contain_text('"name": "Harbour"')
