"""Dashboards: a practice's board and a person's inbox, watched as they change."""

from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from models.access import Viewer
from models.board import BoardView
from models.boards import Board
from models.errors import Invalid, NotFound, refuse
from models.inboxes import TaskInbox
from resolvers.live.boards import BoardFeed
from resolvers.live.hub import Hub
from resolvers.live.inboxes import InboxFeed
from resolvers.live.source import Gone, Subscriber
from resolvers.permissions import Operation, authorize

# What a board's feed has read and heard is true for the hub through which it hears.
BOARDS: Final[WeakKeyDictionary[Hub, BoardFeed]] = WeakKeyDictionary()
INBOXES: Final = InboxFeed()


async def watch_board(*, viewer: Viewer, view: BoardView, hub: Hub) -> Subscriber[Board]:
    """Watch the practice's board: as it stands, then each visible change, at most one a second; the newest wins.

    Ends with the viewer's access. Raises Invalid for a view out of bounds.
    """
    authorize(viewer, Operation.BOARD)
    refuse(view.problems())
    return await hub.watch(BOARDS.setdefault(hub, BoardFeed()), view, viewer=viewer, known_revision=None)


async def watch_inbox(*, viewer: Viewer, assignee_id: UUID | None, hub: Hub) -> Subscriber[TaskInbox]:
    """Watch the open tasks of a staff member, active or not, or the viewer's own; the newest state wins.

    Ends with the viewer's access. Raises NotFound, and Invalid when a viewer who is no staff member names nobody.
    """
    authorize(viewer, Operation.TASK_INBOX)
    assignee_id = assignee_id or viewer.staff_member_id
    if assignee_id is None:
        raise Invalid("A system has no tasks of its own: pass the assigneeId of a person.", path=["assigneeId"])
    try:
        return await hub.watch(INBOXES, assignee_id, viewer=viewer, known_revision=None)
    except Gone as gone:
        raise NotFound("There is no such staff member in this practice.", path=["assigneeId"]) from gone
