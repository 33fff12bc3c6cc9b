"""Banners: of one appointment as it stands, and watched as it changes; likewise the trackers of one client."""

from datetime import datetime
from typing import Final
from uuid import UUID

from models.access import Viewer
from models.banner import Banner
from models.banners import read_banners
from models.clients import Client
from models.errors import NotFound
from resolvers import appointments
from resolvers.live.dialogs import BannerFeed, ClientFeed
from resolvers.live.hub import Hub
from resolvers.live.source import Gone, Subscriber
from resolvers.permissions import Operation, authorize

BANNERS: Final = BannerFeed()
CLIENTS: Final = ClientFeed()


async def banner_of(*, viewer: Viewer, appointment_id: UUID, now: datetime) -> Banner | None:
    """Return the appointment's banner as it stands, or None when it is gone."""
    appointment = await appointments.get(viewer=viewer, appointment_id=appointment_id, now=now)
    if appointment is None:
        return None
    return (await read_banners([appointment_id], practice_id=viewer.practice_id, now=now)).banners.get(appointment_id)


async def watch_banner(
    *, viewer: Viewer, appointment_id: UUID, known_revision: int | None, hub: Hub
) -> Subscriber[Banner]:
    """Watch the banner: as it stands, unless `known_revision` is current, then each visible change; the newest wins.

    Ends when the appointment is gone, or the viewer's access. Raises NotFound when there is none at the start.
    """
    authorize(viewer, Operation.APPOINTMENT_BANNER)
    try:
        return await hub.watch(BANNERS, appointment_id, viewer=viewer, known_revision=known_revision)
    except Gone as gone:
        raise NotFound("There is no such appointment in this practice.", path=("appointmentId",)) from gone


async def watch_client(*, viewer: Viewer, client_id: UUID, known_revision: int | None, hub: Hub) -> Subscriber[Client]:
    """Watch the client: as it stands, unless `known_revision` is current, then whenever its revision grew.

    Ends when the client is gone, or the viewer's access. Raises NotFound when there is none at the start.
    """
    authorize(viewer, Operation.CLIENT_TRACKERS)
    try:
        return await hub.watch(CLIENTS, client_id, viewer=viewer, known_revision=known_revision)
    except Gone as gone:
        raise NotFound("There is no such client in this practice.", path=("clientId",)) from gone
