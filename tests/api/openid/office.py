"""A practice whose people sign in with an OpenID provider, and what it answers them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from pydantic import SecretStr
from websockets.asyncio.client import connect

from graph.auth import issue_token
from graph.tokens.rules import TokenRules
from models.database import connected
from models.practices import Practice, StaffMember
from models.settings import Settings
from models.terms import Role
from tests.api.conftest import SECRET, settle_in
from tests.api.served import PROTOCOL, Api, Socket, closing, serving
from tests.conftest import StillClock
from tests.issuer import ADDRESS, KeyServer, Signer, key_server, signer
from tests.storage.waiting import until

FIRST, SECOND = signer("RS256", "first"), signer("ES256", "second")
ASK = "{ viewer { role staffMember { name } practice { name } } }"


@dataclass(frozen=True)
class Office:
    """A practice whose people sign in with a provider."""

    address: str
    http: httpx.AsyncClient
    keys: KeyServer
    clock: StillClock
    practice: Practice
    people: dict[Role, StaffMember]

    def said(self, **changes: Any) -> dict[str, Any]:
        """Return what a token of the staff's person says, with these claims changed."""
        now = int(self.clock.now().timestamp())
        claims = {"iss": ADDRESS, "aud": "session-tracker", "iat": now, "exp": now + 3600}
        names = {"practice": str(self.practice.id), "sub": str(self.people[Role.STAFF].id)}
        return {**claims, **names, **changes}

    def api(self, by: Signer = FIRST, **changes: Any) -> Api:
        """Return a client with a token that says so."""
        return Api(self.address, by.sign(self.said(**changes)), self.http)

    def secret_api(self, issuer: str | None = ADDRESS) -> Api:
        """Return a client with a token that the secret signed, as the command line makes it."""
        token = issue_token(
            secret=SECRET,
            practice_id=self.practice.id,
            now=self.clock.now(),
            lifetime=timedelta(hours=1),
            staff_member_id=self.people[Role.ADMIN].id,
            rules=TokenRules(issuer=issuer),
        )
        return Api(self.address, token, self.http)

    async def ready(self) -> tuple[int, str]:
        """Return whether the server says that it can serve."""
        answer = await self.http.get(f"{self.address}/readyz")
        return answer.status_code, answer.text


@asynccontextmanager
async def opened(url: str, clock: StillClock, *, is_down: bool = False, **settings: Any) -> AsyncIterator[Office]:
    """Serve a practice with a provider, which may be down at first."""
    async with connected(url):
        practice, people = await settle_in(clock)
        await settle_in(clock, name="Lakeside")
    async with key_server() as keys, httpx.AsyncClient(timeout=30) as http:
        keys.publish(FIRST)
        told = Settings(
            database_url=url,
            jwt_secret=SecretStr(SECRET),
            jwks_url=keys.url,
            jwt_issuer=ADDRESS,
            port=0,
            **settings,
        )
        if is_down:
            await keys.stop()
        async with serving(told, clock=clock) as address:
            office = Office(address, http, keys, clock, practice, people)
            if not is_down:
                await until(lambda: is_ready(office))
            yield office


async def is_ready(office: Office) -> bool:
    """Tell whether the server says that it can serve."""
    return await office.ready() == (200, "ready\n")


async def post(api: Api, query: str = ASK, **headers: str) -> httpx.Response:
    """Return the answer as HTTP has it."""
    authorization = {"Authorization": f"Bearer {api.token}"} if api.token else {}
    return await api.http.post(f"{api.address}/graphql", json={"query": query}, headers={**authorization, **headers})


async def refusal_of_a_socket(api: Api) -> tuple[int, str]:
    """Return with what a socket is closed whose connection_init has the client's token."""
    async with connect(f"{api.address.replace('http', 'ws', 1)}/graphql", subprotocols=[PROTOCOL]) as raw:
        await Socket(raw).send({"type": "connection_init", "payload": {"Authorization": f"Bearer {api.token}"}})
        return await closing(raw)
