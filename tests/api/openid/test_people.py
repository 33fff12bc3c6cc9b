"""Who signs in with an OpenID provider: people and systems as its tokens name them, and nobody else."""

from typing import Any

from graph.ids import global_id
from models.terms import Role
from tests.api.openid.office import ASK, Office, opened, post, refusal_of_a_socket
from tests.api.served import Api
from tests.conftest import StillClock

CHALLENGE = 'Bearer realm="session-tracker"'
BAD_TOKEN = f'{CHALLENGE}, error="invalid_token"'


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
