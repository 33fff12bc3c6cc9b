"""Banners: what an appointment's dialog shows."""

from datetime import date

import strawberry

from graph.ids import global_id
from graph.scalars import Color
from models import banner as facts
from models.appointments import Appointment
from models.clients import Client
from models.terms import ChangeReason, TrackerState
from models.trackers import Tracker


@strawberry.type(
    description="One tracker on a banner: the period that holds the service date; for an expired tracker and a later "
    "date its last period; where no period holds the date, the current one."
)
class BannerTracker:
    """Reads a `models.banner.BannerTracker`."""

    @strawberry.field(description="The tracker's id.")
    def tracker_id(root: strawberry.Parent[facts.BannerTracker]) -> strawberry.ID:
        return global_id(Tracker.__name__, root.tracker_id)

    state: TrackerState = strawberry.field(
        description="The tracker's state; for a closed period LIMIT_REACHED or ACTIVE, as its count tells."
    )
    session_limit: int = strawberry.field(description="How many sessions the period allows.")
    used: int = strawberry.field(description="Sessions counted in the period.")
    remaining: int = strawberry.field(description="Sessions left: never below zero.")
    over: int = strawberry.field(description="Sessions past the limit: never below zero.")
    session_number: int | None = strawberry.field(
        description='This appointment\'s own number in the period ("session 4 of 12"), when it is counted.'
    )
    begin_date: date = strawberry.field(description="The period's first day.")
    end_date: date | None = strawberry.field(description="The period's last day; absent when it runs on.")
    note: str | None = strawberry.field(description="What the practice wrote on the tracker.")

    @strawberry.field(description="The tracker's identifying colour.")
    def color(root: strawberry.Parent[facts.BannerTracker]) -> Color:
        return Color(root.color)


@strawberry.type(description="What an appointment's dialog shows about the client's trackers.")
class Banner:
    """Reads a `models.banner.Banner`."""

    @strawberry.field(description="The appointment whose dialog shows it.")
    def appointment_id(root: strawberry.Parent[facts.Banner]) -> strawberry.ID:
        return global_id(Appointment.__name__, root.appointment_id)

    @strawberry.field(description="The client it is about.")
    def client_id(root: strawberry.Parent[facts.Banner]) -> strawberry.ID:
        return global_id(Client.__name__, root.client_id)

    revision: int = strawberry.field(description="The client's revision, which grows with every visible change.")
    reason: ChangeReason = strawberry.field(description="Why this state was sent.")
    trackers: list[BannerTracker] = strawberry.field(description="In slot order; empty for an appointment after today.")
    primary: BannerTracker | None = strawberry.field(description="The first of the trackers.")
    more_count: int = strawberry.field(description='How many more are behind the "show all" link.')
