"""Mutations of clients and appointments."""

from types import SimpleNamespace
from typing import Annotated

import strawberry

from graph.context import Info
from graph.ids import global_id, key_if_given, key_of
from graph.mutations.inputs import (
    AppointmentIdInput,
    CreateClientInput,
    RescheduleAppointmentInput,
    ScheduleAppointmentInput,
    UpdateClientInput,
    given,
)
from graph.mutations.payloads import AppointmentPayload, ClientPayload, DeletePayload, answer
from models.appointments import Appointment
from models.clients import Client
from models.practices import StaffMember
from models.terms import AppointmentStatus
from resolvers import appointments, clients

NamesAppointment = Annotated[AppointmentIdInput, strawberry.argument(description="The appointment.")]


async def set_status(info: Info, named: AppointmentIdInput, status: AppointmentStatus) -> SimpleNamespace:
    """Answer with the appointment after saying what became of it."""
    context = info.context

    async def work() -> Appointment:
        key = key_of(Appointment, named.appointment_id, "appointmentId")
        return await appointments.set_status(viewer=context.viewer, appointment_id=key, status=status, now=context.now)

    return await answer(info.context, "appointment", work)


@strawberry.type
class AppointmentMutations:
    """What changes clients and appointments."""

    @strawberry.mutation(graphql_type=ClientPayload, description="Create a client.")
    async def create_client(
        self, info: Info, input: Annotated[CreateClientInput, strawberry.argument(description="The client.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Client:
            return await clients.create(
                viewer=context.viewer, name=input.name, external_id=input.external_id, now=context.now
            )

        return await answer(info.context, "client", work)

    @strawberry.mutation(graphql_type=ClientPayload, description="Change a client's name or external id.")
    async def update_client(
        self, info: Info, input: Annotated[UpdateClientInput, strawberry.argument(description="What to change.")]
    ) -> SimpleNamespace:
        context, changes = info.context, given(input)

        async def work() -> Client:
            key = key_of(Client, changes.pop("client_id"), "clientId")
            return await clients.update(viewer=context.viewer, client_id=key, changes=changes, now=context.now)

        return await answer(info.context, "client", work)

    @strawberry.mutation(graphql_type=AppointmentPayload, description="Book a session for a client.")
    async def schedule_appointment(
        self, info: Info, input: Annotated[ScheduleAppointmentInput, strawberry.argument(description="The session.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Appointment:
            return await appointments.schedule(
                viewer=context.viewer,
                client_id=key_of(Client, input.client_id, "clientId"),
                starts_at=input.starts_at,
                ends_at=input.ends_at,
                practitioner_id=key_if_given(StaffMember, input.practitioner_id, "practitionerId"),
                service=input.service,
                external_id=input.external_id,
                now=context.now,
            )

        return await answer(info.context, "appointment", work)

    @strawberry.mutation(
        graphql_type=AppointmentPayload, description="Move an appointment; a completed one counts on its new day."
    )
    async def reschedule_appointment(
        self, info: Info, input: Annotated[RescheduleAppointmentInput, strawberry.argument(description="Where to.")]
    ) -> SimpleNamespace:
        context = info.context

        async def work() -> Appointment:
            return await appointments.reschedule(
                viewer=context.viewer,
                appointment_id=key_of(Appointment, input.appointment_id, "appointmentId"),
                starts_at=input.starts_at,
                ends_at=input.ends_at,
                now=context.now,
            )

        return await answer(info.context, "appointment", work)

    @strawberry.mutation(
        graphql_type=AppointmentPayload,
        description="It took place: it counts, from its service date on.",
    )
    async def complete_appointment(self, info: Info, input: NamesAppointment) -> SimpleNamespace:
        return await set_status(info, input, AppointmentStatus.COMPLETED)

    @strawberry.mutation(graphql_type=AppointmentPayload, description="It was called off: it does not count.")
    async def cancel_appointment(self, info: Info, input: NamesAppointment) -> SimpleNamespace:
        return await set_status(info, input, AppointmentStatus.CANCELLED)

    @strawberry.mutation(graphql_type=AppointmentPayload, description="The client did not come: it does not count.")
    async def mark_appointment_missed(self, info: Info, input: NamesAppointment) -> SimpleNamespace:
        return await set_status(info, input, AppointmentStatus.MISSED)

    @strawberry.mutation(graphql_type=AppointmentPayload, description="Back to SCHEDULED, as if nothing was said.")
    async def reopen_appointment(self, info: Info, input: NamesAppointment) -> SimpleNamespace:
        return await set_status(info, input, AppointmentStatus.SCHEDULED)

    @strawberry.mutation(graphql_type=DeletePayload, description="Delete an appointment; history keeps what it was.")
    async def delete_appointment(self, info: Info, input: NamesAppointment) -> SimpleNamespace:
        context = info.context

        async def work() -> strawberry.ID:
            key = key_of(Appointment, input.appointment_id, "appointmentId")
            deleted = await appointments.delete(viewer=context.viewer, appointment_id=key, now=context.now)
            return global_id(Appointment.__name__, deleted)

        return await answer(info.context, "deleted_id", work)
