"""Reading many boards at once leaves everybody else their turn."""

from datetime import date
from uuid import UUID

from models.board import BoardAggregate, BoardView
from models.boards import VIEWS_OF_A_TURN, read_boards
from tests.ticking import ticking

TODAY = date(2026, 3, 4)
PRACTICE = UUID(int=1)


async def test_others_have_their_turn_between_the_views() -> None:
    """After each so many, when it is found out what they list, and again when the boards are made."""
    views = [BoardView(days, 2) for days in range(5 * VIEWS_OF_A_TURN)]
    async with ticking() as ticks:
        boards = await read_boards(BoardAggregate(), views, practice_id=PRACTICE, today=TODAY)
        assert ticks.number == 2 * 5
    assert list(boards) == views
