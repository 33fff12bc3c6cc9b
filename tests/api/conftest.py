"""A served practice with people of each role."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from graph.auth import issue_token
from graph.ids import global_id
from models.database import connected
from models.history import Actor
from models.practices import Practice, StaffMember
from models.settings import Settings
from models.terms import Role
from resolvers import practices, staff
from tests.api.served import Api, serving
from tests.conftest import StillClock

SECRET = "a secret of the tests, long enough to sign with"
ACTOR = Actor("tests")


@dataclass(frozen=True)
class House:
    """A practice in Zurich that is being served, with one staff member of each role."""

    address: str
    practice: Practice
    people: dict[Role, StaffMember]
    clock: StillClock
    http: httpx.AsyncClient

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


@pytest.fixture
async def house(database_url: str, clock: StillClock) -> AsyncIterator[House]:
    """Serve a practice, in demo mode, with a clock that stands still."""
    async with connected(database_url):
        practice, people = await settle_in(clock)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET), demo_mode=True, port=0)
    async with serving(settings, clock=clock) as address, httpx.AsyncClient(timeout=30) as http:
        yield House(address, practice, people, clock, http)
