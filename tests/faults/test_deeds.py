"""What the front desk knows once a deed was confirmed."""

from uuid import UUID

import pytest

from tests.faults.deeds import SET, TASK_DONE, WISHES, after_a_look
from tests.faults.plan import Deed, Does
from tests.faults.practice import Person, Practice

PERSON = Person("client", ["appointment"], ["tracker"])
PRACTICE = Practice(UUID(int=1), ["a token"], "assignee", [PERSON])


@pytest.mark.parametrize("does", sorted(set(Does) - {Does.REORDER, Does.DO_TASK}))
def test_every_deed_leaves_a_fact(does: Does) -> None:
    """Something that must be on record from then on."""
    assert WISHES[does](Deed(0.5, 0, does, 1, 2), PERSON, PRACTICE).facts


def test_a_tracker_that_was_set_is_known_by_its_note() -> None:
    """It has no id before it is there."""
    wish = WISHES[Does.SET_TRACKER](Deed(0.5, 0, Does.SET_TRACKER, 1, 2), PERSON, PRACTICE)
    assert wish.input["note"] == "Set 0.5 for client"
    assert wish.facts == {("Set 0.5 for client", SET): True}


def test_a_task_that_was_done_was_done() -> None:
    """Whatever becomes of it later."""
    seen = {"tasks": [{"id": "first"}, {"id": "second"}], "trackers": []}
    wish = after_a_look(Deed(0.5, 0, Does.DO_TASK, 1, 2), PERSON, seen)
    assert wish is not None
    assert wish.input == {"taskId": "second"}
    assert wish.facts == {("second", TASK_DONE): True}
