"""Practices, staff members and the viewer."""

from datetime import date

import strawberry

from graph.context import Info
from graph.scalars import TimeZone
from graph.types.node import Node, reads
from models import practices as rows
from models.access import Viewer as DomainViewer
from models.calendar import local_date, zone_named
from models.terms import Role
from resolvers import practices


@strawberry.type(description="The tenant. Nothing of one practice is ever visible to another.")
class Practice(Node):
    """Reads a row of `models.practices`."""

    is_type_of = reads(rows.Practice)

    name: str = strawberry.field(description="What it is called.")

    @strawberry.field(description="Where its days begin and end.")
    def time_zone(root: strawberry.Parent[rows.Practice]) -> TimeZone:
        return TimeZone(root.time_zone)

    @strawberry.field(description="The calendar date now, in its time zone.")
    def today(root: strawberry.Parent[rows.Practice], info: Info) -> date:
        return local_date(info.context.now, zone=zone_named(root.time_zone))

    @strawberry.field(description="How many clients are still kept in an earlier time zone; 0 when the move is over.")
    async def clients_to_move(root: strawberry.Parent[rows.Practice], info: Info) -> int:
        return await info.context.loaders.clients_to_move.load(root)


@strawberry.type(description="A person of the practice who signs in.")
class StaffMember(Node):
    """Reads a row of `models.practices`."""

    is_type_of = reads(rows.StaffMember)

    name: str = strawberry.field(description="The person's name.")
    email: str = strawberry.field(description="Unique within the practice.")
    role: Role = strawberry.field(description="What the person may do.")
    active: bool = strawberry.field(description="Whether the person may sign in and be given work.")


@strawberry.type(description="Who is signed in.")
class Viewer:
    """Reads a `models.access.Viewer`."""

    role: Role = strawberry.field(description="What the viewer may do.")

    @strawberry.field(graphql_type=StaffMember | None, description="The person; absent for a system's token.")
    async def staff_member(root: strawberry.Parent[DomainViewer], info: Info) -> rows.StaffMember | None:
        return await info.context.loaders.staff.load(root.staff_member_id) if root.staff_member_id else None

    @strawberry.field(graphql_type=Practice, description="The practice whose data the viewer sees.")
    async def practice(root: strawberry.Parent[DomainViewer]) -> rows.Practice:
        return await practices.get(viewer=root)
