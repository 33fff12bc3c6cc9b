"""The board of a practice: how many trackers stand where, and which to look at first; kept up by client. Pure."""

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from models.errors import DomainError, Invalid
from models.terms import TrackerState

DEFAULT_SOON_DAYS: Final = 14
DEFAULT_NEARLY_USED: Final = 2
LISTED: Final = 100
"""How many trackers each list of a board holds at most."""
MOST_SOON_DAYS: Final = 366
MOST_NEARLY_USED: Final = 1000
IN_PERIOD: Final = frozenset({TrackerState.ACTIVE, TrackerState.LIMIT_REACHED})


@dataclass(frozen=True, slots=True)
class BoardView:
    """What a viewer asks of a board: up to how many days ahead an end is soon, up to how many sessions left is few."""

    soon_days: int
    nearly_used: int

    def problems(self) -> list[DomainError]:
        """Return what is wrong with it, each problem with the argument at fault."""
        found: list[DomainError] = []
        if not 0 <= self.soon_days <= MOST_SOON_DAYS:
            found.append(Invalid(f"Look 0 to {MOST_SOON_DAYS} days ahead.", path=["soonDays"]))
        if not 0 <= self.nearly_used <= MOST_NEARLY_USED:
            found.append(Invalid(f"Ask for trackers with up to 0 to {MOST_NEARLY_USED:,} left.", path=["nearlyUsed"]))
        return found


@dataclass(frozen=True, slots=True)
class BoardTracker:
    """A tracker as far as a board's lists go by it. Ids are texts here: they compare faster than UUIDs."""

    id: str
    state: TrackerState
    remaining: int
    end_date: date | None


@dataclass(frozen=True, slots=True)
class BoardClient:
    """A client as of one revision: the trackers that are not removed, in slot order, and how many tasks are open."""

    revision: int
    open_tasks: int
    trackers: tuple[BoardTracker, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many trackers of the practice stand where, and how many tasks are open."""

    active: int
    limit_reached: int
    expired: int
    upcoming: int
    open_tasks: int


@dataclass(frozen=True, slots=True)
class BoardLists:
    """The ids of the trackers that one view lists, in order."""

    nearly_used: list[str]
    ending_soon: list[str]
    expired: list[str]


class Shelves:
    """Tracker ids by a whole number, found from the lowest number up; of one number in the order of their ids."""

    def __init__(self) -> None:
        self._ids: dict[int, list[str]] = {}

    def move(self, tracker_id: str, *, before: int | None, after: int | None) -> None:
        """Move an id from one number to another; None is off the shelves."""
        if before == after:
            return
        if before is not None:
            ids = self._ids[before]
            del ids[bisect_left(ids, tracker_id)]
            if not ids:
                del self._ids[before]
        if after is not None:
            insort(self._ids.setdefault(after, []), tracker_id)

    def first(self, *, least: int | None = None, most: int | None = None) -> list[str]:
        """Return the first `LISTED` ids whose numbers are not outside these bounds."""
        found: list[str] = []
        for place in sorted(self._ids):
            if (least is None or place >= least) and (most is None or place <= most):
                found += self._ids[place][: LISTED - len(found)]
            if len(found) == LISTED:
                break
        return found


@dataclass(slots=True)
class BoardAggregate:
    """All that any view of a practice's board is made of; a changed client costs what that client has.

    `revision` is the sum of the clients' revisions: it grows with every visible change and is the same wherever it is
    computed, as no client is ever deleted.
    """

    revision: int = 0
    _clients: dict[str, BoardClient] = field(default_factory=dict)
    _states: Counter[TrackerState] = field(default_factory=Counter)
    _open_tasks: int = 0
    _active: Shelves = field(default_factory=Shelves)
    _in_period: Shelves = field(default_factory=Shelves)
    _expired: Shelves = field(default_factory=Shelves)

    def put(self, client_id: str, client: BoardClient) -> None:
        """Take a client over as it stands."""
        before = self._clients.get(client_id, NOTHING)
        self._clients[client_id] = client
        self.revision += client.revision - before.revision
        self._open_tasks += client.open_tasks - before.open_tasks
        if client.trackers != before.trackers:
            gone = {tracker.id: tracker for tracker in before.trackers}
            for tracker in client.trackers:
                self._move(gone.pop(tracker.id, None), tracker)
            for tracker in gone.values():
                self._move(tracker, None)

    def revision_of(self, client_id: str) -> int:
        """Return the revision as of which a client is known."""
        return self._clients.get(client_id, NOTHING).revision

    @property
    def counts(self) -> BoardCounts:
        """How many there are of each, listed or not."""
        return BoardCounts(
            active=self._states[TrackerState.ACTIVE],
            limit_reached=self._states[TrackerState.LIMIT_REACHED],
            expired=self._states[TrackerState.EXPIRED],
            upcoming=self._states[TrackerState.UPCOMING],
            open_tasks=self._open_tasks,
        )

    def lists(self, view: BoardView, *, today: date) -> BoardLists:
        """Return what a view lists on a day."""
        soon = today + timedelta(days=view.soon_days)
        return BoardLists(
            nearly_used=self._active.first(most=view.nearly_used),
            ending_soon=self._in_period.first(least=today.toordinal(), most=soon.toordinal()),
            expired=self._expired.first(),
        )

    def _move(self, before: BoardTracker | None, after: BoardTracker | None) -> None:
        tracker = after or before
        assert tracker is not None, "something was there, or is"
        if before is not None:
            self._states[before.state] -= 1
        if after is not None:
            self._states[after.state] += 1
        places = zip((self._active, self._in_period, self._expired), _places(before), _places(after), strict=True)
        for shelves, old, new in places:
            shelves.move(tracker.id, before=old, after=new)


def _places(tracker: BoardTracker | None) -> tuple[int | None, int | None, int | None]:
    """Return the tracker's numbers among those that are active, those in their period, and those expired."""
    if tracker is None:
        return None, None, None
    end = None if tracker.end_date is None else tracker.end_date.toordinal()
    return (
        tracker.remaining if tracker.state is TrackerState.ACTIVE else None,
        end if tracker.state in IN_PERIOD else None,
        -end if end is not None and tracker.state is TrackerState.EXPIRED else None,
    )


NOTHING: Final = BoardClient(revision=0, open_tasks=0)
