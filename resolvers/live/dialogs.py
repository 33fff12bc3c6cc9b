"""What dialogs show: the banner of an appointment, and a client with its trackers."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from jobs.bus import Topic, client_topic
from jobs.rollover import bring_clients_up_to_date
from models.access import columns_within, within
from models.appointments import Appointment
from models.banner import Banner
from models.banners import read_banners
from models.clients import Client
from models.database import key_read
from models.terms import ChangeReason
from resolvers.live.feed import Feed, Reading
from resolvers.permissions import Operation


class BannerFeed(Feed[UUID, Banner]):
    """Banners, by the appointment's id."""

    operation: ClassVar[Operation] = Operation.APPOINTMENT_BANNER
    portion: ClassVar[int] = 250

    async def locate(self, subjects: Collection[UUID], *, practice_id: UUID) -> Mapping[UUID, Topic]:
        """Return the topic of each appointment's client."""
        rows = await columns_within(Appointment, "id, client_id", subjects, practice_id=practice_id)
        return {key_read(row["id"]): client_topic(key_read(row["client_id"]), practice_id=practice_id) for row in rows}

    async def read(
        self, subjects: Collection[UUID], *, practice_id: UUID, now: datetime
    ) -> Mapping[UUID, Reading[Banner] | None]:
        """Return the banners, their clients settled."""
        banners, due = await read_banners(subjects, practice_id=practice_id, now=now)
        if due:
            failed = await bring_clients_up_to_date(due, now=now)
            banners, _ = await read_banners(subjects, practice_id=practice_id, now=now)
            unreadable = {key for key, banner in banners.items() if banner.client_id in failed}
            subjects = [key for key in subjects if key not in unreadable]
        return {key: _told(banners.get(key), practice_id=practice_id) for key in subjects}

    def differs(self, new: Banner, shown: Banner) -> bool:
        """Tell whether the dialog would look different, or is about another client."""
        return (new.client_id, new.trackers) != (shown.client_id, shown.trackers)

    def told(self, state: Banner, reason: ChangeReason) -> Banner:
        """Return the banner with the reason in it."""
        return state if state.reason is reason else replace(state, reason=reason)


class ClientFeed(Feed[UUID, Client]):
    """Clients, by their id. What is shown beside the client's own row is read for each event."""

    operation: ClassVar[Operation] = Operation.CLIENT_TRACKERS

    async def locate(self, subjects: Collection[UUID], *, practice_id: UUID) -> Mapping[UUID, Topic]:
        """Return the topic of each client."""
        rows = await columns_within(Client, "id", subjects, practice_id=practice_id)
        keys = [key_read(row["id"]) for row in rows]
        return {key: client_topic(key, practice_id=practice_id) for key in keys}

    async def read(
        self, subjects: Collection[UUID], *, practice_id: UUID, now: datetime
    ) -> Mapping[UUID, Reading[Client] | None]:
        """Return the clients, settled."""
        failed = await bring_clients_up_to_date(subjects, now=now)
        rows = {row.id: row for row in await within(Client, practice_id=practice_id).filter(id__in=list(subjects))}
        readings = {
            key: Reading(row, row.revision, row.changed_because, client_topic(key, practice_id=practice_id))
            for key, row in rows.items()
        }
        return {key: readings.get(key) for key in subjects if key not in failed}

    def differs(self, new: Client, shown: Client) -> bool:
        """Tell whether anything visible of the client changed."""
        return bool(new.revision > shown.revision)


def _told(banner: Banner | None, *, practice_id: UUID) -> Reading[Banner] | None:
    if banner is None:
        return None
    return Reading(banner, banner.revision, banner.reason, client_topic(banner.client_id, practice_id=practice_id))
