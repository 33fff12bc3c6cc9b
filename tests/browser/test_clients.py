"""Clients: found by keyboard, added, edited, and booked for."""

import re

from playwright.sync_api import APIResponse, Locator, Page, Route, expect

from tests.browser.visitor import Visitor


def selected(page: Page) -> Locator:
    """Find the client that Enter would take."""
    return page.get_by_role("listbox").get_by_role("option", selected=True)


def test_a_client_is_found_by_keyboard(visitor: Visitor) -> None:
    """From any screen: type, go down, take."""
    page = visitor.goes_to("/#/board")
    field = page.get_by_role("combobox", name="Find a client")
    field.press_sequentially("a")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_text(["Aline Roth", "Jonas Frei", "Mara Keller", "Selma Aydin"])
    field.press("ArrowDown")
    field.press("ArrowDown")
    expect(selected(page)).to_have_text("Mara Keller")
    visitor.finds_nothing()
    field.press("Escape")
    expect(options.first).to_be_hidden()
    field.press("ArrowUp")
    expect(selected(page)).to_have_text("Jonas Frei")
    field.press("Enter")
    expect(page.get_by_role("heading", name="Jonas Frei", level=1)).to_be_visible()
    expect(field).to_have_value("")
    field.press_sequentially("zzz")
    expect(page.get_by_text("No client is found.")).to_be_visible()


def test_a_client_is_added_edited_and_booked_for(visitor: Visitor) -> None:
    """The list, the profile and the day show it at once."""
    page = visitor.goes_to("/#/clients")
    page.get_by_role("button", name="+ new client").click()
    page.get_by_label("Name", exact=True).fill("Zora Ammann")
    page.get_by_label("Id elsewhere", exact=True).fill("F-17")
    page.get_by_role("button", name="Add client").click()
    expect(page.locator(".client")).to_have_count(1)
    search = page.get_by_label("Part of a name, or a whole id elsewhere")
    expect(search).to_have_value("Zora Ammann")
    search.fill("F-17")
    expect(page.get_by_role("link", name=re.compile("Zora Ammann"))).to_be_visible()
    expect(page.locator(".client")).to_have_count(1)
    page.get_by_role("link", name=re.compile("Zora Ammann")).click()

    page.get_by_role("button", name="Edit client").click()
    page.get_by_label("Name", exact=True).fill("Zora Amman")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Zora Amman", level=1)).to_be_visible()

    page.get_by_role("button", name="Book a session").click()
    page.get_by_label("Time").fill("17:30")
    page.get_by_label("Service").fill("Massage")
    page.get_by_label("With").select_option(label="Luca Moretti")
    page.get_by_role("button", name="Book", exact=True).click()
    session = page.get_by_role("region", name="Appointments").get_by_role("link")
    expect(session).to_contain_text(re.compile("Today.*17:30.18:15.*Massage · Luca Moretti.*Booked"))
    session.click()
    page.get_by_role("button", name="Complete", exact=True).click()
    page.get_by_role("button", name="Close").click()
    expect(session).to_contain_text("Completed")


def test_a_session_is_booked_from_the_day(visitor: Visitor) -> None:
    """For a client who is looked for first; what is refused is told beside its field."""
    page = visitor.goes_to("/#/day")
    page.get_by_role("button", name="Book a session").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Book", exact=True)).to_be_disabled()
    dialog.get_by_role("combobox", name="Client").press_sequentially("vog")
    expect(selected(page)).to_have_text("Peter Vogt")
    page.keyboard.press("Enter")
    dialog.get_by_label("Time").fill("06:15")
    for minutes in ("-5", "1e300", "30"):
        dialog.get_by_label("Minutes").fill(minutes)
        dialog.get_by_label("Service").fill("x" * 1000)
        dialog.get_by_role("button", name="Book", exact=True).click()
        expect(dialog.get_by_label("Service" if minutes == "30" else "Minutes")).to_be_focused()
    expect(dialog.get_by_label("Service")).to_have_accessible_description(re.compile("at most"))
    dialog.get_by_label("Service").fill("Massage")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(page.locator(".appointment").first).to_contain_text(re.compile("06:15.06:45"))
    expect(page.locator(".appointment").first).to_contain_text("Peter Vogt")


def test_a_session_that_is_booked_for_another_day_is_told_with_the_way_there(visitor: Visitor) -> None:
    """Who books it stays with the day that is shown."""
    page = visitor.goes_to("/#/day/2026-03-02")
    page.get_by_role("button", name="Book a session").click()
    page.get_by_role("dialog").get_by_role("combobox", name="Client").press_sequentially("vog")
    expect(selected(page)).to_have_text("Peter Vogt")
    page.keyboard.press("Enter")
    page.get_by_label("Day", exact=True).fill("2026-03-09")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, 2 March 2026")
    told = page.locator("p.notice")
    expect(told).to_have_text("Booked for Peter Vogt on Monday, 9 March 2026.")
    visitor.finds_nothing()
    told.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monday, 9 March 2026")
    expect(page.locator(".appointment")).to_contain_text(["Peter Vogt"])
    expect(told).to_have_count(0)


def test_a_session_whose_answer_was_lost_is_booked_once(visitor: Visitor) -> None:
    """It is told that nobody answered, and trying again does no harm."""
    lost: list[APIResponse] = []

    def lose(route: Route) -> None:
        if '"operationName":"Schedule"' in (route.request.post_data or "") and not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    visitor.expects = "ERR_FAILED"
    visitor.page.route("**/graphql", lose)
    page = visitor.goes_to("/#/clients")
    page.get_by_role("link", name=re.compile("Peter Vogt")).click()
    page.get_by_role("button", name="Book a session").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Time").fill("06:15")
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("The server could not be reached. Try again: it is done once")
    assert [answer.status for answer in lost] == [200]
    dialog.get_by_role("button", name="Book", exact=True).click()
    expect(dialog).to_have_count(0)
    sessions = page.get_by_role("region", name="Appointments").get_by_role("link")
    expect(sessions.filter(has_text="06:15")).to_have_count(1)
