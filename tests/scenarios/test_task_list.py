"""A staff member's morning: the task list, done, reopened, handed over, withdrawn."""

from models.terms import Role
from tests.api.conftest import House
from tests.scenarios.sights import PAGE
from tests.scenarios.story import FrontDesk

MINE = f"""query ($filter: TaskFilter!) {{ tasks(filter: $filter) {{
  nodes {{ title status client {{ name }} }} {PAGE} }} }}"""


async def list_of(desk: FrontDesk, role: Role, *status: str) -> list[str]:
    """Read the list of the person of that role, newest first."""
    only = {"assigneeId": desk.house.id_of(role), "status": list(status or ("OPEN",))}
    rows = (await desk.api.data(MINE, filter=only))["tasks"]["nodes"]
    return [row["title"] for row in rows]


async def test_tasks_of_several_clients_are_done_and_handed_over(house: House, desk: FrontDesk) -> None:
    """Work through the list as the person it is for."""
    # Given two clients whose limit is reached, and one whose end date comes at midnight
    staff = FrontDesk(house, Role.STAFF)
    mara, jon, lea = [await desk.welcomes(name) for name in ("Mara Keller", "Jon Frei", "Lea Roth")]
    for client in (mara, jon):
        await desk.tracks(client, limit=1, begin="2026-03-01", task="COUNT_REACHED")
    await desk.tracks(lea, limit=5, begin="2026-03-01", endDate="2026-03-04", task="END_DATE")
    await desk.holds(mara, "2026-03-04 09:00")
    desk.it_is("2026-03-04 12:00")
    await desk.holds(jon, "2026-03-04 10:00")
    desk.it_is("2026-03-05 08:00")
    # When Staff comes in the morning, then the list holds all three, newest first
    of_mara, of_jon, of_lea = (
        "Mara Keller: session limit of 1 reached",
        "Jon Frei: session limit of 1 reached",
        "Lea Roth: end date 2026-03-04 reached",
    )
    assert await list_of(staff, Role.STAFF) == [of_lea, of_jon, of_mara]
    # When one is done and one handed over, then one is left
    await staff.finishes(await staff.sees_task(mara))
    handed = await staff.sees_task(jon)
    await staff.api.done("reassignTask", "task { id }", taskId=handed.id, assigneeId=house.id_of(Role.ADMIN))
    assert await list_of(staff, Role.STAFF) == [of_lea]
    assert await list_of(staff, Role.ADMIN) == [of_jon]
    assert await list_of(staff, Role.STAFF, "DONE") == [of_mara]
    done = await staff.sees_task(mara)
    assert (done.status, done.created, done.closed) == ("DONE", "2026-03-04 11:00", "2026-03-05 08:00")
    # When the done one was not done after all, then it is back
    await staff.api.done("reopenTask", "task { status }", taskId=done.id)
    again = await staff.sees_task(mara)
    assert (again.status, again.closed) == ("OPEN", None)
    assert await list_of(staff, Role.STAFF) == [of_lea, of_mara]


async def test_a_withdrawn_task_cannot_be_touched_by_people(house: House, desk: FrontDesk) -> None:
    """Refuse to do, reopen or hand over what the count has taken back; the count brings it back."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=1, begin="2026-03-01", task="COUNT_REACHED")
    (session,) = await desk.holds(client, "2026-03-04 09:00")
    await desk.reopens(session)
    withdrawn = await desk.sees_task(client)
    assert withdrawn.status == "WITHDRAWN"
    for mutation, more in (
        ("completeTask", {}),
        ("reopenTask", {}),
        ("reassignTask", {"assigneeId": house.id_of(Role.ADMIN)}),
    ):
        assert await desk.is_refused(mutation, taskId=withdrawn.id, **more) == ["TASK_WITHDRAWN"]
        assert await desk.sees_task(client) == withdrawn
    await desk.completes(session)
    assert (await desk.sees_task(client)).status == "OPEN"


async def test_a_handed_over_task_stays_with_its_new_owner_when_it_reopens(house: House, desk: FrontDesk) -> None:
    """Reopen the same task for the person who has it now."""
    client = await desk.welcomes("Mara Keller")
    await desk.tracks(client, limit=1, begin="2026-03-01", task="COUNT_REACHED")
    (session,) = await desk.holds(client, "2026-03-04 09:00")
    task = await desk.sees_task(client)
    await desk.api.done("reassignTask", "task { id }", taskId=task.id, assigneeId=house.id_of(Role.ADMIN))
    await desk.reopens(session)
    await desk.completes(session)
    reopened = await desk.sees_task(client)
    assert (reopened.id, reopened.status, reopened.assignee) == (task.id, "OPEN", "Admin")
