"""The live benchmark: every contender in turn, round after round."""

import asyncio
import signal
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import httpx
from rich.console import Console

from bench.bulk import change_all, warm_up
from bench.contenders import Contender, Field, Ours, Peer, Raw
from bench.fan_out import push_train
from bench.hops import probe_hops, runs_on_redis
from bench.memory import bytes_per_dialog
from bench.plot import plot
from bench.practice import settle_in
from bench.processes import allow_many_sockets
from bench.report import report
from bench.results import Results, workloads
from bench.sizes import Sizes
from bench.stores import postgres, valkey
from models.clock import SystemClock

REQUEST_SECONDS = 120
MEMORY_ROUNDS = 3
RESULTS = Path(__file__).parent / "results"
told = Console(stderr=True, highlight=False)


async def main() -> None:
    """Measure, and write the report; SIGTERM ends it as an interrupt does, with everything stopped."""
    task = asyncio.current_task()
    assert task is not None, "this runs in a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    sizes = Sizes()
    allow_many_sockets()
    with postgres() as database_url, valkey() as redis_url:
        house = await settle_in(
            database_url, clients_wanted=sizes.dialogs, dialogs_wanted=sizes.many_dialogs, now=SystemClock().now()
        )
        database = await asyncpg.connect(database_url)
        async with httpx.AsyncClient(timeout=REQUEST_SECONDS) as http:
            results = await measure(Field(house, redis_url, http, database), sizes)
        await database.close()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "live.md").write_text(report(results, sizes))
    (RESULTS / "live.svg").write_text(plot(workloads(results)))


async def measure(contenders: Field, sizes: Sizes) -> Results:
    """Return the results of all workloads."""
    results = Results()
    for _ in range(min(sizes.rounds, MEMORY_ROUNDS)):
        for start in contenders.all:
            name, costs = await bytes_per_dialog(start, contenders.house, sizes=sizes)
            told.print(f"{name}: {costs}")
            for wanted, cost in costs.items():
                results.memory[wanted][name].append(cost)
    async with AsyncExitStack() as stack:
        taking_part = [await stack.enter_async_context(start()) for start in contenders.all]
        for contender in taking_part:
            await warm_up(contender, contenders.house, sizes=sizes)
        for number in range(1, sizes.rounds + 1):
            told.print(f"round {number} of {sizes.rounds}")
            await one_round(taking_part, contenders, sizes, results)
    if runs_on_redis():
        results.idle, results.loaded = await probe_hops(contenders, sizes)
    return results


async def one_round(taking_part: list[Contender], contenders: Field, sizes: Sizes, results: Results) -> None:
    """Measure each contender once."""
    house = contenders.house
    raw = next(contender for contender in taking_part if isinstance(contender, Raw))
    for wanted in (sizes.dialogs, sizes.many_dialogs):
        for contender in taking_part:
            train, frame = await push_train(contender, house.people[0], dialogs_wanted=wanted, sizes=sizes)
            results.trains[wanted][contender.name].append(train)
            told.print(f"  {wanted} {contender.name}: {train.per_second:,.0f}/s {train}")
            if isinstance(contender, Ours):
                raw.frame = frame
    for contender in taking_part:
        if isinstance(contender, Ours | Peer):
            bulk = await change_all(contender, house, sizes=sizes, database=contenders.database)
            results.bulks[contender.name].append(bulk)
            told.print(f"  {contender.name}: {bulk}")
