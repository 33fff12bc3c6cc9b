"""What is said of an appointment in its dialog: what became of it, and that it is to be at another time."""

import re
import signal

from playwright.sync_api import expect

from tests.browser.conftest import Arrives
from tests.browser.test_dialog import AWAY, FIVE, FOUR, HEARD, complete_first
from tests.browser.visitor import Visitor
from tests.clients.practice import Practice


def test_what_became_of_an_appointment_is_noticed_and_what_stayed_is_not(arrives: Arrives) -> None:
    """In the window where it was said and in the other: missed, then moved, while the count stays as it was."""
    desk, clinician = arrives(), arrives()
    here, there = desk.opens("Mara Keller"), clinician.opens("Mara Keller")
    there.get_by_role("button", name="Missed").click()
    for page in (there, here):
        expect(page.get_by_role("dialog").locator(".changed")).to_have_text(["Missed"])
        expect(page.locator(HEARD).locator("p")).to_have_text(["Missed."])
    there.get_by_role("button", name="Move …").click()
    there.get_by_role("dialog").get_by_label("Time").fill("16:00")
    there.get_by_role("button", name="Move", exact=True).click()
    for page in (there, here):
        expect(page.get_by_role("dialog").locator(".changed")).to_have_text([re.compile("16:00"), "Missed"])
        expect(page.locator(HEARD).locator("p")).to_have_text(["Missed.", re.compile("^Moved to .* 16:00")])


def test_an_appointment_that_is_moved_to_another_day_says_where(visitor: Visitor) -> None:
    """And that no tracker is shown there yet."""
    page = visitor.opens("Mara Keller")
    page.get_by_role("button", name="Move …").click()
    page.get_by_role("dialog").get_by_label("Day").fill("2031-06-02")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("The trackers will show here on")).to_be_visible()
    expect(page.locator(HEARD).locator("p")).to_have_text(
        [re.compile(r": no tracker is shown\.$"), re.compile("^Moved to .* 2031, ")]
    )


def test_what_is_said_of_an_appointment_can_be_taken_back(visitor: Visitor) -> None:
    """Missed, cancelled, and booked again."""
    dialog = visitor.opens("Mara Keller").get_by_role("dialog")
    for button, said in (("Missed", "Missed"), ("Cancelled", "Cancelled"), ("Complete", "Completed")):
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(dialog.locator(".when .chip")).to_have_text(said)
        dialog.get_by_role("button", name="Reopen").click()
        expect(dialog.locator(".when .chip")).to_have_text("Booked")
    expect(dialog.get_by_text(FOUR)).to_be_visible()


def test_the_focus_stays_in_the_dialog_with_what_is_said_there(visitor: Visitor) -> None:
    """On what can be said next, so that all can be done, and left, with the keyboard."""
    page = visitor.opens("Mara Keller")
    dialog = page.get_by_role("dialog")
    first, reopen = (dialog.get_by_role("button", name=name, exact=True) for name in ("Complete", "Reopen"))
    for name in ("Complete", "Missed", "Cancelled"):
        dialog.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        expect(reopen).to_be_focused()
        expect(reopen).not_to_have_attribute("aria-disabled", "true")
        page.keyboard.press("Enter")
        expect(first).to_be_focused()
        expect(first).not_to_have_attribute("aria-disabled", "true")
    move = dialog.get_by_role("button", name="Move …")
    move.focus()
    page.keyboard.press("Enter")
    dialog.get_by_label("Time").fill("16:00")
    dialog.get_by_role("button", name="Move", exact=True).focus()
    page.keyboard.press("Enter")
    expect(dialog.locator(".when")).to_contain_text("16:00")
    expect(move).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_an_appointment_is_moved_by_the_clocks_of_the_practice(visitor: Visitor) -> None:
    """With the keyboard, by somebody in another time zone."""
    page = visitor.opens("Mara Keller")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Move …").click()
    visitor.finds_nothing()
    dialog.get_by_label("Time").fill("15:30")
    page.keyboard.press("Enter")
    expect(dialog.locator(".when")).to_contain_text(re.compile("15:30.16:15"))
    expect(dialog.get_by_role("button", name="Move", exact=True)).to_have_count(0)


def test_an_appointment_is_not_moved_to_half_a_time(visitor: Visitor) -> None:
    """Nor to half a day: the field that is not whole is told of, and gets the focus."""
    page = visitor.opens("Mara Keller")
    dialog = page.get_by_role("dialog")
    before = dialog.locator(".when").inner_text()
    dialog.get_by_role("button", name="Move …").click()
    day, time = dialog.get_by_label("Day"), dialog.get_by_label("Time")
    for field, whole in ((time, "16:00"), (day, day.input_value())):
        field.focus()
        page.keyboard.press("Backspace")
        expect(field).to_have_value("")
        dialog.get_by_role("button", name="Move", exact=True).click()
        expect(field).to_be_focused()
        assert field.evaluate("({ validationMessage }) => validationMessage").startswith("Please enter a valid value.")
        expect(dialog.locator(".when")).to_have_text(before)
        field.fill(whole)
    page.keyboard.press("Enter")
    expect(dialog.locator(".when")).to_contain_text("16:00")


def test_what_cannot_be_done_is_told_and_what_was_shown_stays(practice: Practice, visitor: Visitor) -> None:
    """Nobody answers; the same can be tried again."""
    page = visitor.opens("Mara Keller")
    dialog = page.get_by_role("dialog")
    visitor.expects = AWAY
    with practice.stopped(signal.SIGTERM):
        dialog.get_by_role("button", name="Complete", exact=True).click()
        expect(dialog.get_by_role("alert")).to_contain_text("could not be reached. Try again: it is done once")
        expect(dialog.get_by_text(FOUR)).to_be_visible()
    visitor.is_live()
    dialog.get_by_role("button", name="Complete", exact=True).click()
    expect(dialog.get_by_text(FIVE)).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)


def test_what_could_not_be_done_is_forgotten_once_somebody_did_it(practice: Practice, visitor: Visitor) -> None:
    """What it was about is not as it was."""
    dialog = visitor.opens("Mara Keller").get_by_role("dialog")
    visitor.expects = AWAY
    with practice.stopped(signal.SIGTERM):
        dialog.get_by_role("button", name="Complete", exact=True).click()
        expect(dialog.get_by_role("alert")).to_contain_text("The server could not be reached.")
    visitor.is_live()
    complete_first(practice.address, practice.token)
    expect(dialog.get_by_text(FIVE)).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
