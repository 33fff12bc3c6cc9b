"""One trial: a plan carried out on an installation, and looked at after every heal."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from models.database import connected
from tests.faults.check import (
    Record,
    banners_on_record,
    difference,
    facts_denied,
    faults_on_record,
    hints_left,
)
from tests.faults.deeds import Desk, desk_client
from tests.faults.dialogs import Dialog, opened
from tests.faults.installation import Installation
from tests.faults.plan import STREAM_EVERY, Breaks, Deed, Does, Plan, Round
from tests.faults.practice import settle_in
from tests.faults.readings import Readings
from tests.faults.sockets import Socket
from tests.faults.streams import Stream, stream_client
from tests.faults.strikes import Strikes

OPEN_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.01
GLANCE_SECONDS: Final = 0.05
GLANCES: Final = 4
"""So often the dialogs are looked at between two readings of the record."""
LATE_SECONDS: Final = 8.0
UNCLEAR: Final = frozenset({"INTERNAL_SERVER_ERROR", "status 500"})
OF_ALL: Final = 1
"""Which tracker of a client is on the banners of all its appointments but those to come."""
TOLD: Final = 6
"""How many of the dialogs that differ are told in full."""
HARMLESS_TO_REQUESTS: Final = frozenset({Breaks.VALKEY_KILLED, Breaks.VALKEY_FROZEN, Breaks.LISTENERS_CUT})


@dataclass
class Outcome:
    """What a trial came to.

    `catch_ups` are, for each round, the seconds for which a dialog was furthest behind the record, from the heal on.
    """

    catch_ups: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    events: int = 0
    tried: int = 0
    done: int = 0
    codes: Counter[str] = field(default_factory=Counter)


class Trial:
    """Carries a plan out."""

    def __init__(self, installation: Installation, plan: Plan, *, bound: float) -> None:
        self.outcome = Outcome()
        self._installation = installation
        self._plan = plan
        self._bound = bound
        self._strikes = Strikes(installation, wrong=self.outcome.wrong)

    async def run(self) -> Outcome:
        """Carry the plan out; what turns out wrong is in the outcome."""
        async with connected(self._installation.postgres.url):
            self._practice = await settle_in(clients=self._plan.clients, seed=self._plan.seed)
        addresses, tokens = self._installation.addresses, self._practice.tokens
        async with desk_client() as http, stream_client() as streams:
            self._dialogs = [
                Dialog(
                    self._practice.people[client].appointments[which],
                    tokens[place % len(tokens)],
                    addresses,
                    place % len(addresses),
                    partial(Stream, streams) if (place + place // self._plan.clients) % STREAM_EVERY == 0 else Socket,
                )
                for place, (client, which) in enumerate(self._plan.watched)
            ]
            self._desk = Desk(self._practice, addresses, http)
            async with opened(self._dialogs):
                await self._go_through_rounds()
        self._sum_up()
        return self.outcome

    async def _go_through_rounds(self) -> None:
        await self._look("the opening", within=OPEN_SECONDS)
        for number, each in enumerate(self._plan.rounds, start=1):
            if self.outcome.wrong:
                break
            await self._carry_out(f"round {number}", each)
        if not self.outcome.wrong:
            await self._touch_all()

    async def _carry_out(self, name: str, each: Round) -> None:
        for dialog, place in each.returning.items():
            self._dialogs[dialog].hang_up(place=place)
        failures, title = len(self._desk.failures), f"{name} ({'; '.join(map(str, each.faults))})"
        enough = asyncio.Event()
        working = asyncio.create_task(self._desk.work_off(each.deeds, until=enough))
        try:
            await asyncio.gather(*(asyncio.to_thread(self._strikes.strike, fault) for fault in each.faults))
            healed = await asyncio.to_thread(self._installation.wait_until_whole)
            await self._keep_up(title, healed)
            enough.set()
            await working
        finally:
            working.cancel()
        abrupt = self._strikes.abrupt_endings(self._dialogs)
        self._note(name, [f"{len(abrupt)} connections ended abruptly", *abrupt[:TOLD]] if abrupt else [])
        if all(fault.breaks in HARMLESS_TO_REQUESTS for fault in each.faults):
            spoilt = self._desk.failures[failures:]
            self._note(name, [f"requests failed while only Redis was away: {spoilt[:TOLD]}"] if spoilt else [])
        await self._look(title)

    async def _touch_all(self) -> None:
        """Change what every dialog shows: who is subscribed in name only is found out."""
        random = Random(self._plan.seed)
        deeds = [Deed(0, client, Does.NOTE, OF_ALL, random.randrange(1000)) for client in range(self._plan.clients)]
        await self._desk.work_off(deeds, until=asyncio.Event())
        await self._look("a last change of every client")

    async def _keep_up(self, name: str, healed: float) -> None:
        """Read the record again and again from the heal on, while work goes on, until each reading has been shown."""
        readings, since = Readings(self._dialogs), healed
        async with connected(self._installation.postgres.url):
            while (is_early := since < healed + self._bound) or (
                readings.behind and since < healed + 2 * self._bound + LATE_SECONDS
            ):
                readings.add(await self._record(), since=since, for_all=is_early)
                for _ in range(GLANCES):
                    readings.glance(now=time.monotonic())
                    await asyncio.sleep(GLANCE_SECONDS)
                since = time.monotonic()
        self.outcome.catch_ups.append(readings.longest)
        late = readings.longest > self._bound
        self._note(name, [f"a dialog was {readings.longest:.2f} s behind the record"] if late else [])
        self._note(name, [f"behind for good: {each}" for each in readings.behind[:TOLD]])
        self._note(name, readings.contradictions[:TOLD])

    async def _look(self, name: str, *, within: float | None = None) -> None:
        """Wait until every dialog shows exactly what is on record, then look at the record itself."""
        begun, bound = time.monotonic(), within or self._bound
        async with connected(self._installation.postgres.url):
            record = await self._record()
            while (wrong := await self._unsettled(record)) and time.monotonic() < begun + bound + LATE_SECONDS:
                if time.monotonic() > begun + bound:
                    record = await self._record()
                await asyncio.sleep(LOOK_SECONDS)
            seconds = time.monotonic() - begun
            if wrong:
                self._note(name, [f"wrong for good: {len(wrong)}", *wrong[:TOLD]])
            elif seconds > bound:
                self._note(name, [f"the last dialog was right {seconds:.2f} s after the last change"])
            self._note(name, await faults_on_record(self._practice.id))
            self._note(name, await facts_denied(self._practice.id, self._desk.believed))
            if not wrong and (wrong := self._differences(await self._record())):
                self._note(name, ["dialogs that were right are wrong again", *wrong[:TOLD]])
        self._note(
            name, [f"{dialog.appointment_id}: {dialog.wrong[0]}" for dialog in self._dialogs if dialog.wrong][:TOLD]
        )

    async def _record(self) -> Record:
        return await banners_on_record(self._practice.id, {dialog.appointment_id for dialog in self._dialogs})

    async def _unsettled(self, record: Record) -> list[str]:
        """Return what is not right yet: the dialogs that differ, or else the hints that have not been relayed."""
        if wrong := self._differences(record):
            return wrong
        left = await hints_left(self._practice.id)
        return [f"{left} hints have not been relayed"] if left else []

    def _differences(self, record: Record) -> list[str]:
        return [
            f"dialog {number}: {told}\n    went through: {'; '.join(dialog.happened)}"
            for number, dialog in enumerate(self._dialogs)
            if (told := difference(dialog, record)) is not None
        ]

    def _note(self, name: str, wrong: Sequence[str]) -> None:
        self.outcome.wrong += [f"{name}: {each}" for each in wrong]

    def _sum_up(self) -> None:
        self.outcome.events = sum(dialog.events for dialog in self._dialogs)
        self.outcome.tried, self.outcome.done = self._desk.tried, self._desk.done
        for dialog in self._dialogs:
            self.outcome.codes.update(code for code in dialog.codes.elements() if code != "NOT_FOUND")
        self.outcome.codes.update(self._desk.failures)
        unclear = sum(self.outcome.codes[code] for code in UNCLEAR)
        self._note("the whole", [f"{unclear} answers without a clear code"] if unclear else [])
