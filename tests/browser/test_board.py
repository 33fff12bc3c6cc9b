"""The board, live."""

import re
import signal
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrives
from tests.browser.desk import at_desk
from tests.browser.test_dialog import AWAY, complete_first
from tests.browser.test_tasks import completes_maras_session
from tests.browser.visitor import Visitor
from tests.cli.tool import Tool
from tests.clients.practice import Practice


def opens_board(visitor: Visitor) -> Page:
    """Look at the board."""
    page = visitor.goes_to("/#/board")
    expect(page.get_by_role("heading", name="Nearly used")).to_be_visible()
    visitor.is_live()
    return page


def has(page: Page, **counts: int) -> None:
    """Expect the figures, by their names."""
    for name, count in counts.items():
        figure = page.locator(".figure", has=page.get_by_text(name.replace("_", " "), exact=True))
        expect(figure.locator("dd")).to_have_text(str(count))


def test_a_completion_moves_the_board(arrives: Arrives) -> None:
    """Its figures, its lists, and its charts in words and as a table."""
    wall, desk = arrives(), arrives()
    page = opens_board(wall)
    has(page, Active=4, Limit_reached=1, Expired=1, Upcoming=1, Tasks_to_do=0)
    nearly = page.get_by_role("region", name="Nearly used")
    expect(nearly.get_by_role("link")).to_have_text(["Mara Keller", "Jonas Frei"])
    chart = page.get_by_role("img", name="Trackers by state")
    expect(chart).to_have_accessible_description("Active: 4, Limit reached: 1, Expired: 1, Upcoming: 1.")

    completes_maras_session(desk)
    has(page, Active=3, Limit_reached=2, Tasks_to_do=1)
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(
        ["Day", "Clients", "Board", "Tasks 1 to do"]
    )
    expect(nearly.get_by_role("link")).to_have_text(["Jonas Frei"])
    expect(chart).to_have_accessible_description("Active: 3, Limit reached: 2, Expired: 1, Upcoming: 1.")
    page.get_by_text("As a table").first.click()
    expect(page.get_by_role("table", name="Trackers by state").get_by_role("row")).to_have_text(
        ["StateTrackers", "Active3", "Limit reached2", "Expired1", "Upcoming1"]
    )


def test_the_tasks_that_a_board_counts_are_a_click_away(visitor: Visitor) -> None:
    """Everybody's, as they are counted, whoever looks."""
    completes_maras_session(visitor)
    page = visitor.goes_to("/#/board")
    page.get_by_label("Role").select_option(label="Administrator")
    has(page, Tasks_to_do=1)
    page.get_by_role("link", name="Tasks to do").click()
    expect(page.get_by_label("Whose").locator("option:checked")).to_have_text("everybody")
    task = page.get_by_role("region", name="To do").get_by_role("listitem")
    expect(task).to_contain_text("Luca Moretti · first raised")
    page.get_by_label("Whose").select_option(label="Luca Moretti")
    expect(page.get_by_role("region", name="To do (1)")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Whose").locator("option:checked")).to_have_text("everybody")
    task.get_by_role("button", name="Done").click()
    expect(page.get_by_text("There is nothing to do.")).to_be_visible()


def test_a_board_is_as_wide_as_its_head_and_legible_across_a_room(visitor: Visitor) -> None:
    """On a screen on the wall."""
    visitor.page.set_viewport_size({"width": 1920, "height": 1080})
    page = opens_board(visitor)
    widths = "[...document.querySelectorAll('.head-row, main')].map((each) => each.clientWidth)"
    assert page.evaluate(widths) == [1760, 1760]
    sizes = "[...document.querySelectorAll('.board *')].map((each) => parseFloat(getComputedStyle(each).fontSize))"
    assert min(page.evaluate(sizes)) >= 16


def test_a_night_moves_the_board(visitor: Visitor) -> None:
    """What ended is no longer about to end, and its task is there."""
    page = opens_board(visitor)
    ending = page.get_by_role("region", name="Ending soon")
    expect(ending.get_by_role("link").first).to_have_text("Mara Keller")
    page.get_by_role("button", name="Next week").click()
    has(page, Tasks_to_do=1)
    expect(ending.get_by_role("link", name="Mara Keller")).to_have_count(0)


def test_a_chart_of_a_list_that_is_cut_says_so(practice: Practice, visitor: Visitor) -> None:
    """The hundred that end first are counted, and nobody takes them for all."""
    page = opens_board(visitor)
    expect(page.get_by_role("img", name="Periods that end, by day", exact=True)).to_be_visible()
    with at_desk(practice) as desk:
        today = desk.today()
        end = str(date.fromisoformat(today) + timedelta(days=3))
        for number in range(13):
            client = desk.client(f"Client {number}")
            for _ in range(8):
                about = {"clientId": client, "sessionLimit": 9, "beginDate": today, "endDate": end}
                desk.does("createTracker", "tracker { id }", **about)
    chart = page.get_by_role("img", name="The next 100 periods that end, by day")
    expect(chart).to_have_accessible_description(re.compile(r"\. Later ones are not counted\.$"))


def test_a_board_that_is_first_gone_to_while_the_server_is_away_shows_once_it_is_back(
    practice: Practice, visitor: Visitor
) -> None:
    """By itself; so does everything else, as the page has all of its code from the start."""
    page = visitor.goes_to()
    expect(page.get_by_role("link", name=re.compile("Mara Keller"))).to_be_visible()
    visitor.is_live()
    visitor.expects = AWAY
    with practice.stopped(signal.SIGKILL):
        expect(page.get_by_text(re.compile("Not connected"))).to_be_visible()
        page.get_by_role("link", name="Board").click()
        expect(page.get_by_role("heading", name="Board", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Nearly used")).to_be_visible()
    has(page, Active=4, Limit_reached=1)
    assert page.get_by_text("This part of the page has failed.").count() == 0


def test_a_board_catches_up_when_its_server_was_away(practice: Practice, tool: Tool, visitor: Visitor) -> None:
    """What hangs on the wall meanwhile is marked as old, and stays legible."""
    page = opens_board(visitor)
    visitor.expects = AWAY
    with practice.stopped(signal.SIGKILL), tool.serving(until="curl", DEMO_MODE="true") as other:
        expect(page.get_by_text("As it stood when the connection was lost.")).to_be_visible()
        visitor.finds_nothing()
        complete_first(other.address, practice.token)
        has(page, Limit_reached=1)
    has(page, Active=3, Limit_reached=2, Tasks_to_do=1)
    expect(page.get_by_text("As it stood when the connection was lost.")).to_have_count(0)
