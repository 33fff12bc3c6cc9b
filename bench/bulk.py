"""Dialogs of many clients: they connect and get their first banner, then all clients change at once."""

import gc
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from bench.completions import switch
from bench.contenders import Contender, Ours, Peer
from bench.dialogs import dialogs
from bench.fan_out import SECOND_NS
from bench.moments import monotonic_ns
from bench.practice import House, Person
from bench.sizes import Sizes
from jobs.redis_bus import RedisBus
from jobs.relay import Relay
from models.database import connected

COMMITTED = "SELECT pg_xact_commit_timestamp(xmin) FROM client WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Bulk:
    """How long, in seconds: till all dialogs had their first banner; from the change to the last new one."""

    connected: float
    changed: float


async def change_all(contender: Ours | Peer, house: House, *, sizes: Sizes, database: asyncpg.Connection) -> Bulk:
    """Open a dialog of each client, change all clients in one go, and return how long both took."""
    people = house.people[: sizes.dialogs]
    async with dialogs() as opened:
        greetings = [contender.greeting(person, place) for place, person in enumerate(people)]
        gc.collect()
        connected = await opened.open(contender.process.address, greetings, at_once=sizes.at_once)
        await contender.process.quiet()
        first = [dialog.frame for dialog in opened.opened]
        event = opened.expect()
        if isinstance(contender, Ours):
            await _switch_first_sessions(people, house, redis_url=contender.redis_url)
            await opened.received()
            if any(dialog.frame == frame for dialog, frame in zip(opened.opened, first, strict=True)):
                raise RuntimeError("A dialog does not show the change.")
            happened = monotonic_ns(await database.fetchval(COMMITTED, people[0].key))
        else:
            happened = await contender.publish(clients=[person.node_id for person in people])
            await opened.received()
        changed = event.last_ns - happened
    await contender.process.left_alone()
    return Bulk(connected, changed / SECOND_NS)


async def warm_up(contender: Contender, house: House, *, sizes: Sizes) -> None:
    """Have it connect some dialogs, so that code is compiled and pools are filled before anything is measured."""
    async with dialogs() as opened:
        greetings = [contender.greeting(person, place) for place, person in enumerate(house.people[:200])]
        await opened.open(contender.process.address, greetings, at_once=min(sizes.at_once, len(greetings)))
    await contender.process.left_alone()


async def _switch_first_sessions(people: Sequence[Person], house: House, *, redis_url: str) -> None:
    """Reopen each client's first session, or complete it again, as another process than the server's does it."""
    bus = RedisBus(redis_url)
    async with connected(house.database_url), bus.running():
        await switch([person.key for person in people], order="-starts_at")
        relay = Relay(bus)
        while await relay.relay_batch():
            pass
