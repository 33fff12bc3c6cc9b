"""Mutations of the practice and its staff."""

from types import SimpleNamespace
from typing import Annotated, Any

import strawberry

from graph.context import Info
from graph.ids import key_of
from graph.mutations.inputs import CreateStaffMemberInput, UpdatePracticeInput, UpdateStaffMemberInput, given
from graph.mutations.payloads import PracticePayload, StaffMemberPayload, answer
from models.errors import DomainError, Invalid, refuse
from models.practices import Practice, StaffMember
from resolvers import practices, staff


def read_changes(update: object) -> dict[str, Any]:
    """Return what an update names. Raises Invalid for null, since nothing here can be cleared."""
    changes = given(update)
    problems: list[DomainError] = [
        Invalid("This cannot be cleared: leave it out to keep it.", path=["timeZone" if name == "time_zone" else name])
        for name, value in changes.items()
        if value is None
    ]
    refuse(problems)
    return changes


@strawberry.type
class PracticeMutations:
    """What changes the practice and its staff."""

    @strawberry.mutation(graphql_type=PracticePayload, description="For ADMIN: change the name or the time zone.")
    async def update_practice(
        self, info: Info, input: Annotated[UpdatePracticeInput, strawberry.argument(description="What to change.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Practice:
            return await practices.update(viewer=context.viewer, changes=read_changes(input), now=context.now)

        return await answer(info.context, "practice", work)

    @strawberry.mutation(graphql_type=StaffMemberPayload, description="For ADMIN: add a staff member.")
    async def create_staff_member(
        self, info: Info, input: Annotated[CreateStaffMemberInput, strawberry.argument(description="The person.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> StaffMember:
            return await staff.create(
                viewer=context.viewer, name=input.name, email=input.email, role=input.role, now=context.now
            )

        return await answer(info.context, "staff_member", work)

    @strawberry.mutation(
        graphql_type=StaffMemberPayload, description="For ADMIN: change a staff member, or whether they may sign in."
    )
    async def update_staff_member(
        self, info: Info, input: Annotated[UpdateStaffMemberInput, strawberry.argument(description="What to change.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> StaffMember:
            changes = read_changes(input)
            key = key_of(StaffMember, changes.pop("staff_member_id"), "staffMemberId")
            return await staff.update(viewer=context.viewer, staff_member_id=key, changes=changes, now=context.now)

        return await answer(info.context, "staff_member", work)
