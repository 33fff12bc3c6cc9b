"""A plan keeps a selection for each set of variables that decides what is selected, and each gives what it should."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.limits.documents import documents_of
from graph.live import plans
from graph.live.plans import Plan, Plans
from models.board import BoardCounts
from models.boards import Board
from models.inboxes import TaskInbox
from models.limits import LimitSettings
from tests.graph.live.banner import SIGHT
from tests.graph.live.documents import Case, cases
from tests.graph.live.projecting import SCHEMA, executed, written

CHOOSING = """subscription ($id: ID!, $a: Boolean!) { appointmentBanner(appointmentId: $id) { reason %s } }
  fragment Shown on Banner { number: revision @include(if: $a) ...Deep @skip(if: $a) }
  fragment Deep on Banner { trackers { count: used } }"""
TWICE = """subscription ($id: ID!, $a: Boolean!, $b: Boolean!) { appointmentBanner(appointmentId: $id) {
  revision @include(if: $a) trackers { used @skip(if: $b) } ... @include(if: $b) { moreCount } } }"""
TASKS = """subscription ($id: ID!, $s: TaskStatus!, $day: Date) { clientTrackers(clientId: $id) { revision
  tasks(status: [OPEN, $s]) { id } ...Booked } }
  fragment Booked on Client { appointments(from: $day) { nodes { id } } }"""
BOARD = """subscription ($a: Boolean!, $soon: Int) { board(soonDays: $soon) { __typename number: revision
  counts @include(if: $a) { active ...Others } counts { done: limitReached } } }
  fragment Others on BoardCounts { expired upcoming openTasks __typename }"""
INBOX = """subscription ($a: Boolean!, $of: ID) { taskInbox(assigneeId: $of) {
  count: openCount ...@skip(if: $a) { openCount __typename } } }"""


def plan_of(text: str) -> Plan:
    """Return the plan of a valid subscription."""
    plan = Plans(SCHEMA, documents_of(SCHEMA._schema, LimitSettings())).of(text, None)
    assert plan is not None
    return plan


def answer(plan: Plan, event: object, **variables: Any) -> str:
    """Return what the plan's projection makes of an event, which is what graphql-core does."""
    projection = plan.selection(variables).projection
    expected = executed(plan.document, event, variables)
    assert projection is not None
    assert expected.errors is None
    assert written(projection(event)) == written(expected.data)
    return written(projection(event))


@settings(max_examples=60, deadline=None)
@given(case=cases(), flips=st.lists(st.booleans(), min_size=2, max_size=2))
def test_one_plan_equals_the_execution_for_each_set_of_variables(case: Case, flips: list[bool]) -> None:
    """On random documents, whichever variables came first, and again when they come back."""
    plan = plan_of(case.text)
    flags = {name: value for name, value in case.variables.items() if isinstance(value, bool)}
    flipped = {name: value ^ flip for (name, value), flip in zip(sorted(flags.items()), flips, strict=False)}
    for variables in (case.variables, {**case.variables, **flipped}, case.variables):
        answer(plan, case.banner, **variables)


@pytest.mark.parametrize(
    ("selected", "on", "off"),
    [
        ("few: moreCount @include(if: $a)", '"few": 0', None),
        ("few: moreCount @skip(if: $a)", None, '"few": 0'),
        ("... @include(if: $a) { moreCount }", '"moreCount": 0', None),
        ("trackers { used @include(if: $a) }", '"trackers": [{"used": 4}]', '"trackers": [{}]'),
        ("...Shown", '"number": 7', '"trackers": [{"count": 4}]'),
    ],
)
def test_variables_of_directives_tell_selections_apart(selected: str, on: str | None, off: str | None) -> None:
    """On a field, a fragment without a name, below a field, in a fragment, and on a fragment within one."""
    text = CHOOSING % selected
    plan = plan_of(text if "...Shown" in selected else text.partition("fragment")[0])
    for flag, shown in ((True, on), (False, off)):
        banner = '{"reason": "RESET"' + (f", {shown}" if shown else "") + "}"
        assert answer(plan, SIGHT, id="x", a=flag) == f'{{"appointmentBanner": {banner}}}'


def test_two_variables_make_four_selections() -> None:
    """Each value counts, together with the name of its variable."""
    plan = plan_of(TWICE)
    seen = {(a, b): answer(plan, SIGHT, id="x", a=a, b=b) for a in (True, False) for b in (True, False)}
    assert [text.removeprefix('{"appointmentBanner": ').removesuffix("}") for text in seen.values()] == [
        '{"revision": 7, "trackers": [{}], "moreCount": 0}',
        '{"revision": 7, "trackers": [{"used": 4}]}',
        '{"trackers": [{}], "moreCount": 0}',
        '{"trackers": [{"used": 4}]}',
    ]


def test_variables_of_the_root_fields_arguments_alone_do_not_tell_apart() -> None:
    """They say what is watched, not what is made of it."""
    plan = plan_of(TWICE)
    assert plan.selection({"id": "x", "a": True, "b": True}) is plan.selection({"b": True, "a": True, "id": "y"})


@pytest.mark.parametrize("other", [{"s": "DONE"}, {"day": "2026-03-05"}, {"day": None}])
def test_variables_within_a_value_and_in_a_fragments_arguments_tell_apart(other: dict[str, object]) -> None:
    """Also where graphql-core has to execute: an event is executed once for each."""
    plan = plan_of(TASKS)
    given: dict[str, object] = {"id": "x", "s": "OPEN", "day": "2026-03-04"}
    assert plan.selection(given).projection is None
    assert plan.selection(given) is plan.selection({**given, "id": "y"})
    assert plan.selection(given) is not plan.selection({**given, **other})


@pytest.mark.parametrize("flag", [True, False])
def test_boards_and_inboxes_equal_the_execution(flag: bool) -> None:
    """As far as they are made of plain attributes."""
    counts = BoardCounts(active=5, limit_reached=4, expired=3, upcoming=2, open_tasks=1)
    others = '"active": 5, "expired": 3, "upcoming": 2, "openTasks": 1, "__typename": "BoardCounts", '
    assert answer(plan_of(BOARD), Board(date(2026, 3, 4), 9, counts, [], [], []), a=flag, soon=3) == (
        '{"board": {"__typename": "Board", "number": 9, "counts": {' + (others if flag else "") + '"done": 4}}}'
    )
    others = "" if flag else ', "openCount": 2, "__typename": "TaskInbox"'
    assert answer(plan_of(INBOX), TaskInbox(2, []), a=flag) == '{"taskInbox": {"count": 2' + others + "}}"


@pytest.mark.parametrize(
    "text",
    [
        "subscription { board { revision nearlyUsed { id } } }",
        "subscription { board { revision expired { client { name } } } }",
        "subscription { taskInbox { openCount tasks { title } } }",
    ],
)
def test_the_rows_of_boards_and_inboxes_are_left_to_graphql_core(text: str) -> None:
    """They are nodes, with loaders behind them."""
    assert plan_of(text).selection(None).projection is None


def test_however_many_variables_come_few_selections_are_kept() -> None:
    """Who makes up values cannot fill the memory; what was forgotten is made again."""
    plan = plan_of(TASKS)
    first = plan.selection({"id": "x", "s": "OPEN", "day": "first"})
    for number in range(plans.SELECTIONS):
        plan.selection({"id": "x", "s": "OPEN", "day": f"day {number}"})
    assert len(plan._selections) <= plans.SELECTIONS
    assert plan.selection({"id": "x", "s": "OPEN", "day": "first"}) is not first


def test_each_further_selection_counts_until_it_is_accounted_for() -> None:
    """The first is counted with its document; as ten operations, or as much as to read a long document."""
    for text, weight in ((TWICE, 10), (TWICE + " #" + "x" * 2000, 21)):
        plan = plan_of(text)
        both, one = {"id": "x", "a": True, "b": True}, {"id": "x", "a": True, "b": False}
        assert plan.weight(both) == 0
        plan.account_for(both)
        assert [plan.weight(each) for each in (both, {**both, "id": "y"}, one)] == [0, 0, weight]
        plan.account_for(one)
        assert plan.weight(one) == 0
        answer(plan, SIGHT, **one)
        plan.account_for(one)
        assert plan.selection(one) is plan.selection(one)


def test_selections_that_are_accounted_for_are_few_too() -> None:
    """Whoever has them counted cannot fill the memory."""
    plan = plan_of(TASKS)
    for number in range(plans.SELECTIONS + 1):
        plan.account_for({"id": "x", "s": "OPEN", "day": f"day {number}"})
    assert len(plan._selections) == 1


@pytest.mark.parametrize("odd", [10**30, "\ud800", {"b": [None], "a": 1.5}])
def test_variables_that_are_not_acceptable_are_told_apart_all_the_same(odd: object) -> None:
    """They are counted before they are looked at."""
    plan = plan_of(TASKS)
    plan.account_for({"id": "x", "s": "OPEN"})
    assert plan.weight({"id": "x", "s": odd}) == 10


@pytest.mark.parametrize("text", ["subscription {", "{ viewer { role } }", "subscription { nobody }", ""])
def test_what_is_no_valid_subscription_has_no_plan(text: str) -> None:
    """The library tells what is wrong with it."""
    assert Plans(SCHEMA, documents_of(SCHEMA._schema, LimitSettings())).of(text, None) is None


def test_plans_are_forgotten_with_their_documents() -> None:
    """However many come, unless somebody watches by one: whoever comes later shares it."""
    made = Plans(SCHEMA, documents_of(SCHEMA._schema, LimitSettings()))
    text = "subscription { board { revision } } #" + "x" * 20_000
    watched = made.of(text, None)
    for number in range(40):
        assert made.of(f"{text}{number}", None) is not None
    assert len(made._plans) < 20
    assert made.of(text, None) is watched
