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
AWAY = "ERR_CONNECTION_"
"""What a browser says of a server that is not there, or that ends while it answers."""
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


def test_a_dialog_catches_up_when_its_server_was_away(practice: Practice, tool: Tool, visitor: Visitor) -> None:
    """What it shows meanwhile is marked; a completion elsewhere is there once it is back."""
    page = visitor.opens("Mara Keller")
    banner = page.get_by_role("dialog").locator(".watched")
    expect(banner).to_have_attribute("data-stale", "false")
    visitor.expects = AWAY
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


def test_what_is_opened_while_the_server_is_away_is_there(practice: Practice, visitor: Visitor) -> None:
    """The form of a move, and the dialog of a booking, which is made once the server is back."""
    page = visitor.opens("Mara Keller")
    visitor.expects = AWAY
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
