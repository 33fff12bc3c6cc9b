"""The subscriptions: first the state, then each visible change; the newest state wins."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

import strawberry

from graph.context import Info
from graph.ids import key_of
from graph.types.banner import Banner
from graph.types.client import Client
from models import banner as facts
from models.appointments import Appointment as AppointmentRow
from models.clients import Client as ClientRow
from resolvers import banners

KnownRevision = Annotated[
    int | None,
    strawberry.argument(description="The last revision the caller has: the first state is skipped when it is current."),
]


@strawberry.type(description="What can be watched. First the state as it stands, then one event per visible change.")
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription(
        graphql_type=Banner,
        description="An appointment's banner. Completes when the appointment is gone.",
    )
    async def appointment_banner(
        self,
        info: Info,
        appointment_id: Annotated[strawberry.ID, strawberry.argument(description="The appointment of the dialog.")],
        known_revision: KnownRevision = None,
    ) -> AsyncIterator[facts.Banner]:
        context = info.context
        watched = banners.watch_banner(
            viewer=context.viewer,
            appointment_id=key_of(AppointmentRow, appointment_id, "appointmentId"),
            known_revision=known_revision,
            bus=context.services.bus,
            now=context.renew,
        )
        async with aclosing(watched):
            async for banner in watched:
                yield banner

    @strawberry.subscription(
        graphql_type=Client, description="A client with its trackers. Completes when the client is gone."
    )
    async def client_trackers(
        self,
        info: Info,
        client_id: Annotated[strawberry.ID, strawberry.argument(description="The client to watch.")],
        known_revision: KnownRevision = None,
    ) -> AsyncIterator[ClientRow]:
        context = info.context
        watched = banners.watch_client(
            viewer=context.viewer,
            client_id=key_of(ClientRow, client_id, "clientId"),
            known_revision=known_revision,
            bus=context.services.bus,
            now=context.renew,
        )
        async with aclosing(watched):
            async for client in watched:
                yield client
