"""What dashboards show: a practice's board. All boards of a practice in this process are made of one aggregate."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from jobs.bus import Hint, Topic, practice_topic
from jobs.rollover import bring_practice_up_to_date
from models.access import within
from models.board import BoardAggregate, BoardView
from models.boards import Board, read_all_clients, read_boards, read_clients
from models.calendar import ONE_DAY, first_instant, local_date, zone_named
from models.clients import Client
from models.practices import Practice
from models.terms import ChangeReason
from resolvers.live.feed import Feed, Reading
from resolvers.permissions import Operation


class BoardFeed(Feed[BoardView, Board]):
    """Boards, by what is asked of them. One process has one, as it holds what has been read and heard."""

    operation: ClassVar[Operation] = Operation.BOARD
    pace: ClassVar[float] = 1.0

    def __init__(self) -> None:
        self._open: dict[UUID, OpenPractice] = {}

    async def locate(self, subjects: Collection[BoardView], *, practice_id: UUID) -> Mapping[BoardView, Topic]:
        """Return the practice's topic, on which all its clients are heard of."""
        return dict.fromkeys(subjects, practice_topic(practice_id))

    async def read(
        self, subjects: Collection[BoardView], *, practice_id: UUID, now: datetime
    ) -> Mapping[BoardView, Reading[Board] | None]:
        """Return the boards, which change again by themselves at the practice's midnight."""
        if (practice := self._open.get(practice_id)) is None:
            return {}  # The last one has just been closed.
        zone = zone_named((await Practice.get(id=practice_id)).time_zone)
        today, topic = local_date(now, zone=zone), practice_topic(practice_id)
        aggregate = await practice.up_to_date(now=now)
        boards = await read_boards(aggregate, subjects, practice_id=practice_id, today=today)
        midnight = first_instant(today + ONE_DAY, zone=zone)
        return {
            view: Reading(board, board.revision, ChangeReason.CORRECTION, topic, due_at=midnight)
            for view, board in boards.items()
        }

    def differs(self, new: Board, shown: Board) -> bool:
        """Tell whether anything of any client changed, or the day did.

        The revision grows with every visible change of a client, and is itself shown: who watches it alone hears of
        each. It does not count a new day, on which the board may list others.
        """
        return (new.today, new.revision) != (shown.today, shown.revision)

    def opened(self, subject: BoardView, *, practice_id: UUID) -> None:
        """Keep up the practice's aggregate from now on."""
        self._open.setdefault(practice_id, OpenPractice(practice_id)).views.add(subject)

    def heard(self, subject: BoardView, hint: Hint | None, *, practice_id: UUID) -> None:  # noqa: ARG002
        """Note which client to read again; all of them after a gap."""
        if practice := self._open.get(practice_id):
            practice.hear(hint)

    def closed(self, subject: BoardView, *, practice_id: UUID) -> None:
        """Forget the practice when this was the last of its boards."""
        if practice := self._open.get(practice_id):
            practice.views.discard(subject)
            if not practice.views:
                del self._open[practice_id]


class OpenPractice:
    """A practice of which boards are open: their aggregate, and the clients to be read again."""

    def __init__(self, practice_id: UUID) -> None:
        self.views: set[BoardView] = set()
        self._practice_id = practice_id
        self._aggregate: BoardAggregate | None = None
        self._changed: set[str] = set()

    def hear(self, hint: Hint | None) -> None:
        """Note a client that changed; None when others may have."""
        if hint is None:
            self._aggregate = None
        else:
            self._changed.add(str(hint.client_id))

    async def up_to_date(self, *, now: datetime) -> BoardAggregate:
        """Return the aggregate, all clients settled and those heard of read again."""
        await self._settle(now=now)
        changed, self._changed = self._changed, set()
        try:
            if (aggregate := self._aggregate) is None:
                aggregate = self._aggregate = BoardAggregate()
                await read_all_clients(aggregate, practice_id=self._practice_id)
            else:
                await read_clients(aggregate, changed, practice_id=self._practice_id)
        except BaseException:
            self._aggregate = None
            raise
        return aggregate

    async def _settle(self, *, now: datetime) -> None:
        due = within(Client, practice_id=self._practice_id).filter(due_at__lte=now).only("id")
        if rows := await due:
            await bring_practice_up_to_date(self._practice_id, now=now)
            self._changed.update(str(row.id) for row in rows)
