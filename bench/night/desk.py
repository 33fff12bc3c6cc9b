"""Completions over HTTP, so many a second, each timed from the moment at which it was due to be sent."""

import asyncio
import random
import time
from asyncio import Event
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import asyncpg
import httpx

from bench.contenders import COMPLETE, REOPEN
from bench.practice import SECRET
from graph.auth import issue_token
from graph.ids import global_id
from models.appointments import Appointment
from models.clock import SystemClock
from models.database import database
from models.practices import StaffMember

LIFETIME = timedelta(hours=2)
REQUEST_SECONDS = 60
LOOK_SECONDS = 0.1
AT_WORK = """
SELECT count(*) FILTER (WHERE state <> 'idle'), count(*) FROM pg_stat_activity
WHERE application_name = 'session-tracker' AND datname = current_database()"""


@dataclass(frozen=True, slots=True)
class Session:
    """A completed appointment: its global id, and a token of its practice."""

    node_id: str
    token: str


@dataclass
class Desk:
    """Completes and reopens sessions of clients taken at random, those in `reopened` the one, others the other.

    What it does to one appointment follows in order.
    """

    http: httpx.AsyncClient
    sessions: Sequence[Session]
    reopened: set[str]
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    milliseconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _busy: set[str] = field(default_factory=set)

    async def work(self, *, per_second: int, wanted: int | None = None, until: Event | None = None) -> None:
        """Send so many a second, whether or not those before are answered: so many as wanted, or until it is set."""
        begun, sent = time.perf_counter(), 0
        async with asyncio.TaskGroup() as tasks:
            while not (until.is_set() if until else sent == wanted):
                due = begun + sent / per_second
                await asyncio.sleep(max(0, due - time.perf_counter()))
                tasks.create_task(self._switch(self._idle_session(), due=due))
                sent += 1

    def _idle_session(self) -> Session:
        while (session := self.chance.choice(self.sessions)).node_id in self._busy:
            pass
        self._busy.add(session.node_id)
        return session

    async def _switch(self, session: Session, *, due: float) -> None:
        is_reopened = session.node_id in self.reopened
        body = {"query": COMPLETE if is_reopened else REOPEN, "variables": {"id": session.node_id}}
        try:
            response = await self.http.post("/graphql", json=body, headers={"Authorization": f"Bearer {session.token}"})
            self.milliseconds.append((time.perf_counter() - due) * 1e3)
            answer = response.json()
            if "errors" in answer or any(payload["errors"] for payload in answer["data"].values()):
                self.errors.append(response.text)
        except httpx.HTTPError as error:
            self.errors.append(repr(error))
        self.reopened ^= {session.node_id}
        self._busy.discard(session.node_id)


async def sessions_on_record(*, day_before: str) -> list[Session]:
    """Return a session before that day of each client on record."""
    now = SystemClock().now()
    tokens = {
        person.practice_id: issue_token(
            secret=SECRET, practice_id=person.practice_id, now=now, lifetime=LIFETIME, staff_member_id=person.id
        )
        for person in await StaffMember.all()
    }
    _, rows = await database().execute_query(
        "SELECT DISTINCT ON (client_id) id, practice_id FROM appointment WHERE service_date < $1::text::date "
        "ORDER BY client_id, id",
        [day_before],
    )
    return [Session(global_id(Appointment.__name__, key), tokens[practice_id]) for key, practice_id in rows]


@dataclass
class Connections:
    """How many connections the processes had at most, and how many of them were at work at once."""

    at_work: int = 0
    open: int = 0


@asynccontextmanager
async def watched_connections(url: str) -> AsyncIterator[Connections]:
    """Look ten times a second for the time of the block."""
    seen, own = Connections(), await asyncpg.connect(url)

    async def look() -> None:
        while True:
            at_work, known = (await own.fetch(AT_WORK))[0]
            seen.at_work, seen.open = max(seen.at_work, at_work), max(seen.open, known)
            await asyncio.sleep(LOOK_SECONDS)

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await own.close()
