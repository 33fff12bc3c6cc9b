"""Limits of how much is asked for: so many operations a second, each for what it costs."""

import json
from typing import Any

from graphql import get_introspection_query

from models.terms import Role
from tests.api.conftest import opened_house
from tests.api.over_http import ROLE, posted
from tests.api.served import Api
from tests.api.streaming import EventStream, Multipart, streaming
from tests.api.test_watching_protocol import WATCH
from tests.conftest import StillClock


def refused(errors: list[dict[str, Any]]) -> int:
    """Expect that it was too fast; return after how many seconds it may be tried again."""
    (error,) = errors
    assert error["message"] == "You start operations faster than you may: wait a little."
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": error["extensions"]["retryAfter"]}
    assert 1 <= error["extensions"]["retryAfter"] <= 10
    return int(error["extensions"]["retryAfter"])


async def test_what_costs_much_counts_for_more(database_url: str, clock: StillClock) -> None:
    """Whoever asks for the schema again and again, signed in or not, has to wait; over a socket too."""
    async with opened_house(database_url, clock, operations_per_second=20) as house:
        stranger = Api(house.address, None, house.http)
        told = [await stranger.post(get_introspection_query()) for _ in range(4)]
        assert "data" in told[0]
        refused(told[-1]["errors"])
        async with house.api().socket() as socket:
            for _ in range(4):
                await socket.subscribe(get_introspection_query())
            kinds = [await socket.receive() for _ in range(6)]
        assert any(message["type"] == "next" for message in kinds)
        assert any(message["type"] == "error" and refused(message["payload"]) for message in kinds)
        assert await house.api(Role.STAFF).data(ROLE) == {"viewer": {"role": "STAFF"}}


async def test_operations_are_counted_on_every_transport(database_url: str, clock: StillClock) -> None:
    """Ten in ten seconds: the next is refused with a code and when to come again; others are not concerned."""
    async with opened_house(database_url, clock, operations_per_second=1) as house:
        for _ in range(9):
            assert await house.api().data(ROLE) == {"viewer": {"role": "ADMIN"}}
        client = await house.api(Role.STAFF).done("createClient", "client { id }", name="Noah Meier")
        variables = {"id": client["client"]["id"]}
        async with house.api().socket() as socket:
            assert await socket.next(await socket.subscribe(WATCH, **variables)) == {"clientTrackers": {"revision": 0}}
            for query in (ROLE, WATCH):
                operation = await socket.subscribe(query, **(variables if query == WATCH else {}))
                message = await socket.receive()
                assert (message["type"], message["id"]) == ("error", operation)
                refused(message["payload"])
        response = await posted(house, json.dumps({"query": ROLE}).encode())
        assert (response.status_code, response.headers["retry-after"]) == (429, str(refused(response.json()["errors"])))
        for kind in (EventStream, Multipart):
            async with streaming(house.api(), kind, WATCH, **variables) as stream:
                assert stream.response.status_code == 429
                await stream.response.aread()
                refused(stream.response.json()["errors"])
        assert await house.api(Role.READ_ONLY).data(ROLE) == {"viewer": {"role": "READ_ONLY"}}


async def test_events_are_not_counted(database_url: str, clock: StillClock) -> None:
    """What one has begun to watch goes on, however much happens."""
    async with opened_house(database_url, clock, operations_per_second=2) as house:
        client = await house.api(Role.STAFF).done("createClient", "client { id }", name="Noah Meier")
        node_id = client["client"]["id"]
        async with house.api(Role.READ_ONLY).socket() as socket:
            operation = await socket.subscribe(
                "subscription ($id: ID!) { clientTrackers(clientId: $id) { name } }", id=node_id
            )
            await socket.next(operation)
            for role in (Role.ADMIN, Role.STAFF):
                for n in range(15):
                    await house.api(role).done("updateClient", "client { id }", clientId=node_id, name=f"{role} {n}")
                    assert await socket.next(operation) == {"clientTrackers": {"name": f"{role} {n}"}}


async def test_each_further_selection_of_a_document_counts_for_more(database_url: str, clock: StillClock) -> None:
    """As it is compiled, for each set of variables that decides what is selected; once it is there it counts as one."""
    query = """subscription ($id: ID!, $a: Boolean!, $b: Boolean!) {
      clientTrackers(clientId: $id) { revision name @include(if: $a) id @include(if: $b) } }"""
    async with opened_house(database_url, clock, operations_per_second=3) as house:
        client = await house.desk.client()
        async with house.api(Role.READ_ONLY).socket() as socket:
            for a, b in ((True, True), (True, False), (False, True), (True, True)):
                assert await socket.next(await socket.subscribe(query, id=client, a=a, b=b))
            await socket.subscribe(query, id=client, a=False, b=False)
            refused((await socket.receive())["payload"])


async def test_a_document_that_is_not_known_counts_by_its_length(database_url: str, clock: StillClock) -> None:
    """One operation more for each 100 characters, the first time."""
    async with opened_house(database_url, clock, operations_per_second=1) as house:
        long = f"{ROLE} #{'x' * 600}"
        for _ in range(4):
            assert await house.api().data(long) == {"viewer": {"role": "ADMIN"}}
        answer = await house.api().post(f"{long} once more")
        assert answer["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_who_is_not_signed_in_is_counted_by_address(database_url: str, clock: StillClock) -> None:
    """With all who come from there; who is signed in is not concerned."""
    async with opened_house(database_url, clock, operations_per_second=1) as house:
        answers = [await house.http.post(f"{house.address}/graphql", json={"query": ROLE}) for _ in range(11)]
        codes = [answer.json()["errors"][0]["extensions"]["code"] for answer in answers]
        assert codes == ["UNAUTHENTICATED"] * 10 + ["RATE_LIMITED"]
        assert await house.api().data(ROLE) == {"viewer": {"role": "ADMIN"}}


async def test_the_cost_is_told_to_who_asks(database_url: str, clock: StillClock) -> None:
    """By `extensions: {cost: true}`, on every transport; of a subscription with its first event."""
    query = "query ($n: Int) { clients(first: $n) { nodes { id } } }"
    asked = {"query": query, "variables": {"n": 7}, "extensions": {"cost": True}}
    told = {"cost": {"requested": 9, "limit": 25_000}}
    async with opened_house(database_url, clock) as house:
        client = await house.desk.client()
        response = await posted(house, json.dumps(asked).encode())
        assert response.json()["extensions"] == told
        async with house.api().socket() as socket:
            await socket.send({"id": "1", "type": "subscribe", "payload": asked})
            assert (await socket.receive())["payload"]["extensions"] == told
            assert (await socket.receive())["type"] == "complete"
            watch = {"query": WATCH, "variables": {"id": client}, "extensions": {"cost": True}}
            await socket.send({"id": "2", "type": "subscribe", "payload": watch})
            event = {
                "data": {"clientTrackers": {"revision": 0}},
                "extensions": {"cost": {"requested": 2, "limit": 25_000}},
            }
            assert (await socket.receive())["payload"] == event
            await house.desk.tracker(client, 3)
            assert "extensions" not in (await socket.receive())["payload"]
        assert "extensions" not in await house.api().post(query, n=7)
