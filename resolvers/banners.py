"""Watching: the banner of one appointment and the trackers of one client, as they change."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from jobs.bus import Bus, client_topic
from models.access import Viewer, find, within
from models.appointments import Appointment
from models.banner import Banner
from models.banners import read_banners
from models.clients import Client
from models.terms import ChangeReason
from resolvers import appointments, clients
from resolvers.permissions import Permission, authorize, keeps


async def banner_of(*, viewer: Viewer, appointment_id: UUID, now: datetime) -> Banner | None:
    """Return the appointment's banner as it stands, or None when it is gone."""
    appointment = await appointments.get(viewer=viewer, appointment_id=appointment_id, now=now)
    if appointment is None:
        return None
    return (await read_banners([appointment], practice_id=viewer.practice_id, now=now)).get(appointment_id)


async def watch_banner(
    *, viewer: Viewer, appointment_id: UUID, known_revision: int | None, bus: Bus, now: Callable[[], datetime]
) -> AsyncGenerator[Banner, None]:
    """Yield the banner as it stands, unless `known_revision` is current, then at each visible change; newest wins.

    Ends when the appointment is gone, or the viewer's access. Raises NotFound when there is none at the start.
    """
    authorize(viewer, Permission.READ)
    shown: Banner | None = None
    while True:
        appointment = await within(Appointment, practice_id=viewer.practice_id).get_or_none(id=appointment_id)
        if appointment is None:
            if shown is None:
                await find(Appointment, appointment_id, practice_id=viewer.practice_id, path=("appointmentId",))
            return
        async with bus.subscribe(client_topic(appointment.client_id)) as wakeups:
            missed = False
            while (banner := await banner_of(viewer=viewer, appointment_id=appointment_id, now=now())) is not None:
                if banner.client_id != appointment.client_id:
                    break
                if shown is None:
                    if banner.revision != known_revision:
                        yield replace(banner, reason=ChangeReason.SNAPSHOT)
                    shown = banner
                elif _differs(banner, shown):
                    yield replace(banner, reason=ChangeReason.RESYNC) if missed else banner
                    shown = banner
                missed = await wakeups.wait()
                if not await keeps(viewer, Permission.READ):
                    return
            else:
                return


async def watch_client(
    *, viewer: Viewer, client_id: UUID, known_revision: int | None, bus: Bus, now: Callable[[], datetime]
) -> AsyncGenerator[Client, None]:
    """Yield the client as it stands, unless `known_revision` is current, then whenever its revision grew.

    Ends when the client is gone, or the viewer's access. Raises NotFound when there is none at the start.
    """
    authorize(viewer, Permission.READ)
    await find(Client, client_id, practice_id=viewer.practice_id, path=("clientId",))
    shown: int | None = None
    async with bus.subscribe(client_topic(client_id)) as wakeups:
        while (client := await clients.get(viewer=viewer, client_id=client_id, now=now())) is not None:
            if client.revision > shown if shown is not None else client.revision != known_revision:
                yield client
            shown = client.revision
            await wakeups.wait()
            if not await keeps(viewer, Permission.READ):
                return


def _differs(banner: Banner, shown: Banner) -> bool:
    if banner.client_id != shown.client_id:
        return True
    return banner.revision >= shown.revision and banner.trackers != shown.trackers
