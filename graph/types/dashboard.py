"""Dashboards: the practice's board, and a person's inbox."""

import strawberry

from graph.types.task import Task
from graph.types.tracker import Tracker


@strawberry.type(description="How many there are in the practice, listed on the board or not.")
class BoardCounts:
    """Reads a `models.board.BoardCounts`."""

    active: int = strawberry.field(description="Trackers in their period with sessions left.")
    limit_reached: int = strawberry.field(description="Trackers in their period with none left.")
    expired: int = strawberry.field(description="Trackers whose period has ended without an automatic reset.")
    upcoming: int = strawberry.field(description="Trackers that begin after today.")
    open_tasks: int = strawberry.field(description="Tasks still to do, whoever's they are.")


@strawberry.type(description="What a practice should look at. Removed trackers do not appear.")
class Board:
    """Reads a `models.boards.Board`."""

    revision: int = strawberry.field(
        description="Grows with every visible change of a client, and never goes back. A new day is an event, "
        "may change `endingSoon`, and leaves it as it is."
    )
    counts: BoardCounts = strawberry.field(description="How many trackers stand where, and how many tasks are open.")
    nearly_used: list[Tracker] = strawberry.field(
        description="ACTIVE trackers with few sessions left, least first: the first 100."
    )
    ending_soon: list[Tracker] = strawberry.field(
        description="Trackers in their period, whether or not they reset, that end soon, soonest first: the first 100."
    )
    expired: list[Tracker] = strawberry.field(description="EXPIRED trackers, latest end date first: the first 100.")


@strawberry.type(description="The open tasks of one staff member.")
class TaskInbox:
    """Reads a `models.inboxes.TaskInbox`."""

    open_count: int = strawberry.field(description="How many are open, listed or not.")
    tasks: list[Task] = strawberry.field(description="Newest first: the first 100.")
