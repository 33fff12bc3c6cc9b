"""A served practice with people of each role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from starlette.applications import Starlette

from graph.app import make_app
from graph.auth import issue_token
from graph.ids import global_id
from graph.pages.site import STATIC
from models.database import connected
from models.history import Actor
from models.practices import Practice, StaffMember
from models.settings import Settings
from models.terms import Role
from resolvers import practices, staff
from tests.api.desk import Desk
from tests.api.served import Api, serving
from tests.conftest import StillClock, migrated_database

SECRET = "a secret of the tests, long enough to sign with"
START = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
ACTOR = Actor("tests")


@dataclass(frozen=True)
class House:
    """A practice in Zurich that is being served, with one staff member of each role."""

    address: str
    practice: Practice
    people: dict[Role, StaffMember]
    clock: StillClock
    http: httpx.AsyncClient
    app: Starlette | None = None

    def api(self, role: Role = Role.ADMIN) -> Api:
        """Return a client signed in as the person of that role."""
        token = issue_token(
            secret=SECRET,
            practice_id=self.practice.id,
            now=self.clock.now(),
            lifetime=timedelta(days=400),
            staff_member_id=self.people[role].id,
        )
        return Api(self.address, token, self.http)

    def system(self, label: str) -> Api:
        """Return a client signed in as a system of that name."""
        token = issue_token(
            secret=SECRET,
            practice_id=self.practice.id,
            now=self.clock.now(),
            lifetime=timedelta(days=1),
            role=Role.INTEGRATION,
            label=label,
        )
        return Api(self.address, token, self.http)

    @property
    def desk(self) -> Desk:
        """Return the front desk, where the administrator sits."""
        return Desk(self.api())

    def id_of(self, role: Role) -> str:
        """Return the global id of the person of that role."""
        return global_id("StaffMember", self.people[role].id)


async def settle_in(
    clock: StillClock, *, name: str = "Harbour", zone: str = "Europe/Zurich"
) -> tuple[Practice, dict[Role, StaffMember]]:
    """Create a practice with one staff member of each role."""
    practice = await practices.create(name=name, time_zone=zone, actor=ACTOR, now=clock.now())
    people = {
        role: await staff.add(
            practice_id=practice.id,
            actor=ACTOR,
            name=role.value.title(),
            email=f"{role.value.lower()}@{name.lower()}.example",
            role=role,
            now=clock.now(),
        )
        for role in Role
    }
    return practice, people


@asynccontextmanager
async def running(
    database_url: str,
    clock: StillClock,
    practice: Practice,
    people: dict[Role, StaffMember],
    *,
    redis_url: str | None = None,
    static: Path = STATIC,
    **more: Any,
) -> AsyncIterator[House]:
    """Serve what is in the database, in demo mode and with more settings, for the time of the block."""
    settings = Settings(
        database_url=database_url,
        redis_url=SecretStr(redis_url) if redis_url else None,
        jwt_secret=SecretStr(SECRET),
        demo_mode=True,
        port=0,
        **more,
    )
    app = make_app(settings, clock=clock, static=static)
    async with serving(settings, clock=clock, app=app) as address, httpx.AsyncClient(timeout=30) as http:
        yield House(address, practice, people, clock, http, app)


@asynccontextmanager
async def opened_house(database_url: str, clock: StillClock, **more: Any) -> AsyncIterator[House]:
    """Serve a practice with these settings beside, for the time of the block."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    async with running(database_url, clock, practice, people, **more) as house:
        yield house


@pytest.fixture
async def house(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve a practice, in demo mode, with a clock that stands still."""
    async with opened_house(database_url, clock) as served:
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def module_database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """Yield the address of a migrated database that the tests of a module share."""
    async with migrated_database(request, folder=tmp_path_factory.mktemp("module")) as url:
        yield url


@pytest.fixture(scope="module")
def module_redis_url() -> str | None:
    """Return the address of the Redis that carries hints; without one the process tells itself."""
    return None


@pytest.fixture(scope="module")
def module_settings() -> dict[str, Any]:
    """Return what is set otherwise than by default for a module's server: nothing."""
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_server(
    module_database_url: str, module_redis_url: str | None, module_settings: dict[str, Any]
) -> AsyncIterator[House]:
    """Serve, in demo mode, for all tests of a module; its practice is a neighbour to theirs."""
    clock = StillClock(START)
    async with connected(module_database_url):
        practice, people = await settle_in(clock, name="Neighbour")
    async with running(
        module_database_url, clock, practice, people, redis_url=module_redis_url, **module_settings
    ) as served:
        yield served


@pytest_asyncio.fixture(loop_scope="module")
async def office(module_server: House) -> House:
    """Move a new practice into the module's server, with the clock back at its start.

    For tests marked `pytest.mark.asyncio(loop_scope="module")`.
    """
    module_server.clock.moment = START
    # A tick that is under way has read a later time; this one follows it.
    assert module_server.app is not None, "the module's server runs in this process"
    await module_server.app.state.services.worker.tick()
    practice, people = await settle_in(module_server.clock)
    return replace(module_server, practice=practice, people=people)
