"""Turns: little together, much alone, and each viewer in turn."""

import asyncio

from graph.live.turns import Turns
from tests.ticking import Ticks, ticking

MOST = 10


class Work:
    """What was done by whom, and in which turn of the loop."""

    def __init__(self, ticks: Ticks) -> None:
        self.turns = Turns(together=MOST)
        self.done: list[str] = []
        self.at: list[int] = []
        self._ticks = ticks

    async def do(self, cost: int, *, by: str = "desk") -> None:
        """Do something that takes no time, when its turn comes."""
        async with self.turns.taken(cost, by=by):
            self.done.append(by)
            self.at.append(self._ticks.number)


async def test_what_costs_much_is_alone_in_its_turn_of_the_loop() -> None:
    """Also where it never waits for anything, and also where one alone is beyond what is done together."""
    for cost in (6, MOST, 1000):
        async with ticking() as ticks:
            work = Work(ticks)
            await asyncio.gather(*(work.do(cost) for _ in range(5)))
        assert len(set(work.at)) == 5


async def test_what_costs_little_is_done_together() -> None:
    """As much as fits; what costs nothing counts as one."""
    async with ticking() as ticks:
        work = Work(ticks)
        await asyncio.gather(*(work.do(5) for _ in range(4)), *(work.do(0) for _ in range(5)))
    assert [work.at.count(turn) for turn in sorted(set(work.at))] == [2, 2, 5]


async def test_each_viewer_has_a_turn() -> None:
    """Who has much to do waits for who has little."""
    async with ticking() as ticks:
        work = Work(ticks)
        busy, other = [work.do(MOST, by="busy") for _ in range(4)], [work.do(MOST, by="other")]
        await asyncio.gather(*busy, *other)
    assert work.done == ["busy", "busy", "other", "busy", "busy"]


async def test_who_gives_up_does_not_keep_the_others() -> None:
    """Neither while waiting nor when just let in, nor in the middle of it."""
    async with ticking() as ticks:
        work = Work(ticks)
        for turns_waited in range(6):
            tasks = [asyncio.create_task(work.do(MOST, by=f"{number}")) for number in range(3)]
            for _ in range(turns_waited):
                await asyncio.sleep(0)
            tasks[0].cancel()
            tasks[1].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert work.done[-1] == "2"
        await asyncio.sleep(0)
        assert (work.turns._cost, work.turns._waiting) == (0, {})
