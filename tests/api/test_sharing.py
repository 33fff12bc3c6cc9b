"""What many watch is made once: one payload for all who asked for the same, however many there are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Any, Final

import pytest

from graph.context import Context
from graph.live.payloads import Payload
from graph.live.streams import Stream
from graph.schema import TrackerSchema, make_schema
from jobs.bus import Hint
from models.clients import Client
from models.terms import Role
from tests.api.conftest import House
from tests.api.served import PATIENCE_SECONDS, Socket
from tests.api.test_statements import statements

pytestmark = pytest.mark.asyncio(loop_scope="module")

BANNER: Final = """subscription ($id: ID!, $known: Int, $a: Boolean = false) {
  appointmentBanner(appointmentId: $id, knownRevision: $known) { reason trackers { used @skip(if: $a) } } }"""
OTHER: Final = "subscription ($id: ID!) { appointmentBanner(appointmentId: $id) { reason revision } }"
CLIENT: Final = """subscription ($id: ID!) { clientTrackers(clientId: $id) { revision
  trackers { used client { name } currentPeriod { task { title assignee { name } } } }
  tasks { title } appointments { nodes { status practitioner { name } banner { trackers { used } } } } } }"""
CHOSEN: Final = """subscription ($id: ID!, $a: Boolean!) { appointmentBanner(appointmentId: $id) { reason ...Shown } }
  fragment Shown on Banner { counts: trackers @include(if: $a) { used } size: moreCount @skip(if: $a) }"""


class Viewers:
    """Who watches, past any transport."""

    def __init__(self, house: House, schema: TrackerSchema, stack: AsyncExitStack) -> None:
        self._house = house
        self._schema = schema
        self._stack = stack

    async def come(self, number: int, query: str, *, role: Role = Role.ADMIN, **variables: Any) -> list[Stream]:
        """Have so many begin to watch."""
        assert self._house.app is not None
        context = Context(self._house.app.state.services, token=self._house.api(role).token)
        plan = self._schema.plans.of(query, None)
        assert plan is not None
        begun = []
        for _ in range(number):
            stream = await self._schema.streams.begin(plan, dict(variables), context)
            assert isinstance(stream, Stream), stream.errors
            begun.append(stream)
            await self._stack.enter_async_context(aclosing(stream.subscriber))
        return begun

    async def shown(self, stream: Stream) -> Payload:
        """Return what one of them is shown next."""
        showing = await stream.subscriber.next()
        assert showing is not None
        streams = self._schema.streams
        return streams.at_once(stream, showing) or await streams.executed(stream, showing)


@asynccontextmanager
async def viewers(house: House) -> AsyncIterator[Viewers]:
    """Let people watch for the time of the block."""
    async with asyncio.timeout(PATIENCE_SECONDS), AsyncExitStack() as stack:
        yield Viewers(house, make_schema(demo=True), stack)


def response(reason: str, *, used: int | None) -> bytes:
    """Return the response to BANNER."""
    tracker = "{}" if used is None else f'{{"used":{used}}}'
    return f'{{"data":{{"appointmentBanner":{{"reason":"{reason}","trackers":[{tracker}]}}}}}}'.encode()


async def test_one_event_is_one_payload_for_all_who_asked_for_the_same(office: House) -> None:
    """Whoever they are and whatever they know; other documents and other variables have their own."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client)
    async with viewers(office) as room:
        same = await room.come(3, BANNER, id=appointment)
        same += await room.come(2, BANNER, role=Role.READ_ONLY, id=appointment, known=0)
        bare = await room.come(2, BANNER, id=appointment, a=True)
        other = await room.come(2, OTHER, id=appointment)
        first, last = response("SNAPSHOT", used=0), response("COMPLETION", used=1)
        snapshots = [[await room.shown(each) for each in some] for some in (same, bare, other)]
        assert [payload.response for payload in snapshots[0]] == [first] * 5
        await office.desk.complete(appointment)
        changes = [[await room.shown(each) for each in some] for some in (same, bare, other)]
        assert [payload.response for payload in changes[0]] == [last] * 5
    assert [[len(set(map(id, payloads))) for payloads in event] for event in (snapshots, changes)] == [[1, 1, 1]] * 2
    assert changes[1][0].response == response("COMPLETION", used=None)
    assert changes[2][0].response == b'{"data":{"appointmentBanner":{"reason":"COMPLETION","revision":2}}}'


async def test_who_joins_late_is_shown_a_snapshot_of_what_others_saw_as_a_change(office: House) -> None:
    """One payload again for all who join."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client)
    async with viewers(office) as room:
        (early,) = await room.come(1, BANNER, id=appointment)
        await room.shown(early)
        late = await room.come(1, BANNER, id=appointment)
        await room.shown(late[0])
        await office.desk.complete(appointment)
        assert (await room.shown(early)).response == response("COMPLETION", used=1)
        late = await room.come(2, BANNER, id=appointment)
        payloads = [await room.shown(each) for each in late]
    assert payloads[0].response == response("SNAPSHOT", used=1)
    assert payloads[0] is payloads[1]


async def test_what_graphql_core_executes_is_one_payload_too(office: House) -> None:
    """For all who watch when it happens."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    async with viewers(office) as room:
        same, other = await room.come(5, CLIENT, id=client), await room.come(1, CLIENT + " # another", id=client)
        for each in (*same, *other):
            await room.shown(each)
        await office.desk.session(client, completed=True)
        payloads = await asyncio.gather(*map(room.shown, same))
        alike = await room.shown(other[0])
    assert len(set(map(id, payloads))) == 1
    assert alike is not payloads[0]
    assert alike.response == payloads[0].response
    assert b'"used":1' in alike.response


@pytest.mark.parametrize("query", [CLIENT, BANNER], ids=["executed", "projected"])
async def test_a_change_takes_as_many_statements_for_twenty_viewers_as_for_one(office: House, query: str) -> None:
    """Its own, a reading, and one execution: a number that does not grow with those who watch."""
    counts = []
    for number in (1, 20):
        client = await office.desk.client()
        await office.desk.tracker(client)
        appointment = await office.desk.session(client)
        async with viewers(office) as room:
            watching = await room.come(number, query, id=client if query is CLIENT else appointment)
            for each in watching:
                await room.shown(each)
            with statements() as seen:
                await office.desk.complete(appointment)
                payloads = await asyncio.gather(*map(room.shown, watching))
        assert all(b'"used":1' in payload.response for payload in payloads)
        counts.append(len(seen))
    assert counts[0] == counts[1] > 1


async def test_clients_that_change_at_once_are_executed_with_as_many_statements_as_one(office: House) -> None:
    """What is shown beside the clients' own rows is read for all events of one reading together."""
    assert office.app is not None
    counts = []
    for number in (1, 20):
        clients = [await office.desk.client() for _ in range(number)]
        for client in clients:
            await office.desk.tracker(client)
        async with viewers(office) as room:
            watching = [(await room.come(1, CLIENT, id=client))[0] for client in clients]
            for each in watching:
                await room.shown(each)
            rows = await Client.filter(practice_id=office.practice.id, revision=1)
            await Client.filter(practice_id=office.practice.id, revision=1).update(revision=2)
            with statements() as seen:
                await office.app.state.services.bus.publish(Hint(row.id, row.practice_id, 2) for row in rows)
                payloads = await asyncio.gather(*map(room.shown, watching))
        assert all(b'"revision":2' in payload.response for payload in payloads)
        counts.append(len(seen))
    assert counts[0] == counts[1] > 1


async def test_two_sockets_with_other_variables_each_see_their_own(office: House) -> None:
    """One appointment, one document, a flag that decides in a fragment: in the first state and in each event."""
    client = await office.desk.client()
    await office.desk.tracker(client)
    appointment = await office.desk.session(client)
    async with office.api().socket() as one, office.api().socket() as two:
        counting, sizing = (
            await one.subscribe(CHOSEN, id=appointment, a=True),
            await two.subscribe(CHOSEN, id=appointment, a=False),
        )
        for reason, used in (("SNAPSHOT", 0), ("COMPLETION", 1), ("CORRECTION", 0)):
            assert await banner(one, counting) == {"reason": reason, "counts": [{"used": used}]}
            assert await banner(two, sizing) == {"reason": reason, "size": 0}
            await (office.desk.complete if used == 0 else office.desk.reopen)(appointment)


async def banner(socket: Socket, operation: str) -> dict[str, Any]:
    """Return the banner of the next event."""
    shown: dict[str, Any] = (await socket.next(operation))["appointmentBanner"]
    return shown


async def test_fifty_dialogs_that_one_socket_opens_at_once_take_few_statements(office: House) -> None:
    """Who asks, where each is heard and what it shows are looked up for all together."""
    appointments = []
    for _ in range(50):
        client = await office.desk.client()
        await office.desk.tracker(client)
        appointments.append(await office.desk.session(client))
    async with office.api().socket() as socket:
        with statements() as seen:
            operations = [await socket.subscribe(BANNER, id=appointment) for appointment in appointments]
            messages = [await socket.receive() for _ in operations]
    assert sorted(message["id"] for message in messages) == sorted(operations)
    assert len(seen) < 10, len(seen)
