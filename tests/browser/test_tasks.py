"""The inbox: what is to do comes and goes by itself."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Arrives
from tests.browser.test_dialog import HEARD
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


def test_a_task_that_comes_is_noticed_on_every_screen(arrives: Arrives) -> None:
    """It is said once, counted beside the way there, and highlighted in the inbox, which one subscription serves."""
    clinician, other, desk = arrives(), arrives(), arrives()
    sent: list[str] = []
    clinician.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    page, elsewhere = opens_inbox(clinician), other.goes_to("/#/clients")
    other.is_live()
    completes_maras_session(desk)
    expect(page.get_by_role("region", name="To do (1)").locator(".task.changed")).to_have_count(1)
    for each in (page, elsewhere, desk.page):
        expect(each.locator(HEARD).get_by_text(re.compile("^To do: Mara Keller: session limit of 5"))).to_have_count(1)
        expect(each.locator("nav .chip")).to_have_text("1")
    assert len([frame for frame in sent if '"assigneeId"' in frame]) == 1
    page.get_by_role("button", name="Done: Mara").click()
    expect(elsewhere.locator("nav .chip")).to_be_hidden()


def test_a_task_of_an_end_date_names_it_as_the_reader_does(visitor: Visitor) -> None:
    """And says when it was first raised, which may be before that."""
    page = visitor.goes_to("/#/tasks")
    page.get_by_role("button", name="Next week").click()
    title = page.get_by_text(re.compile(r"^Mara Keller: end date \d{1,2} \w+ \d{4} reached"))
    expect(title).to_be_visible()
    expect(page.locator(".task .hint")).to_contain_text("first raised")


def test_what_cannot_be_done_with_a_task_is_told_below_it(visitor: Visitor) -> None:
    """As wide as the task, whose title keeps its room; and what follows keeps its distance."""
    completes_maras_session(visitor)
    page = visitor.goes_to("/#/tasks")
    visitor.expects = "net::ERR_"
    done = page.get_by_role("button", name="Done: Mara")
    expect(done).to_be_visible()
    page.route("**/graphql", lambda route: route.abort())
    done.click()
    told, title = page.locator(".task > .notice").bounding_box(), page.locator(".task-title").bounding_box()
    following, tasks = page.locator("#done").bounding_box(), page.locator(".tasks").bounding_box()
    assert told
    assert title
    assert following
    assert tasks
    assert told["width"] > title["width"] > 400
    assert following["y"] - tasks["y"] - tasks["height"] == 32


def test_a_task_is_handed_over(visitor: Visitor) -> None:
    """It leaves one inbox, and is in the other."""
    completes_maras_session(visitor)
    page = visitor.goes_to("/#/tasks")
    page.get_by_label(re.compile("Hand over")).select_option(label="Nora Brandt")
    expect(page.get_by_role("heading", name="To do (0)")).to_be_visible()
    page.get_by_label("Whose").select_option(label="Nora Brandt")
    expect(page.get_by_role("region", name="To do (1)").get_by_text(TASK)).to_be_visible()
