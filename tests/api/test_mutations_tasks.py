"""Doing, reopening and handing over tasks."""

import pytest

from graph.ids import global_id
from models.identifiers import new_id
from models.terms import Role
from tests.api.conftest import House
from tests.api.refusals import refused, unchanged

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIELDS = "task { id status closedAt createdAt reason title assignee { id } client { revision } }"
MUTATIONS = ("completeTask", "reopenTask", "reassignTask")


async def test_a_task_is_done_and_reopened(office: House) -> None:
    """Each is told once: repeats change nothing."""
    client = await office.desk.client()
    task = await office.desk.task(office.id_of(Role.STAFF), client)
    before = await office.desk.revision(client)
    await unchanged(office, "reopenTask", taskId=task)
    office.clock.advance(minutes=5)
    done = (await office.api().done("completeTask", FIELDS, taskId=task))["task"]
    assert done == {
        "id": task,
        "status": "DONE",
        "closedAt": "2026-03-04T10:05:00+00:00",
        "createdAt": "2026-03-04T10:00:00+00:00",
        "reason": "COUNT_REACHED",
        "title": "Mara Keller: session limit of 1 reached",
        "assignee": {"id": office.id_of(Role.STAFF)},
        "client": {"revision": before + 1},
    }
    office.clock.advance(minutes=5)
    await unchanged(office, "completeTask", taskId=task)
    reopened = (await office.api().done("reopenTask", FIELDS, taskId=task))["task"]
    assert (reopened["status"], reopened["closedAt"]) == ("OPEN", None)
    assert reopened["client"] == {"revision": before + 2}


async def test_a_task_is_handed_over(office: House) -> None:
    """To another active person; handing it to the same one changes nothing, also when it is done."""
    task = await office.desk.task(office.id_of(Role.STAFF))
    admin = office.id_of(Role.ADMIN)
    handed = (await office.api().done("reassignTask", FIELDS, taskId=task, assigneeId=admin))["task"]
    assert handed["assignee"] == {"id": admin}
    await unchanged(office, "reassignTask", taskId=task, assigneeId=admin)
    await office.api().done("completeTask", FIELDS, taskId=task)
    await unchanged(office, "reassignTask", taskId=task, assigneeId=admin)


async def test_a_task_goes_to_an_active_person(office: House) -> None:
    """Not to somebody who left, nor to nobody."""
    task = await office.desk.task(office.id_of(Role.STAFF))
    gone = office.id_of(Role.READ_ONLY)
    await office.api().done("updateStaffMember", "staffMember { id }", staffMemberId=gone, active=False)
    nobody = global_id("StaffMember", new_id(now=office.clock.now()))
    for assignee, code in ((gone, "INACTIVE_STAFF_MEMBER"), (nobody, "NOT_FOUND"), (task, "INVALID_ID")):
        await refused(office, "reassignTask", (code, "assigneeId"), taskId=task, assigneeId=assignee)


async def test_nobody_can_do_a_withdrawn_task(office: House) -> None:
    """It reopens by itself when the limit is reached again, as the same task."""
    client = await office.desk.client()
    rule = {"assigneeId": office.id_of(Role.STAFF), "trigger": "COUNT_REACHED"}
    await office.desk.tracker(client, 1, taskRule=rule)
    appointment = await office.desk.session(client, completed=True)
    query = "query ($id: ID!) { client(id: $id) { tasks { id status closedAt } } }"
    (raised,) = (await office.api().data(query, id=client))["client"]["tasks"]
    await office.desk.reopen(appointment)
    withdrawn = {"id": raised["id"], "status": "WITHDRAWN", "closedAt": "2026-03-04T10:00:00+00:00"}
    assert (await office.api().data(query, id=client))["client"]["tasks"] == [withdrawn]
    for mutation in MUTATIONS:
        handed = {"assigneeId": office.id_of(Role.ADMIN)} if mutation == "reassignTask" else {}
        await refused(office, mutation, ("TASK_WITHDRAWN", "taskId"), taskId=raised["id"], **handed)
    await office.desk.complete(appointment)
    assert (await office.api().data(query, id=client))["client"]["tasks"] == [raised]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_task_that_is_not_there_cannot_be_changed(office: House, mutation: str) -> None:
    """An unknown id is not found; an id of another type is invalid."""
    handed = {"assigneeId": office.id_of(Role.ADMIN)} if mutation == "reassignTask" else {}
    unknown = global_id("Task", new_id(now=office.clock.now()))
    await refused(office, mutation, ("NOT_FOUND", "taskId"), taskId=unknown, **handed)
    await refused(office, mutation, ("INVALID_ID", "taskId"), taskId=office.id_of(Role.STAFF), **handed)
