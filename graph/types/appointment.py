"""Appointments."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph.context import Info
from graph.types.banner import Banner
from graph.types.node import Node, reads
from graph.types.practice import StaffMember
from models import appointments as rows
from models import banner as facts
from models.clients import Client as ClientRow
from models.practices import StaffMember as StaffMemberRow
from models.terms import AppointmentStatus

if TYPE_CHECKING:
    from graph.types.client import Client


@strawberry.type(description="One booked session of one client.")
class Appointment(Node):
    """Reads a row of `models.appointments`."""

    is_type_of = reads(rows.Appointment)

    @strawberry.field(
        graphql_type=Annotated["Client", strawberry.lazy("graph.types.client")], description="Whose session it is."
    )
    async def client(root: strawberry.Parent[rows.Appointment], info: Info) -> ClientRow:
        return await info.context.loaders.clients.load(root.client_id)

    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    service_date: date = strawberry.field(description="The calendar date of its start, in the practice's time zone.")
    status: AppointmentStatus = strawberry.field(description="What became of it.")

    @strawberry.field(graphql_type=StaffMember | None, description="Who gives the session.")
    async def practitioner(root: strawberry.Parent[rows.Appointment], info: Info) -> StaffMemberRow | None:
        return await info.context.loaders.staff.load(root.practitioner_id) if root.practitioner_id else None

    service: str | None = strawberry.field(description="What kind of session it is, in the practice's words.")
    external_id: str | None = strawberry.field(description="Its id in another calendar, unique within the practice.")

    @strawberry.field(graphql_type=Banner, description="What its dialog shows about the client's trackers.")
    async def banner(root: strawberry.Parent[rows.Appointment], info: Info) -> facts.Banner:
        return await info.context.loaders.banners.load(root)
