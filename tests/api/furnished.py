"""A practice with one of everything, and the answers to what a walk of the schema asks of it."""

from typing import Any

from graph.ids import global_id
from models.terms import Role
from tests.api.conftest import House
from tests.api.walking import Place


async def furnish(house: House, name: str) -> dict[str, str]:
    """Give the practice one of everything and return the id of each, by its type."""
    person = global_id("StaffMember", next(iter(house.people.values())).id)
    client = await house.desk.client(f"{name} Keller", externalId=f"{name}-1")
    await house.desk.task(person, client)
    query = "query ($id: ID!) { client(id: $id) { trackers { id } tasks { id } appointments { nodes { id } } } }"
    found = (await house.api().data(query, id=client))["client"]
    return {
        "Practice": global_id("Practice", house.practice.id),
        "StaffMember": person,
        "Client": client,
        "Appointment": found["appointments"]["nodes"][0]["id"],
        "Tracker": found["trackers"][0]["id"],
        "Task": found["tasks"][0]["id"],
    }


async def answer_to(
    office: House, place: Place, variables: dict[str, object], *, role: Role = Role.ADMIN
) -> dict[str, Any]:
    """Return what the API answers, or of a subscription its first message."""
    if place.operation != "subscription":
        return await office.api(role).post(place.document(), **variables)
    async with office.api(role).socket() as socket:
        await socket.subscribe(place.document(), **variables)
        return await socket.receive()


def codes_in(answer: dict[str, Any]) -> list[str]:
    """Return the codes of the errors in an answer; over a socket they are the payload."""
    payload = answer.get("payload", answer)
    errors = payload if isinstance(payload, list) else payload.get("errors", [])
    return [error["extensions"]["code"] for error in errors]
