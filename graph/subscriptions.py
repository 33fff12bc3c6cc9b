"""The subscriptions: first the state, then each visible change; the newest state wins."""

from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from graph.context import Info
from graph.ids import key_if_given, key_of
from graph.types.banner import Banner
from graph.types.client import Client
from graph.types.dashboard import Board, TaskInbox
from models import banner as facts
from models import boards, inboxes
from models.appointments import Appointment as AppointmentRow
from models.board import DEFAULT_NEARLY_USED, DEFAULT_SOON_DAYS, BoardView
from models.clients import Client as ClientRow
from models.practices import StaffMember as StaffMemberRow
from resolvers import banners, dashboards

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
        return await banners.watch_banner(
            viewer=info.context.viewer,
            appointment_id=key_of(AppointmentRow, appointment_id, "appointmentId"),
            known_revision=known_revision,
            hub=info.context.services.hub,
        )

    @strawberry.subscription(
        graphql_type=Client, description="A client with its trackers. Completes when the client is gone."
    )
    async def client_trackers(
        self,
        info: Info,
        client_id: Annotated[strawberry.ID, strawberry.argument(description="The client to watch.")],
        known_revision: KnownRevision = None,
    ) -> AsyncIterator[ClientRow]:
        return await banners.watch_client(
            viewer=info.context.viewer,
            client_id=key_of(ClientRow, client_id, "clientId"),
            known_revision=known_revision,
            hub=info.context.services.hub,
        )

    @strawberry.subscription(
        graphql_type=Board,
        description="The practice's board. An event for each visible change of a client, listed or not, at most one a "
        "second; and one at the practice's midnight.",
    )
    async def board(
        self,
        info: Info,
        soon_days: Annotated[
            int | None, strawberry.argument(description="How many days ahead an end is soon, 0 (today) to 366.")
        ] = DEFAULT_SOON_DAYS,
        nearly_used: Annotated[
            int | None,
            strawberry.argument(description="With how many sessions left or fewer, 0 to 1,000, few are left."),
        ] = DEFAULT_NEARLY_USED,
    ) -> AsyncIterator[boards.Board]:
        return await dashboards.watch_board(
            viewer=info.context.viewer,
            view=BoardView(
                soon_days=DEFAULT_SOON_DAYS if soon_days is None else soon_days,
                nearly_used=DEFAULT_NEARLY_USED if nearly_used is None else nearly_used,
            ),
            hub=info.context.services.hub,
        )

    @strawberry.subscription(graphql_type=TaskInbox, description="A staff member's open tasks.")
    async def task_inbox(
        self,
        info: Info,
        assignee_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Whose; when absent, the viewer's own.")
        ] = None,
    ) -> AsyncIterator[inboxes.TaskInbox]:
        return await dashboards.watch_inbox(
            viewer=info.context.viewer,
            assignee_id=key_if_given(StaffMemberRow, assignee_id, "assigneeId"),
            hub=info.context.services.hub,
        )
