"""A board's aggregate: kept up client by client, it is what a recount from scratch gives."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.board import LISTED, BoardAggregate, BoardClient, BoardCounts, BoardLists, BoardTracker, BoardView
from models.errors import ErrorCode
from models.terms import TrackerState

TODAY = date(2026, 3, 4)
STATES = [TrackerState.ACTIVE, TrackerState.LIMIT_REACHED, TrackerState.EXPIRED, TrackerState.UPCOMING]
clients = st.sampled_from(["a", "b", "c", "d"])
ends = st.none() | st.integers(-3, 5).map(lambda days: TODAY + timedelta(days=days))
shapes = st.tuples(st.sampled_from(STATES), st.integers(0, 4), ends)
standings = st.dictionaries(st.integers(1, 5), shapes, max_size=5)
changes = st.lists(st.tuples(clients, st.integers(0, 3), standings), max_size=20)
views = st.builds(BoardView, soon_days=st.integers(0, 4), nearly_used=st.integers(0, 3))


def one(
    name: str, state: TrackerState = TrackerState.ACTIVE, *, remaining: int = 1, end: date | None = None
) -> BoardTracker:
    """Return a tracker."""
    return BoardTracker(name, state, remaining, end)


def board_of(*trackers: BoardTracker) -> BoardAggregate:
    """Return an aggregate of clients with a tracker each."""
    aggregate = BoardAggregate()
    for tracker in trackers:
        aggregate.put(f"client of {tracker.id}", BoardClient(1, 0, (tracker,)))
    return aggregate


def recounted(known: Iterable[BoardClient], view: BoardView) -> tuple[int, BoardCounts, BoardLists]:
    """Return revision, counts and lists, counted and sorted from scratch."""
    known = list(known)
    trackers = [tracker for client in known for tracker in client.trackers]

    def count(state: TrackerState) -> int:
        return sum(1 for tracker in trackers if tracker.state is state)

    def listed(fits: Callable[[BoardTracker], bool], key: Callable[[BoardTracker], int]) -> list[str]:
        return [each.id for each in sorted(filter(fits, trackers), key=lambda each: (key(each), each.id))]

    def until_end(tracker: BoardTracker) -> int:
        return -1 if tracker.end_date is None else (tracker.end_date - TODAY).days

    active, limit_reached, expired, upcoming = map(count, STATES)
    open_tasks = sum(client.open_tasks for client in known)
    counts = BoardCounts(active, limit_reached, expired, upcoming, open_tasks)
    in_period = (TrackerState.ACTIVE, TrackerState.LIMIT_REACHED)
    lists = BoardLists(
        listed(
            lambda each: each.state is TrackerState.ACTIVE and each.remaining <= view.nearly_used,
            lambda each: each.remaining,
        ),
        listed(lambda each: each.state in in_period and 0 <= until_end(each) <= view.soon_days, until_end),
        listed(
            lambda each: each.state is TrackerState.EXPIRED and each.end_date is not None, lambda each: -until_end(each)
        ),
    )
    return sum(client.revision for client in known), counts, lists


@given(changes=changes, view=views)
def test_what_is_kept_up_is_what_a_recount_gives(
    changes: list[tuple[str, int, dict[int, tuple[TrackerState, int, date | None]]]], view: BoardView
) -> None:
    """Whatever changes in whatever order: trackers come, move, change state and go; after each change."""
    aggregate, known = BoardAggregate(), dict[str, BoardClient]()
    for revision, (name, open_tasks, standing) in enumerate(changes, start=1):
        trackers = tuple(BoardTracker(f"{name}{number}", *shape) for number, shape in standing.items())
        known[name] = BoardClient(revision, open_tasks, trackers)
        aggregate.put(name, known[name])
        found = (aggregate.revision, aggregate.counts, aggregate.lists(view, today=TODAY))
        assert found == recounted(known.values(), view)


def test_few_sessions_left_is_of_those_that_have_some() -> None:
    """One whose limit is reached has none left, and is counted; nothing can be done in time any more."""
    reached = one("reached", TrackerState.LIMIT_REACHED, remaining=0)
    board = board_of(one("two", remaining=2), one("three", remaining=3), reached, one("one", remaining=1))
    assert board.lists(BoardView(14, 2), today=TODAY).nearly_used == ["one", "two"]
    assert board.counts == BoardCounts(active=3, limit_reached=1, expired=0, upcoming=0, open_tasks=0)


def test_an_end_is_soon_from_today_up_to_so_many_days_ahead() -> None:
    """Both days included, whether or not the limit is reached; one that has not begun is not in its period."""
    days = {
        name: TODAY + timedelta(days=number) for name, number in (("past", -1), ("now", 0), ("on", 3), ("after", 4))
    }
    board = board_of(*(one(name, end=end) for name, end in days.items()))
    board.put("c", BoardClient(1, 0, (one("reached", TrackerState.LIMIT_REACHED, end=days["now"]),)))
    board.put("d", BoardClient(1, 0, (one("begins later", TrackerState.UPCOMING, end=days["on"]),)))
    assert board.lists(BoardView(3, 0), today=TODAY).ending_soon == ["now", "reached", "on"]
    assert board.lists(BoardView(0, 0), today=TODAY).ending_soon == ["now", "reached"]
    assert board.lists(BoardView(0, 0), today=TODAY + timedelta(days=3)).ending_soon == ["on"]


def test_lists_hold_the_first_hundred_and_counts_tell_of_all() -> None:
    """The one with least left is among them, however late it came."""
    board = board_of(*(one(f"{number:03}", remaining=2) for number in range(150)), one("late", remaining=1))
    assert board.lists(BoardView(14, 2), today=TODAY).nearly_used == ["late", *(f"{each:03}" for each in range(99))]
    assert (board.counts.active, LISTED) == (151, 100)


@pytest.mark.parametrize(
    ("view", "at_fault"),
    [
        (BoardView(0, 0), []),
        (BoardView(366, 1000), []),
        (BoardView(-1, 2), ["soonDays"]),
        (BoardView(367, 2), ["soonDays"]),
        (BoardView(14, -1), ["nearlyUsed"]),
        (BoardView(400, 1001), ["soonDays", "nearlyUsed"]),
    ],
)
def test_a_view_keeps_within_bounds(view: BoardView, at_fault: list[str]) -> None:
    """What is outside them is refused, each argument by its name."""
    assert [(problem.code, *problem.path) for problem in view.problems()] == [
        (ErrorCode.INVALID, name) for name in at_fault
    ]
