"""Events that graphql-core executes one after another, so that everything else has its turn."""

import asyncio

from graph.live.streams import Stream, Streams
from graph.live.turns import Turns
from tests.graph.live.desk import SCHEMA, WATCH, Desk, begun, executed, opened
from tests.ticking import Ticks, ticking


async def crowd_watching(streams: Streams, desk: Desk, size: int) -> list[Stream]:
    """Have so many watch the same by documents of their own."""
    return [await begun(streams, desk, WATCH.replace("number", f"n{each}: number")) for each in range(size)]


async def test_between_two_executions_everything_else_has_its_turn() -> None:
    """However many watch by documents of their own, each waits for the one before."""
    streams, desk = Streams(SCHEMA, turns=Turns(together=1)), opened()
    watching = await crowd_watching(streams, desk, 50)

    async def shown(stream: Stream, ticks: Ticks) -> int:
        await executed(streams, stream)
        return ticks.number

    async with ticking() as ticks:
        told_at = await asyncio.gather(*(shown(stream, ticks) for stream in watching))
    assert len(set(told_at)) == 50
    assert told_at == sorted(told_at)


async def test_what_nobody_waits_for_any_more_is_not_executed() -> None:
    """Who has left leaves their turn to the next; who comes back meanwhile is shown what there is."""
    streams, desk = Streams(SCHEMA, turns=Turns(together=1)), opened()
    first, gone, last = await crowd_watching(streams, desk, 3)
    desk.troubles += [ZeroDivisionError(), ZeroDivisionError()]
    waiting = [asyncio.ensure_future(executed(streams, each)) for each in (first, gone, last)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    payloads = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(each, asyncio.CancelledError) for each in payloads] == [False, True, False]
    assert desk.troubles == []
    again = await begun(streams, desk, WATCH.replace("number", "n1: number"))
    assert (await executed(streams, again)).response == b'{"data":{"shown":{"n1":1,"beside":1}}}'


async def test_what_is_over_is_not_waited_for() -> None:
    """A process that drains has done with all that waits in a few turns, without executing it."""
    streams, desk = Streams(SCHEMA, turns=Turns(together=1)), opened()
    watching = await crowd_watching(streams, desk, 10)
    desk.troubles += [ZeroDivisionError()] * 10
    waiting = [asyncio.ensure_future(executed(streams, each)) for each in watching]
    await asyncio.sleep(0)
    desk.source.end()
    payloads = await asyncio.gather(*waiting)
    assert [payload.response for payload in payloads] == [b'{"data":null}'] * 10
    assert len(desk.troubles) == 10
