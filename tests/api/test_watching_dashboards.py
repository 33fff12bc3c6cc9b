"""Dashboards over a socket: the board and the inbox as they stand, then their visible changes."""

from typing import Any, Final

import pytest

from graph.auth import issue_token
from graph.ids import global_id
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import SECRET, START, House, settle_in
from tests.api.served import Api, Socket

pytestmark = pytest.mark.asyncio(loop_scope="module")

WATCH: Final = """subscription ($soon: Int, $few: Int) { board(soonDays: $soon, nearlyUsed: $few) {
  revision counts { active limitReached expired upcoming openTasks }
  nearlyUsed { ...shown } endingSoon { ...shown } expired { ...shown } } }
  fragment shown on Tracker { id used remaining state client { name } currentPeriod { used task { status } } }"""
COUNTS: Final = "subscription { board { counts { active } } }"
INBOX: Final = """subscription ($of: ID) { taskInbox(assigneeId: $of) { openCount
  tasks { id title status assignee { name } client { name } } } }"""


async def next_of(socket: Socket, operation: str) -> dict[str, Any]:
    """Return the board or the inbox of the next event."""
    (shown,) = (await socket.next(operation)).values()
    assert isinstance(shown, dict)
    return shown


def ids(board: dict[str, Any]) -> list[list[str]]:
    """Return the ids in each of a board's lists."""
    return [[tracker["id"] for tracker in board[name]] for name in ("nearlyUsed", "endingSoon", "expired")]


def counts(board: dict[str, Any]) -> list[int]:
    """Return how many are active, at their limit, expired, upcoming, and how many tasks are open."""
    return list(board["counts"].values())


async def refusal(house: House, query: str, api: Api | None = None, **variables: object) -> dict[str, Any]:
    """Return the extensions of the one error with which an operation is refused."""
    async with (api or house.api()).socket() as socket:
        operation = await socket.subscribe(query, **variables)
        message = await socket.receive()
    assert (message["type"], message["id"]) == ("error", operation), message
    (error,) = message["payload"]
    extensions: dict[str, Any] = error["extensions"]
    return extensions


async def test_a_board_moves_with_what_happens(office: House) -> None:
    """Set, completed up to the limit, removed: each event is the whole board, with what is asked of its trackers."""
    desk, client = office.desk, await office.desk.client()
    rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": "COUNT_REACHED"}
    appointment = await desk.session(client)
    async with office.api(Role.READ_ONLY).socket() as socket:
        operation = await socket.subscribe(WATCH)
        first = await next_of(socket, operation)
        assert (counts(first), ids(first), first["revision"]) == ([0, 0, 0, 0, 0], [[], [], []], 0)
        tracker = await desk.tracker(client, 1, endDate="2026-03-18", taskRule=rule)
        second = await next_of(socket, operation)
        assert (counts(second), ids(second)) == ([1, 0, 0, 0, 0], [[tracker], [tracker], []])
        period: dict[str, object] = {"used": 0, "task": None}
        shown: dict[str, object] = {
            "id": tracker,
            "used": 0,
            "remaining": 1,
            "state": "ACTIVE",
            "client": {"name": "Mara Keller"},
        }
        assert second["nearlyUsed"] == [{**shown, "currentPeriod": period}]
        await desk.complete(appointment)
        third = await next_of(socket, operation)
        assert (counts(third), ids(third)) == ([0, 1, 0, 0, 1], [[], [tracker], []])
        period = {"used": 1, "task": {"status": "OPEN"}}
        shown |= {"used": 1, "remaining": 0, "state": "LIMIT_REACHED"}
        assert third["endingSoon"] == [{**shown, "currentPeriod": period}]
        await office.api().done("removeTracker", "tracker { id }", trackerId=tracker)
        fourth = await next_of(socket, operation)
        assert (counts(fourth), ids(fourth)) == ([0, 0, 0, 0, 1], [[], [], []])
        assert await socket.is_quiet()
    revisions = [board["revision"] for board in (first, second, third, fourth)]
    assert revisions == [0, 1, 2, 3]


async def test_boards_that_ask_otherwise_each_show_their_own(office: House) -> None:
    """Sooner or later, few or many; and one that asks for counts alone hears only of what it shows of the board."""
    client = await office.desk.client()
    tracker = await office.desk.tracker(client, 4, endDate="2026-03-06")
    async with office.api().socket() as one, office.api().socket() as two, office.api().socket() as three:
        soon, few = await one.subscribe(WATCH, soon=2, few=3), await two.subscribe(WATCH, soon=1, few=4)
        bare = await three.subscribe(COUNTS)
        assert ids(await next_of(one, soon)) == [[], [tracker], []]
        assert ids(await next_of(two, few)) == [[tracker], [], []]
        assert (await next_of(three, bare))["counts"] == {"active": 1}
        other = await office.desk.tracker(client, 3, endDate="2026-03-05")
        assert ids(await next_of(one, soon)) == [[other], [other, tracker], []]
        assert ids(await next_of(two, few)) == [[other, tracker], [other], []]
        assert (await next_of(three, bare))["counts"] == {"active": 2}


async def test_a_neighbour_moves_no_board_and_no_inbox(office: House) -> None:
    """What follows is of one's own practice, and is the first that is heard."""
    practice, people = await settle_in(office.clock, name="Elsewhere")
    neighbour = House(office.address, practice, people, office.clock, office.http)
    async with office.api().socket() as board, office.api().socket() as inbox:
        watched, mine = await board.subscribe(WATCH), await inbox.subscribe(INBOX)
        await next_of(board, watched), await next_of(inbox, mine)
        await neighbour.desk.task(neighbour.id_of(Role.ADMIN))
        await office.desk.task(office.id_of(Role.ADMIN))
        while (last := counts(await next_of(board, watched))) != [0, 1, 0, 0, 1]:
            assert sum(last) <= 1
        assert (await next_of(inbox, mine))["openCount"] == 1
        assert await board.is_quiet()
        assert await inbox.is_quiet()


async def test_a_board_follows_its_practice_to_another_zone(office: House) -> None:
    """Where it is tomorrow already, a tracker that begins tomorrow is active and one that ended today is expired."""
    client = await office.desk.client()
    await office.desk.tracker(client, begin="2026-03-05")
    ending = await office.desk.tracker(client, begin="2026-03-01", endDate="2026-03-04")
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH)
        first = await next_of(socket, operation)
        assert (counts(first), ids(first)) == ([1, 0, 0, 1, 0], [[], [ending], []])
        await office.api().done("updatePractice", "practice { today }", timeZone="Pacific/Kiritimati")
        second = await next_of(socket, operation)
        assert (counts(second), ids(second)) == ([1, 0, 1, 0, 0], [[], [], [ending]])


async def test_the_arguments_of_a_board_are_checked(office: House) -> None:
    """Out of bounds: a coded error that names the argument; null is as good as nothing."""
    for soon, few, path in ((-1, 2, "soonDays"), (367, 2, "soonDays"), (14, 1001, "nearlyUsed")):
        assert await refusal(office, WATCH, soon=soon, few=few) == {"code": "INVALID", "input": [path]}
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH, soon=None, few=None)
        assert counts(await next_of(socket, operation)) == [0, 0, 0, 0, 0]


async def test_a_task_moves_between_inboxes(office: House) -> None:
    """Opened, done, reopened, handed over, in one's own inbox and in a colleague's that one watches."""
    staff, admin = office.id_of(Role.STAFF), office.id_of(Role.ADMIN)
    async with office.api(Role.STAFF).socket() as own, office.api(Role.READ_ONLY).socket() as other:
        mine, theirs = await own.subscribe(INBOX), await other.subscribe(INBOX, of=admin)
        assert [await next_of(own, mine), await next_of(other, theirs)] == [{"openCount": 0, "tasks": []}] * 2
        task = await office.desk.task(staff)
        opened = await next_of(own, mine)
        title = "Mara Keller: session limit of 1 reached"
        about = {"id": task, "title": title, "status": "OPEN", "client": {"name": "Mara Keller"}}
        assert opened == {"openCount": 1, "tasks": [{**about, "assignee": {"name": "Staff"}}]}
        await office.api().done("completeTask", "task { id }", taskId=task)
        assert await next_of(own, mine) == {"openCount": 0, "tasks": []}
        await office.api().done("reopenTask", "task { id }", taskId=task)
        assert await next_of(own, mine) == opened
        await office.api().done("reassignTask", "task { id }", taskId=task, assigneeId=admin)
        assert await next_of(own, mine) == {"openCount": 0, "tasks": []}
        handed_over = {"openCount": 1, "tasks": [{**about, "assignee": {"name": "Admin"}}]}
        assert await next_of(other, theirs) == handed_over
        assert await other.is_quiet()


async def test_an_inbox_belongs_to_somebody_of_the_practice(office: House) -> None:
    """A system says whose; nobody else has one."""
    token = issue_token(
        secret=SECRET,
        practice_id=office.practice.id,
        now=START,
        lifetime=office.clock.now() - START.replace(year=2025),
        role=Role.INTEGRATION,
    )
    system = Api(office.address, token, office.http)
    assert await refusal(office, INBOX, system) == {"code": "INVALID", "input": ["assigneeId"]}
    unknown = global_id("StaffMember", new_id(now=START))
    assert await refusal(office, INBOX, of=unknown) == {"code": "NOT_FOUND", "input": ["assigneeId"]}
    assert (await refusal(office, INBOX, of="x"))["code"] == "INVALID_ID"
    async with system.socket() as socket:
        operation = await socket.subscribe(INBOX, of=office.id_of(Role.STAFF))
        assert await next_of(socket, operation) == {"openCount": 0, "tasks": []}


async def test_midnight_moves_a_board(office: House) -> None:
    """An end comes within reach though no client changes; at the next a period is over."""
    tracker = await office.desk.tracker(await office.desk.client(), 9, endDate="2026-03-05")
    async with office.api().socket() as socket:
        operation = await socket.subscribe(WATCH, soon=0)
        first = await next_of(socket, operation)
        office.clock.advance(hours=13)
        second = await next_of(socket, operation)
        assert (ids(first), ids(second)) == ([[], [], []], [[], [tracker], []])
        assert first["revision"] == second["revision"]
        office.clock.advance(days=1)
        assert ids(await next_of(socket, operation)) == [[], [], [tracker]]
