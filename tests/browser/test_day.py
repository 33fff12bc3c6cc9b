"""The day: its appointments, and other days."""

import re
import signal
from typing import Literal

from playwright.sync_api import expect

from tests.browser.conftest import Arrives
from tests.browser.desk import at_desk
from tests.browser.visitor import Visitor
from tests.clients.practice import Practice


def test_a_day_shows_what_another_window_changes(arrives: Arrives) -> None:
    """Nobody has to ask again."""
    desk, clinician = arrives(), arrives()
    page = desk.goes_to()
    row = page.get_by_role("listitem").filter(has_text="Jonas Frei")
    expect(row).to_contain_text("5 of 6")
    desk.is_live()
    clinician.opens("Jonas Frei").get_by_role("button", name="Complete", exact=True).click()
    expect(row).to_contain_text("6 of 6")
    expect(row).to_contain_text("Completed")


def test_a_day_shows_what_happens_to_who_has_no_tracker(practice: Practice, visitor: Visitor) -> None:
    """No list of the board shows that client, and no count moves."""
    with at_desk(practice) as desk:
        appointment = desk.session(desk.client("Noah Meier"))
        row = visitor.goes_to().get_by_role("listitem").filter(has_text="Noah Meier")
        visitor.is_live()
        expect(row).to_be_visible()
        expect(row).not_to_contain_text("Completed")
        desk.does("completeAppointment", "appointment { id }", appointmentId=appointment)
        expect(row).to_contain_text("Completed")


def test_a_day_that_may_be_out_of_date_is_marked(practice: Practice, visitor: Visitor) -> None:
    """While nobody answers, though the socket lives; and while the server is away. Each passes by itself."""
    with at_desk(practice) as desk:
        appointment = desk.session(desk.client("Noah Meier"))
        page = visitor.goes_to()
        row = page.get_by_role("listitem").filter(has_text="Noah Meier")
        visitor.is_live()
        expect(row).to_be_visible()
        visitor.expects = "net::ERR_"
        page.route("**/graphql", lambda route: route.abort())
        desk.does("completeAppointment", "appointment { id }", appointmentId=appointment)
        expect(page.get_by_text("As it stood before: asking again has failed.")).to_be_visible()
        expect(row).not_to_contain_text("Completed")
        page.unroute("**/graphql")
        expect(row).to_contain_text("Completed")
    expect(page.locator(".stale")).to_have_count(0)
    with practice.stopped(signal.SIGTERM):
        expect(page.get_by_text("As it stood when the connection was lost.")).to_be_visible()
        expect(row).to_contain_text("Completed")
    visitor.is_live()
    expect(page.locator(".stale")).to_have_count(0)


def test_a_day_tells_who_has_come_to_the_end_and_whose_clocks_it_goes_by(visitor: Visitor) -> None:
    """Beside the count, on the list of clients too; nothing of who goes on."""
    page = visitor.goes_to()
    counts = {"Mara Keller": "4 of 5", "Aline Roth": "4 of 3, 1 over", "Peter Vogt": "4 of 10, expired"}
    for client, count in counts.items():
        row = page.get_by_role("listitem").filter(has_text=client)
        expect(row.locator(".count")).to_have_text(re.compile(f"^{count}( \\(|$)"))
    expect(page.get_by_text("Times are as clocks show them in Europe/Zurich.")).to_be_visible()
    visitor.goes_to("/#/clients")
    for client, count in counts.items():
        row = page.get_by_role("listitem").filter(has_text=client)
        expect(row.locator(".counts > span").first).to_have_text(count)


def test_days_are_turned_and_picked(visitor: Visitor) -> None:
    """The address says which, so the browser's own way back works."""
    page = visitor.goes_to("/#/day/2026-03-02")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Monday, 2 March 2026")
    expect(page.get_by_text("Nothing is booked on this day.")).to_be_visible()
    page.get_by_role("link", name="Day before").click()
    expect(heading).to_have_text("Sunday, 1 March 2026")
    expect(page.locator("[aria-live]", has_text="Sunday, 1 March 2026")).to_have_count(1)
    page.get_by_label("Another day").fill("2026-04-01")
    expect(heading).to_have_text("Wednesday, 1 April 2026")
    page.go_back()
    expect(heading).to_have_text("Sunday, 1 March 2026")
    page.get_by_role("link", name="Today").click()
    expect(page.get_by_role("link", name=re.compile("Mara Keller"))).to_be_visible()


def test_a_day_that_is_typed_is_gone_to_once(visitor: Visitor) -> None:
    """With Enter, or when the field is left; not at each day that stands there on the way."""
    page = visitor.goes_to("/#/day/2026-03-02")
    heading, field = page.get_by_role("heading", level=1), page.get_by_label("Another day")
    expect(heading).to_have_text("Monday, 2 March 2026")
    field.focus()
    page.keyboard.type("04042031")
    expect(field).to_have_value("2031-04-04")
    expect(heading).to_have_text("Monday, 2 March 2026")
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Friday, 4 April 2031")
    expect(field).to_be_focused()
    page.go_back()
    expect(heading).to_have_text("Monday, 2 March 2026")
    expect(field).to_have_value("2026-03-02")
    visitor.goes_to("/#/day/9999-12-31")
    expect(heading).to_have_text("Friday, 31 December 9999")


def test_a_dialog_is_opened_and_closed_with_the_keyboard(visitor: Visitor) -> None:
    """The focus comes back to where it was."""
    page = visitor.goes_to()
    row = page.get_by_role("link", name=re.compile("Mara Keller"))
    row.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Mara Keller")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(row).to_be_focused()


def test_axe_finds_nothing(visitor: Visitor) -> None:
    """On the day and on its dialog, in light and in dark."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        visitor.page.emulate_media(color_scheme=scheme)
        visitor.goes_to()
        expect(visitor.page.get_by_role("link", name=re.compile("Mara Keller"))).to_be_visible()
        visitor.is_live()
        visitor.finds_nothing()
        visitor.opens("Mara Keller")
        visitor.finds_nothing()
