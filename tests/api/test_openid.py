"""Signing in with an OpenID provider: its tokens, its claims, its keys as they come and go."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect

from graph.auth import issue_token
from graph.ids import global_id
from graph.tokens.rules import TokenRules
from models.database import connected
from models.practices import Practice, StaffMember
from models.settings import Settings
from models.terms import Role
from tests.api.conftest import SECRET, settle_in
from tests.api.served import PROTOCOL, Api, Socket, closing, serving
from tests.api.streaming import COMPLETE, EventStream, streaming
from tests.api.test_streams import WATCH
from tests.conftest import StillClock
from tests.issuer import ADDRESS, KeyServer, Signer, key_server, signer
from tests.storage.waiting import until

FIRST, SECOND = signer("RS256", "first"), signer("ES256", "second")
ASK = "{ viewer { role staffMember { name } practice { name } } }"
NOT_VALID = "The token is not valid. Send a valid token: `Authorization: Bearer …`, over a socket in the payload of "
CHALLENGE = 'Bearer realm="session-tracker"'
BAD_TOKEN = f'{CHALLENGE}, error="invalid_token"'


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


@pytest.fixture
async def office(database_url: str, clock: StillClock) -> AsyncIterator[Office]:
    """Serve a practice with a provider whose first key is known."""
    async with opened(database_url, clock) as served:
        yield served


async def post(api: Api, query: str = ASK, **headers: str) -> httpx.Response:
    """Return the answer as HTTP has it."""
    authorization = {"Authorization": f"Bearer {api.token}"} if api.token else {}
    return await api.http.post(f"{api.address}/graphql", json={"query": query}, headers={**authorization, **headers})


async def refusal_of_a_socket(api: Api) -> tuple[int, str]:
    """Return with what a socket is closed whose connection_init has the client's token."""
    async with connect(f"{api.address.replace('http', 'ws', 1)}/graphql", subprotocols=[PROTOCOL]) as raw:
        await Socket(raw).send({"type": "connection_init", "payload": {"Authorization": f"Bearer {api.token}"}})
        return await closing(raw)


async def test_tokens_of_the_provider_and_of_the_secret_are_good_side_by_side(office: Office) -> None:
    """The database tells the role, whatever the token says."""
    expected = {"role": "STAFF", "staffMember": {"name": "Staff"}, "practice": {"name": "Harbour"}}
    assert (await office.api().data(ASK))["viewer"] == expected
    assert (await office.api(role="ADMIN").data(ASK))["viewer"] == expected
    assert (await office.secret_api().data(ASK))["viewer"]["role"] == "ADMIN"
    async with office.api().socket() as socket:
        assert (await socket.next(await socket.subscribe(ASK)))["viewer"] == expected


async def test_a_system_of_the_provider_has_the_role_of_its_token(office: Office) -> None:
    """It is nobody, and called by its subject."""
    api = office.api(sub="calendar@clients", role="INTEGRATION")
    assert (await api.data(ASK))["viewer"] == {
        "role": "INTEGRATION",
        "staffMember": None,
        "practice": {"name": "Harbour"},
    }


async def test_a_token_is_answered_with_401_when_it_is_not_good(office: Office) -> None:
    """With the code and a challenge; also by a media type that has 400 for a document that is not valid."""
    now = int(office.clock.now().timestamp())
    for changes in (
        {"exp": now},
        {"nbf": now + 11},
        {"iss": "https://evil.example/"},
        {"aud": "another-service"},
        {"sub": str(office.practice.id)},
        {"practice": str(office.people[Role.STAFF].id)},
    ):
        for media_type in ("application/json", "application/graphql-response+json"):
            for query in (ASK, "{ __typename }"):
                answer = await post(office.api(**changes), query, Accept=media_type)
                assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, BAD_TOKEN), changes
                assert [error["extensions"] for error in answer.json()["errors"]] == [{"code": "UNAUTHENTICATED"}]
        assert (await refusal_of_a_socket(office.api(**changes)))[0] == 4403
    assert (await post(office.secret_api(issuer=None))).status_code == 401
    assert (await post(office.api(nbf=now + 10))).status_code == 200


async def test_who_sends_no_token_is_answered_with_401_where_one_is_needed(office: Office) -> None:
    """The challenge does not speak of a token then; and there is no data, with which only 2xx would do."""
    nobody = Api(office.address, None, office.http)
    answer = await post(nobody)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, CHALLENGE)
    person = global_id("StaffMember", office.people[Role.STAFF].id)
    answer = await post(nobody, f'{{ __typename node(id: "{person}") {{ id }} }}')
    assert (answer.status_code, [*answer.json()]) == (401, ["errors"])
    answer = await post(nobody, "{ __typename }")
    assert (answer.status_code, answer.json()["data"]) == (200, {"__typename": "Query"})


async def test_a_new_key_is_good_at_once(office: Office) -> None:
    """The first token that it signed has the keys fetched; a key that is unknown still is refused."""
    office.keys.publish(FIRST, SECOND)
    assert (await post(office.api(SECOND))).status_code == 200
    asked = office.keys.asked
    for _ in range(20):
        answer = await post(office.api(signer("EdDSA", "unheard of")))
        assert answer.status_code == 401
    assert office.keys.asked == asked


async def test_a_key_that_is_withdrawn_is_good_no_more(database_url: str, clock: StillClock) -> None:
    """Requests are refused, sockets closed with 4403, streams ended: also those that had been let in."""
    async with opened(database_url, clock, jwks_refresh_seconds=0.05) as office:
        api = office.api()
        client = (await office.secret_api().done("createClient", "client { id }", name="Mara Keller"))["client"]["id"]
        async with api.socket() as socket, streaming(api, EventStream, WATCH, id=client) as stream:
            assert "data" in await stream.next()
            await socket.next(await socket.subscribe(WATCH, id=client))
            office.keys.publish(SECOND)
            assert (await closing(socket.raw))[0] == 4403
            assert (await post(api)).status_code == 401
            assert [error["extensions"]["code"] for error in (await stream.next())["errors"]] == ["UNAUTHENTICATED"]
            assert await stream.next() == COMPLETE
        assert (await post(office.api(SECOND))).status_code == 200
        assert (await post(office.secret_api())).status_code == 200


async def test_the_provider_is_down_at_the_start(database_url: str, clock: StillClock) -> None:
    """Not ready, UNAVAILABLE for its tokens, those of the secret are good; and all is well when it is there."""
    async with opened(database_url, clock, is_down=True) as office:
        assert await office.ready() == (503, "not ready: no keys at JWKS_URL\n")
        answer = await post(office.api())
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]) == (503, {"code": "UNAVAILABLE"})
        assert (await refusal_of_a_socket(office.api()))[0] == 1013
        assert (await post(office.secret_api())).status_code == 200
        await office.keys.start()
        await until(lambda: is_ready(office))
        assert (await post(office.api())).status_code == 200


async def test_the_provider_goes_down(database_url: str, clock: StillClock) -> None:
    """Who has a token of a known key comes in; of another key it cannot be told, and is UNAVAILABLE."""
    async with opened(database_url, clock, jwks_refresh_seconds=0.05) as office:
        await office.keys.stop()
        await until(lambda: is_unavailable(office.api(SECOND)))
        assert (await post(office.api())).status_code == 200
        assert await office.ready() == (200, "ready\n")
        assert (await refusal_of_a_socket(office.api(SECOND)))[0] == 1013


async def test_metrics_tell_whether_the_provider_can_be_reached(database_url: str, clock: StillClock) -> None:
    """For who operates it, before tokens of new keys come."""
    async with opened(database_url, clock, jwks_refresh_seconds=0.05, metrics=True) as office:
        assert await tells_reached(office, 1)
        await office.keys.stop()
        await until(lambda: tells_reached(office, 0))


async def tells_reached(office: Office, wanted: int) -> bool:
    """Tell whether the metrics have that number."""
    text = (await office.http.get(f"{office.address}/metrics")).text
    (line,) = (line for line in text.splitlines() if line.startswith("session_tracker_issuer_reached{"))
    return float(line.split()[-1]) == wanted


async def is_unavailable(api: Api) -> bool:
    """Tell whether a request is answered with 503."""
    return (await post(api)).status_code == 503


async def test_people_may_be_known_by_their_address(database_url: str, clock: StillClock) -> None:
    """In the practice that the token names, if the provider has verified it, and while they are active."""
    claims: dict[str, Any] = {
        "jwt_practice_claim": "https://harbour.example/claims.practice",
        "jwt_email_claim": "email",
    }
    async with opened(database_url, clock, **claims) as office:
        practice = {"https://harbour.example/claims": {"practice": str(office.practice.id)}}
        said: dict[str, Any] = {"sub": "auth0|5f7c", "practice": None, "email_verified": True, **practice}
        viewer = (await office.api(email="Staff@Harbour.example", **said).data(ASK))["viewer"]
        assert viewer == {"role": "STAFF", "staffMember": {"name": "Staff"}, "practice": {"name": "Harbour"}}
        for email in ("staff@lakeside.example", "nobody@harbour.example"):
            assert (await post(office.api(email=email, **said))).status_code == 401
        unverified = {**said, "email_verified": False}
        assert (await post(office.api(email="staff@harbour.example", **unverified))).status_code == 401
        person = global_id("StaffMember", office.people[Role.STAFF].id)
        await office.secret_api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, active=False)
        assert (await post(office.api(email="staff@harbour.example", **said))).status_code == 401
