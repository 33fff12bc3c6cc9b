"""A client's profile: trackers are added, edited, removed and put in order, and everybody sees it at once."""

import re

from playwright.sync_api import Locator, Page, expect

from models.tracker_settings import MAX_LIMIT
from tests.browser.conftest import Arrives
from tests.browser.visitor import Visitor

INSURER = "Insurer: five sessions, then ask"
YEARLY = "Supplementary insurance, per year"


def opens_profile(visitor: Visitor, name: str = "Mara Keller") -> Page:
    """Go to a client by the list of all."""
    page = visitor.goes_to("/#/clients")
    page.get_by_role("link", name=re.compile(name)).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    visitor.is_live()
    return page


def card(page: Page, note: str) -> Locator:
    """Find a tracker by its note."""
    return page.locator(".card", has_text=note)


def adds(page: Page, note: str) -> None:
    """Add a tracker as the dialog proposes it."""
    page.get_by_role("button", name="+ add tracker").click()
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Add tracker", exact=True).click()
    expect(card(page, note)).to_be_visible()


def test_a_tracker_is_added_edited_and_removed(arrives: Arrives) -> None:
    """With every setting; another window follows at each step, and says so."""
    desk, clinician = arrives(), arrives()
    page, other = opens_profile(desk), opens_profile(clinician)
    page.get_by_role("button", name="+ add tracker").click()
    page.get_by_label("Session limit", exact=True).fill("2")
    page.get_by_label("Begin date").fill("9999-06-01")
    expect(page.get_by_role("button", name="End date: One year")).to_have_count(0)
    page.get_by_label("Begin date").fill("2026-01-01")
    page.get_by_role("button", name="End date: End of the year").click()
    page.get_by_label("Note").fill("Referral Dr. Stein")
    page.get_by_label("Pink").check()
    page.get_by_label("Create a task").select_option(label="whichever comes first, the count or the end date")
    page.get_by_label("For", exact=True).select_option(label="Nora Brandt")
    page.get_by_label("Reset automatically after the end date").check()
    page.get_by_role("button", name="Add tracker", exact=True).click()
    for seen in (card(page, "Referral"), card(other, "Referral")):
        expect(seen).to_have_attribute("data-state", "LIMIT_REACHED")
        expect(seen).to_contain_text("4 of 2 used, 2 over")
        expect(seen).to_contain_text("1 January 2026 to 31 December 2026 · resets automatically on 1 January 2027")
        expect(seen).to_contain_text("Task for Nora Brandt whichever comes first")
    expect(other.get_by_text("session limit of 2 reached")).to_be_visible()

    page.get_by_role("button", name="Edit Referral").click()
    page.get_by_label("Session limit", exact=True).fill("9")
    page.get_by_label("Create a task").select_option(label="no task")
    page.get_by_role("button", name="Save").click()
    expect(card(other, "Referral")).to_contain_text("4 of 9 used, 5 left")
    expect(card(other, "Referral")).to_contain_text("No task")
    expect(card(other, "Referral").locator(".changed")).to_be_visible()
    expect(other.locator("[aria-live]", has_text="Referral Dr. Stein: 4 of 9 used, 5 left.")).to_have_count(1)
    expect(page.get_by_role("button", name="Edit Referral")).to_be_focused()

    page.get_by_role("button", name="Remove Referral").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("It stands at 4 of 9 used, 5 left")
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.get_by_role("button", name="Remove tracker").click()
    expect(card(other, "Referral")).to_have_count(0)
    expect(page.get_by_role("heading", name="Trackers")).to_be_focused()


def test_what_is_refused_is_told_beside_its_field(visitor: Visitor) -> None:
    """In the API's words, for all fields at once; the first of them has the focus, and nothing is lost."""
    page = opens_profile(visitor)
    page.get_by_role("button", name="+ add tracker").click()
    limit, end = page.get_by_label("Session limit", exact=True), page.get_by_label("End date", exact=True)
    expect(limit).to_have_attribute("max", str(MAX_LIMIT))
    expect(end).to_have_accessible_description("May be left out.")
    limit.fill("0")
    page.get_by_label("Note").fill("Kept")
    page.get_by_label("Reset automatically after the end date").check()
    page.get_by_role("button", name="Add tracker", exact=True).click()
    expect(limit).to_have_accessible_description("The session limit is at least 1.")
    expect(end).to_have_accessible_description("An automatic reset needs an end date.")
    expect(limit).to_be_focused()
    limit.fill("3")
    end.fill("2020-01-01")
    page.get_by_role("button", name="Add tracker", exact=True).click()
    expect(end).to_have_accessible_description("The end date is not before the begin date.")
    expect(end).to_be_focused()
    visitor.finds_nothing()
    page.get_by_role("button", name="End date: One year").click()
    page.get_by_role("button", name="Add tracker", exact=True).click()
    expect(card(page, "Kept")).to_contain_text("0 of 3 used, 3 left")


def test_what_somebody_else_edited_meanwhile_is_not_written_over(arrives: Arrives) -> None:
    """The second of two who edit the same tracker is told, and can save what they changed over the newest."""
    desk, clinician = arrives(), arrives()
    page, other = opens_profile(desk), opens_profile(clinician)
    for each in (page, other):
        each.get_by_role("button", name=f"Edit {INSURER}").click()
        expect(each.get_by_label("Note")).to_have_value(INSURER)
    page.get_by_label("Note").fill("Mine")
    page.get_by_label("Session limit", exact=True).fill("8")
    page.get_by_role("button", name="Save").click()
    expect(card(page, "Mine")).to_be_visible()
    other.get_by_label("Note").fill("Theirs")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_role("alert")).to_contain_text("Somebody else edited this tracker")
    other.get_by_role("button", name="Take over the newest").click()
    expect(other.get_by_role("dialog").get_by_role("status")).to_contain_text("with what you changed kept over it")
    expect(other.get_by_role("alert")).to_have_count(0)
    expect(other.get_by_label("Note")).to_have_value("Theirs")
    expect(other.get_by_label("Session limit", exact=True)).to_have_value("8")
    expect(other.get_by_role("button", name="Save")).to_be_focused()
    clinician.finds_nothing()
    other.keyboard.press("Enter")
    expect(card(other, "Theirs")).to_contain_text("4 of 8 used, 4 left")


def test_trackers_are_put_in_order_by_keyboard_and_by_mouse(visitor: Visitor) -> None:
    """The keyboard's focus goes along; the order is the one that a newcomer sees."""
    visitor.page.set_viewport_size({"width": 1280, "height": 1000})
    page = opens_profile(visitor)
    adds(page, "Third")
    cards = page.locator(".card")
    expect(cards).to_contain_text([INSURER, YEARLY, "Third"])
    up = page.get_by_role("button", name="Move up Third")
    up.focus()
    page.keyboard.press("Enter")
    expect(cards).to_contain_text([INSURER, "Third", YEARLY])
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(cards).to_contain_text(["Third", INSURER, YEARLY])
    expect(up).to_be_focused()
    expect(page.locator("[aria-live]", has_text="Moved to place 1 of 3.")).to_have_count(1)

    grip, last = card(page, "Third").locator(".grip").bounding_box(), card(page, YEARLY).bounding_box()
    assert grip
    assert last
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, last["y"] + last["height"], steps=10)
    expect(page.locator(".dragged")).to_have_count(1)
    page.mouse.up()
    expect(cards).to_contain_text([INSURER, YEARLY, "Third"])
    expect(page.locator(".dragged")).to_have_count(0)
    page.reload()
    expect(cards).to_contain_text([INSURER, YEARLY, "Third"])


def test_the_eighth_tracker_is_the_last(visitor: Visitor) -> None:
    """The button says why it does nothing; with one removed it works again."""
    page = opens_profile(visitor)
    for number in range(3, 9):
        adds(page, f"Number {number}")
    add = page.get_by_role("button", name="+ add tracker")
    expect(add).to_be_disabled()
    expect(add).to_have_accessible_description("A client has at most 8 trackers: remove one to add another.")
    visitor.finds_nothing()
    page.get_by_role("button", name="Remove Number 5").click()
    page.get_by_role("button", name="Remove tracker").click()
    expect(card(page, "Number 5")).to_have_count(0)
    expect(add).to_be_enabled()


def test_periods_that_are_over_can_be_looked_at(visitor: Visitor) -> None:
    """The demo clock ends one, with its task, under the eyes of who looks."""
    page = opens_profile(visitor)
    expect(card(page, INSURER)).to_contain_text("4 of 5 used, 1 left")
    page.get_by_role("button", name=f"Periods of {INSURER}").click()
    rows = page.get_by_role("table", name=f"Periods of {INSURER}").get_by_role("row")
    expect(rows).to_contain_text(["Period", "4 of 5 used, 1 left"])
    page.get_by_role("button", name="Next week").click()
    expect(card(page, INSURER)).to_contain_text("0 of 5 used, 5 left")
    expect(rows).to_contain_text(["Period", "0 of 5 used, 5 left", "4 of 5 used, 1 left"])
    expect(rows.nth(2)).to_contain_text("To do (Luca Moretti)")


def test_who_changed_a_tracker_can_be_looked_at(visitor: Visitor) -> None:
    """When, and from what to what; a change shows while somebody looks."""
    page = opens_profile(visitor)
    page.get_by_role("button", name=f"History of {INSURER}").click()
    rows = page.get_by_role("table", name=f"History of {INSURER}").get_by_role("row")
    expect(rows).to_contain_text(["Change", "Counted: 4 used, 1 left, active.", "Set: session limit 5, begin date"])
    expect(rows.nth(2)).to_contain_text("task for Luca Moretti whichever comes first")
    page.get_by_role("button", name=f"Edit {INSURER}").click()
    page.get_by_label("Session limit", exact=True).fill("4")
    page.get_by_role("button", name="Save").click()
    expect(rows).to_contain_text(
        [
            "Change",
            "Counted: 4 used, 0 left, limit reached.",
            "Edited: session limit from 5 to 4.",
            "Counted: 4 used, 1 left, active.",
            "Set:",
        ]
    )
    expect(rows.nth(2).get_by_role("cell").last).to_have_text("Luca Moretti")
    visitor.finds_nothing()
    page.get_by_role("button", name=f"Periods of {INSURER}").click()
    expect(rows).to_have_count(0)


def test_who_may_only_look_is_offered_nothing_else(visitor: Visitor) -> None:
    """On no screen, and the periods can be seen, as can the tasks of others."""
    page = visitor.opens("Mara Keller")
    page.get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("Limit reached")).to_be_visible()
    opens_profile(visitor)
    page.get_by_label("Role").select_option(label="Read only")
    expect(page.get_by_role("button", name="+ add tracker")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("button")).to_have_text(
        ["Periods", "History", "Periods", "History", "Earlier ones"]
    )
    expect(page.locator(".grip")).to_have_count(0)
    for screen in ("clients", "board", "tasks"):
        visitor.goes_to(f"/#/{screen}")
        expect(page.get_by_role("heading", level=1)).to_have_text(screen.capitalize())
        expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    page.get_by_label("Whose").select_option(label="Luca Moretti")
    task = page.get_by_role("region", name="To do (1)").get_by_role("listitem")
    expect(task).to_contain_text("Mara Keller: session limit of 5 reached")
    expect(task.get_by_role("button").or_(task.get_by_role("combobox"))).to_have_count(0)
