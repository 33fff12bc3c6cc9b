"""The dialog of an appointment, live."""

import re
import signal

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import Arrives
from tests.browser.desk import at_desk
from tests.browser.visitor import Visitor
from tests.cli.tool import Tool
from tests.clients.practice import Practice

FOUR = "4 of 5 used, 1 left"
FIVE = "5 of 5 used, 0 left"
GONE = "This appointment is gone: it was deleted."
REFUSED = "ERR_CONNECTION_REFUSED"
HEARD = "[aria-live]:not([inert], [inert] *, [aria-hidden=true] *)"
FIRST = "{ appointments(status: [SCHEDULED], first: 1) { nodes { id } } }"
COMPLETE = "mutation ($id: ID!) { completeAppointment(input: {appointmentId: $id}) { errors { code } } }"


def test_a_completion_in_one_window_moves_the_banner_in_the_other(arrives: Arrives) -> None:
    """At once, with a highlight, and said to screen readers."""
    desk, clinician = arrives(), arrives()
    here, there = desk.opens("Mara Keller"), clinician.opens("Mara Keller")
    expect(here.locator(".changed")).to_have_count(0)
    there.get_by_role("button", name="Complete", exact=True).click()
    for page in (there, here):
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text(FIVE)).to_be_visible()
        expect(dialog.get_by_text("Limit reached")).to_be_visible()
        expect(dialog.get_by_text("this is session 5 of 5")).to_be_visible()
        expect(dialog.locator(".changed")).to_have_text([re.compile("^Completed$"), re.compile(FIVE)])
        expect(page.locator(HEARD).get_by_text("Completed.", exact=True)).to_have_count(1)
    expect(here.locator(HEARD, has_text=f"A session was completed: {FIVE}.")).to_have_count(1)


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


def test_what_changed_fades_also_for_who_wants_no_motion(visitor: Visitor) -> None:
    """A fade of colour moves nothing, and nothing is left of it."""
    visitor.page.emulate_media(reduced_motion="reduce")
    page = visitor.opens("Mara Keller")
    page.get_by_role("button", name="Complete", exact=True).click()
    tracker = page.get_by_role("dialog").locator(".tracker.changed")
    expect(tracker).to_have_css("animation-name", "changed")
    expect(tracker).to_have_css("outline-style", "none")


def test_the_way_back_does_not_lead_to_a_dialog_that_was_closed(visitor: Visitor) -> None:
    """It leads to where somebody was before it was opened."""
    page = visitor.goes_to("/#/clients")
    page.get_by_role("link", name="Day", exact=True).click()
    visitor.opens_row("Mara Keller")
    for _ in range(2):
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        visitor.opens_row("Mara Keller")
    page.get_by_role("button", name="Close").click()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Clients")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_all_trackers_are_shown_on_request(visitor: Visitor) -> None:
    """The first alone, with how many there are."""
    dialog = visitor.opens("Mara Keller").get_by_role("dialog")
    expect(dialog.locator(".tracker")).to_have_count(1)
    dialog.get_by_role("button", name="Show all 2 trackers").click()
    expect(dialog.locator(".tracker")).to_have_count(2)
    expect(dialog.get_by_text("Supplementary insurance, per year")).to_be_visible()


def test_a_note_keeps_its_lines_and_never_widens_the_dialog(practice: Practice, visitor: Visitor) -> None:
    """Also one without a space, in any window; what closes the dialog stays in reach."""
    with at_desk(practice) as desk:
        client = desk.client("Noah Meier")
        desk.session(client)
        note = f"Line one\nLine two {'x' * 136}"
        desk.does("createTracker", "tracker { id }", clientId=client, sessionLimit=9, beginDate="2026-01-01", note=note)
    page = visitor.opens("Noah Meier")
    shown = page.get_by_role("dialog").locator(".tracker-note")
    assert shown.inner_text() == note
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.locator(".overlay").evaluate("(it) => it.scrollWidth <= it.clientWidth"), f"wider than {width}"
        close = page.get_by_role("button", name="Close").bounding_box()
        assert close
        assert close["x"] + close["width"] <= width


def test_a_future_appointment_has_no_banner_and_says_why(visitor: Visitor) -> None:
    """Until its day comes: an open dialog receives the trackers then."""
    page = visitor.goes_to()
    page.get_by_role("link", name="Day after").click()
    page.get_by_role("link", name=re.compile("Aline Roth")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("The trackers will show here on"))).to_be_visible()
    expect(dialog.locator(".tracker")).to_have_count(0)


def test_an_open_dialog_receives_its_trackers_when_its_day_comes(arrives: Arrives) -> None:
    """The demo's clock is set ahead in another window."""
    clinician, desk = arrives(), arrives()
    page = clinician.goes_to()
    page.get_by_role("link", name="Day after").click()
    clinician.opens_row("Aline Roth")
    clinician.is_live()
    desk.goes_to().get_by_role("button", name="Next day").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("4 of 3 used, 1 over")).to_be_visible()
    expect(page.locator(HEARD, has_text="A new day began: 4 of 3 used, 1 over.")).to_have_count(1)


def test_a_dialog_shows_the_reset_of_a_period(visitor: Visitor) -> None:
    """A session of the next period: it counts there, from the first."""
    page = visitor.goes_to()
    visitor.is_live()
    shown = page.get_by_role("heading", level=1)
    before = shown.inner_text()
    page.get_by_role("button", name="Next week").click()
    expect(shown).not_to_have_text(before)
    visitor.goes_to("/#/day")
    for _ in range(3):
        page.get_by_role("link", name="Day before").click()
    visitor.opens_row("Mara Keller")
    expect(page.get_by_role("dialog").get_by_text("0 of 5 used, 5 left")).to_be_visible()


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


def test_a_dialog_catches_up_when_its_server_was_away(practice: Practice, tool: Tool, visitor: Visitor) -> None:
    """What it shows meanwhile is marked; a completion elsewhere is there once it is back."""
    page = visitor.opens("Mara Keller")
    banner = page.get_by_role("dialog").locator(".watched")
    expect(banner).to_have_attribute("data-stale", "false")
    visitor.expects = REFUSED
    with practice.stopped(signal.SIGKILL), tool.serving(until="curl", DEMO_MODE="true") as other:
        expect(page.get_by_text(re.compile("Not connected"))).to_be_visible()
        expect(banner).to_have_attribute("data-stale", "true")
        complete_first(other.address, practice.token)
        expect(banner.get_by_text(FOUR)).to_be_visible()
    expect(banner.get_by_text(FIVE)).to_be_visible()
    visitor.is_live()
    expect(banner).to_have_attribute("data-stale", "false")


def complete_first(address: str, token: str) -> None:
    """Complete the first appointment that is booked."""
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        booked = http.post("/graphql", json={"query": FIRST}).json()
        variables = {"id": booked["data"]["appointments"]["nodes"][0]["id"]}
        done = http.post("/graphql", json={"query": COMPLETE, "variables": variables}).json()
    assert done == {"data": {"completeAppointment": {"errors": []}}}


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


def test_what_is_opened_while_the_server_is_away_is_there(practice: Practice, visitor: Visitor) -> None:
    """The form of a move, and the dialog of a booking, which is made once the server is back."""
    page = visitor.opens("Mara Keller")
    visitor.expects = REFUSED
    with practice.stopped(signal.SIGKILL):
        expect(page.get_by_text(re.compile("Not connected"))).to_be_visible()
        page.get_by_role("button", name="Move …").click()
        expect(page.get_by_role("form", name="Move the appointment")).to_be_visible()
        page.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Book a session").click()
        booking = page.get_by_role("dialog", name="Book a session")
        expect(booking.get_by_role("combobox", name="Client")).to_be_visible()
    visitor.is_live()
    booking.get_by_role("combobox", name="Client").press_sequentially("vog")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["Peter Vogt"])
    page.keyboard.press("Enter")
    booking.get_by_label("Time").fill("06:15")
    page.keyboard.press("Enter")
    expect(booking).to_have_count(0)
    expect(page.locator(".appointment").first).to_contain_text(re.compile("06:15.07:00"))


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


def test_what_cannot_be_done_is_told_and_what_was_shown_stays(practice: Practice, visitor: Visitor) -> None:
    """Nobody answers; the same can be tried again."""
    page = visitor.opens("Mara Keller")
    dialog = page.get_by_role("dialog")
    visitor.expects = REFUSED
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
    visitor.expects = REFUSED
    with practice.stopped(signal.SIGTERM):
        dialog.get_by_role("button", name="Complete", exact=True).click()
        expect(dialog.get_by_role("alert")).to_contain_text("The server could not be reached.")
    visitor.is_live()
    complete_first(practice.address, practice.token)
    expect(dialog.get_by_text(FIVE)).to_be_visible()
    expect(dialog.get_by_role("alert")).to_have_count(0)
