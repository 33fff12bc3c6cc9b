"""Tokens: whom they let in, and whom not, whatever they say."""

from datetime import timedelta
from typing import Final

import jwt
import pytest

from graph.auth import issue_token
from models.terms import Role
from tests.api.conftest import SECRET, House
from tests.api.desk import on_record
from tests.api.served import Api

pytestmark = pytest.mark.asyncio(loop_scope="module")

READS: Final = (
    "{ viewer { role } }",
    "{ practice { name } }",
    *(f"{{ {many} {{ nodes {{ id }} }} }}" for many in ("clients", "appointments", "trackers", "tasks", "staff")),
)


def issue(office: House, *, hours: float = 1, role: Role | None = None, secret: str = SECRET) -> str:
    """Return a token of the staff's person, or of a system with a role."""
    person = None if role else office.people[Role.STAFF].id
    return issue_token(
        secret=secret,
        practice_id=office.practice.id,
        now=office.clock.now(),
        lifetime=timedelta(hours=hours),
        staff_member_id=person,
        role=role,
    )


def signed_in(office: House, token: str | None) -> Api:
    """Return a client that sends this token."""
    return Api(office.address, token, office.http)


async def is_turned_away(api: Api) -> None:
    """Expect that the caller learns nothing but that they are not signed in."""
    for query in (*READS, 'mutation { createClient(input: { name: "Noah Meier" }) { errors { code } } }'):
        answer = await api.post(query)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"UNAUTHENTICATED"}
        assert answer.get("data") is None


def forged(office: House, kind: str) -> str | None:
    """Return a token that is none, of a kind."""
    claims = jwt.decode(issue(office), options={"verify_signature": False})
    person, practice = claims["sub"], claims["practice"]
    changed: dict[str, dict[str, object]] = {
        "no audience": {"aud": None},
        "other audience": {"aud": "another-service"},
        "no expiry": {"exp": None},
        "no subject": {"sub": None},
        "no practice": {"practice": None},
        "not a person": {"sub": practice},
        "not a practice": {"practice": person},
        "no id": {"practice": "x"},
        "a number for an id": {"practice": 5},
        "a role of its own making": {"role": "ADMIN"},
        "a role that is none": {"role": "OWNER"},
        "an expiry that is none": {"exp": "tomorrow"},
    }
    if kind in changed:
        given = {name: value for name, value in {**claims, **changed[kind]}.items() if value is not None}
        return jwt.encode(given, SECRET, algorithm="HS256")
    return {
        "absent": None,
        "empty": "",
        "nonsense": "nonsense",
        "expired": issue(office, hours=0),
        "wrong signature": issue(office, secret="another secret, long enough to sign with"),
        "unsigned": jwt.encode(claims, "", algorithm="none"),
        "another algorithm": jwt.encode(claims, SECRET * 2, algorithm="HS512"),
    }[kind]


KINDS: Final = (
    *("absent", "empty", "nonsense", "expired", "wrong signature", "unsigned", "another algorithm", "no audience"),
    *("other audience", "no expiry", "no subject", "no practice", "not a person", "not a practice", "no id"),
    *("a number for an id", "a role of its own making", "a role that is none", "an expiry that is none"),
)


@pytest.mark.parametrize("role", [Role.INTEGRATION, Role.READ_ONLY])
async def test_a_system_signs_in_without_being_a_person(office: House, role: Role) -> None:
    """Its token tells the role; it may do what the role may."""
    api = signed_in(office, issue(office, role=role))
    data = await api.data("{ viewer { role staffMember { id } practice { name } } }")
    assert data["viewer"] == {"role": role.value, "staffMember": None, "practice": {"name": "Harbour"}}
    payload = await api.do("createClient", "client { id }", name="Mara Keller")
    codes = [error["code"] for error in payload["errors"]]
    assert codes == ([] if role is Role.INTEGRATION else ["FORBIDDEN"])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_token_that_is_none_opens_nothing(office: House, kind: str) -> None:
    """Whatever is wrong with it: UNAUTHENTICATED, and nothing changes."""
    await office.desk.client()
    before = await on_record(office.practice.id)
    await is_turned_away(signed_in(office, forged(office, kind)))
    assert await on_record(office.practice.id) == before


async def test_a_token_ends_at_its_hour(office: House) -> None:
    """Good to the last second, and no longer."""
    api = signed_in(office, issue(office, hours=1))
    office.clock.advance(minutes=59, seconds=59)
    assert (await api.data("{ viewer { role } }"))["viewer"] == {"role": "STAFF"}
    office.clock.advance(seconds=1)
    await is_turned_away(api)


async def test_who_left_is_turned_away(office: House) -> None:
    """At once, whatever their token says; and let in again when they are back."""
    api = signed_in(office, issue(office))
    person = office.id_of(Role.STAFF)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, active=False)
    await is_turned_away(api)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, active=True)
    assert (await api.data("{ viewer { role } }"))["viewer"] == {"role": "STAFF"}


async def test_a_lowered_role_holds_at_once(office: House) -> None:
    """The database tells the role, not the token."""
    api = signed_in(office, issue(office))
    person = office.id_of(Role.STAFF)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=person, role="READ_ONLY")
    payload = await api.do("createClient", "client { id }", name="Mara Keller")
    assert [error["code"] for error in payload["errors"]] == ["FORBIDDEN"]
    assert (await api.data("{ viewer { role } clients { nodes { id } } }")) == {
        "viewer": {"role": "READ_ONLY"},
        "clients": {"nodes": []},
    }
