"""An appointment is deleted in its dialog; every list, and every dialog that is open on it, follows."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Arrives
from tests.browser.desk import at_desk
from tests.browser.test_dialog import FIRST, FIVE
from tests.browser.visitor import Visitor
from tests.clients.practice import Practice

GONE = "This appointment is gone: it was deleted."


def test_a_dialog_says_that_its_appointment_is_gone(practice: Practice, visitor: Visitor) -> None:
    """Somebody deleted it: nothing of it stays, as if it were still booked."""
    page = visitor.opens("Mara Keller")
    with at_desk(practice) as desk:
        (first,) = desk.asks(FIRST)["appointments"]["nodes"]
        desk.does("deleteAppointment", "deletedId", appointmentId=first["id"])
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(GONE)).to_be_visible()
    expect(dialog.locator(".tracker")).to_have_count(0)
    visitor.is_live()


def test_an_appointment_is_deleted(arrives: Arrives) -> None:
    """Once that was confirmed; it is on no list any more, and the focus begins anew on the screen."""
    desk, clinician = arrives(), arrives()
    page, other = desk.opens("Mara Keller"), clinician.opens("Mara Keller")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(other.get_by_role("dialog").get_by_text(FIVE)).to_be_visible()
    page.get_by_role("button", name="Delete …").click()
    asked = page.get_by_role("alertdialog", name="Delete this appointment of Mara Keller?")
    expect(asked.get_by_role("button", name="Keep it")).to_be_focused()
    desk.finds_nothing()
    page.keyboard.press("Enter")
    expect(asked).to_have_count(0)
    expect(page.get_by_role("button", name="Delete …")).to_be_focused()
    page.keyboard.press("Enter")
    asked.get_by_role("button", name="Delete appointment").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_role("link", name=re.compile("Mara Keller"))).to_have_count(0)
    expect(other.get_by_role("dialog").get_by_text(GONE)).to_be_visible()


def test_what_is_deleted_while_it_is_asked_about_is_told_as_gone(practice: Practice, visitor: Visitor) -> None:
    """Somebody else was faster: the question goes with its appointment, and the focus stays in the dialog."""
    page = visitor.opens("Mara Keller")
    page.get_by_role("button", name="Delete …").click()
    expect(page.get_by_role("alertdialog").get_by_role("button", name="Keep it")).to_be_focused()
    with at_desk(practice) as desk:
        (first,) = desk.asks(FIRST)["appointments"]["nodes"]
        desk.does("deleteAppointment", "deletedId", appointmentId=first["id"])
    dialog = page.get_by_role("dialog", name="Mara Keller")
    expect(dialog.get_by_role("alert")).to_have_text(GONE)
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_an_address_of_no_appointment_says_so(visitor: Visitor) -> None:
    """What was never seen here is not said to have been deleted."""
    page = visitor.goes_to("/#/day?appointment=QXBwb2ludG1lbnQ6MDFhMjFhNmYtNjVjYS03MzFmLWE3ZjMtOWEyYjgzNWY0ZDY3")
    dialog = page.get_by_role("dialog", name="Appointment")
    expect(dialog.get_by_role("alert")).to_have_text("There is no such appointment in this practice.")
