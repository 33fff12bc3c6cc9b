"""Who is behind the record while it changes, and for how long."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.faults.dialogs import Dialog
from tests.faults.readings import Readings
from tests.faults.sockets import Socket


def dialog(*shown: Mapping[str, Any], gone: bool = False) -> Dialog:
    """Return a dialog that has been sent these banners."""
    opened = Dialog("A", "a token", ["http://127.0.0.1:1"], 0, Socket)
    for banner in shown:
        opened.show({"data": {"appointmentBanner": {**banner, "reason": "COMPLETION"}}})
    if gone:
        opened.refuse([{"extensions": {"code": "NOT_FOUND"}}])
    return opened


def banner(revision: int, *, more: int) -> Mapping[str, Any]:
    """Return a banner."""
    return {"revision": revision, "moreCount": more}


@pytest.mark.parametrize(
    ("seen", "record"),
    [
        (dialog(banner(4, more=1)), {"A": banner(4, more=1)}),
        (dialog(banner(4, more=1)), {"A": banner(6, more=1)}),
        (dialog(banner(7, more=2)), {"A": banner(6, more=1)}),
        (dialog(gone=True), {}),
        (dialog(banner(4, more=1), gone=True), {"A": banner(6, more=2)}),
    ],
    ids=["the-same", "nothing-visible-changed", "newer", "gone", "gone-since"],
)
def test_what_shows_the_reading_or_is_newer_has_caught_up(seen: Dialog, record: Mapping[str, Any]) -> None:
    """At once."""
    readings = Readings([seen])
    readings.add(record, since=10.0, for_all=True)
    readings.glance(now=10.25)
    assert (readings.behind, readings.contradictions, readings.longest) == ([], [], 0.25)


@pytest.mark.parametrize(
    ("seen", "record", "told"),
    [
        (dialog(), {"A": banner(6, more=1)}, "A: it shows nothing"),
        (dialog(banner(4, more=1)), {}, "A: it has not been told that its appointment is gone"),
        (
            dialog(banner(4, more=1)),
            {"A": banner(6, more=2)},
            "A: revision 4, on record 6: moreCount 1, right 2",
        ),
    ],
    ids=["nothing", "not-gone", "older"],
)
def test_what_shows_less_than_the_reading_is_behind(seen: Dialog, record: Mapping[str, Any], told: str) -> None:
    """For as long as it does."""
    readings = Readings([seen])
    readings.add(record, since=10.0, for_all=True)
    readings.glance(now=10.25)
    assert (readings.behind, readings.contradictions, readings.longest) == ([told], [], 0.0)


def test_each_reading_has_a_time_of_its_own() -> None:
    """A later reading does not excuse who was behind an earlier one."""
    seen = dialog(banner(4, more=1))
    readings = Readings([seen])
    readings.add({"A": banner(5, more=2)}, since=10.0, for_all=True)
    readings.glance(now=11.0)
    readings.add({"A": banner(6, more=3)}, since=12.0, for_all=True)
    seen.show({"data": {"appointmentBanner": {**banner(5, more=2), "reason": "COMPLETION"}}})
    readings.glance(now=12.5)
    assert readings.behind == ["A: revision 5, on record 6: moreCount 2, right 3"]
    assert readings.longest == 2.5


def test_what_shows_a_later_reading_has_got_past_the_earlier_ones() -> None:
    """A change that was undone before it was pushed is never shown, and the revision that is shown stays behind."""
    readings = Readings([dialog(banner(4, more=1))])
    readings.add({"A": banner(5, more=2)}, since=10.0, for_all=True)
    readings.glance(now=10.25)
    readings.add({"A": banner(6, more=1)}, since=10.5, for_all=True)
    readings.glance(now=10.75)
    assert (readings.behind, readings.longest) == ([], 0.75)


def test_late_readings_are_for_those_that_are_behind() -> None:
    """The others have shown what they had to."""
    seen, late = dialog(banner(5, more=2)), dialog(banner(4, more=1))
    readings = Readings([seen, late])
    readings.add({"A": banner(5, more=2)}, since=10.0, for_all=True)
    readings.glance(now=10.25)
    readings.add({"A": banner(6, more=3)}, since=12.5, for_all=False)
    assert readings.behind == [
        "A: revision 4, on record 5: moreCount 1, right 2",
        "A: revision 4, on record 6: moreCount 1, right 3",
    ]
    late.show({"data": {"appointmentBanner": {**banner(6, more=3), "reason": "COMPLETION"}}})
    readings.glance(now=12.75)
    assert (readings.behind, readings.longest) == ([], 2.75)


def test_another_content_at_the_same_revision_is_a_contradiction() -> None:
    """It does not count as being behind only, to be mended by what comes next."""
    readings = Readings([dialog(banner(6, more=1))])
    readings.add({"A": banner(6, more=2)}, since=10.0, for_all=True)
    readings.glance(now=10.25)
    assert readings.contradictions == ["A: revision 6, on record 6: moreCount 1, right 2"]
