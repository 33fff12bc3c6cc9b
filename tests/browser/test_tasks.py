"""The inbox: what is to do comes and goes by itself."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrives
from tests.browser.visitor import Visitor

TASK = re.compile("Mara Keller: session limit of 5 reached")


def completes_maras_session(visitor: Visitor) -> None:
    """Bring her to the limit, so that Luca gets a task."""
    page = visitor.opens("Mara Keller")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("Limit reached")).to_be_visible()


def opens_inbox(visitor: Visitor) -> Page:
    """Look at one's own tasks."""
    page = visitor.goes_to("/#/tasks")
    expect(page.get_by_role("heading", name="To do (0)")).to_be_visible()
    expect(page.get_by_label("Whose")).to_have_value(re.compile("."))
    visitor.is_live()
    return page


def test_a_task_comes_and_is_done_and_is_to_do_again(arrives: Arrives) -> None:
    """Without a reload in any window; the focus is not lost when a task leaves the list."""
    clinician, desk = arrives(), arrives()
    page = opens_inbox(clinician)
    completes_maras_session(desk)
    to_do, done = page.get_by_role("region", name="To do"), page.get_by_role("region", name="Done")
    expect(page.get_by_role("heading", name="To do (1)")).to_be_visible()
    expect(to_do.get_by_text(TASK)).to_be_visible()

    to_do.get_by_role("button", name=TASK).press("Enter")
    expect(page.get_by_role("heading", name="To do (0)")).to_be_visible()
    expect(page.get_by_role("heading", name="To do (0)")).to_be_focused()
    expect(done.get_by_text(TASK)).to_be_visible()
    done.get_by_role("button", name=TASK).click()
    expect(to_do.get_by_text(TASK)).to_be_visible()
    expect(done.get_by_text(TASK)).to_have_count(0)

    to_do.get_by_role("link", name="Profile of Mara Keller").click()
    expect(page.get_by_role("heading", name="Mara Keller", level=1)).to_be_focused()
    expect(page.get_by_role("region", name="Tasks").get_by_text(TASK)).to_be_visible()


def test_a_task_is_handed_over(visitor: Visitor) -> None:
    """It leaves one inbox, and is in the other."""
    completes_maras_session(visitor)
    page = visitor.goes_to("/#/tasks")
    page.get_by_label(re.compile("Hand over")).select_option(label="Nora Brandt")
    expect(page.get_by_role("heading", name="To do (0)")).to_be_visible()
    page.get_by_label("Whose").select_option(label="Nora Brandt")
    expect(page.get_by_role("region", name="To do (1)").get_by_text(TASK)).to_be_visible()
