"""Signing in when many come at once: they are looked up together, and each is told apart."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Final

import jwt
import pytest

from graph.auth import issue_token
from models.access import staff_viewers
from models.terms import Role
from tests.api.conftest import SECRET, House, settle_in
from tests.api.served import Api
from tests.api.test_statements import statements

pytestmark = pytest.mark.asyncio(loop_scope="module")

CROWD: Final = 100
ASK: Final = "{ viewer { role } }"


async def test_a_crowd_is_looked_up_together(office: House) -> None:
    """A hundred sockets, and then as many operations on them, do not cost a statement each."""
    async with AsyncExitStack() as stack:
        with statements() as seen:
            sockets = await asyncio.gather(
                *(stack.enter_async_context(office.api(role).socket()) for role in list(Role) * (CROWD // len(Role)))
            )
        assert 1 <= len(of_staff(seen)) < CROWD / 2
        with statements() as seen:
            operations = await asyncio.gather(*(socket.subscribe(ASK) for socket in sockets))
            answers = [await socket.next(asked) for socket, asked in zip(sockets, operations, strict=True)]
        assert [answer["viewer"]["role"] for answer in answers] == [role.value for role in Role] * (CROWD // len(Role))
        assert 1 <= len(of_staff(seen)) < CROWD / 2


def of_staff(seen: list[str]) -> list[str]:
    """Return the statements that look staff members up."""
    return [statement for statement in seen if 'FROM "staff_member"' in statement]


async def test_a_person_is_found_in_their_own_practice_only(office: House) -> None:
    """Even when both practices are asked for at once."""
    neighbours, theirs = await settle_in(office.clock, name=f"N{office.practice.id.hex}")
    ours = office.people[Role.ADMIN].id
    stranger = theirs[Role.STAFF].id
    asked = [
        (office.practice.id, ours),
        (office.practice.id, stranger),
        (neighbours.id, stranger),
        (neighbours.id, ours),
    ]
    found = await staff_viewers(asked)
    assert {pair: viewer.role for pair, viewer in found.items()} == {
        (office.practice.id, ours): Role.ADMIN,
        (neighbours.id, stranger): Role.STAFF,
    }


async def test_a_token_is_read_once_for_a_socket_and_its_expiry_each_time(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operation after the expiry is refused even before the socket is closed."""
    decoded: list[str] = []
    original = jwt.decode

    def counted(token: str, *arguments: object, **options: object) -> object:
        decoded.append(token)
        return original(token, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(jwt, "decode", counted)
    token = issue_token(
        secret=SECRET,
        practice_id=office.practice.id,
        now=office.clock.now(),
        lifetime=timedelta(hours=1),
        staff_member_id=office.people[Role.STAFF].id,
    )
    async with Api(office.address, token, office.http).socket() as socket:
        for _ in range(3):
            assert await socket.next(await socket.subscribe(ASK)) == {"viewer": {"role": "STAFF"}}
            assert (await socket.receive())["type"] == "complete"
        assert len(decoded) == 1
        office.clock.advance(hours=2)
        operation = await socket.subscribe(ASK)
        message = await socket.receive()
        assert message["id"] == operation
        assert [error["extensions"]["code"] for error in message["payload"]["errors"]] == ["UNAUTHENTICATED"]
