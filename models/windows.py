"""The appointments of many clients at once, by their start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tortoise.expressions import F

from models.appointments import Appointment
from models.pages_of_each import Lists, Portion
from models.paging import Order

BY_START: Final = Order("appointments", F("starts_at"), datetime)
WINDOWS: Final = Lists(Appointment, subject="client_id", column="starts_at", order=BY_START)


@dataclass(frozen=True, slots=True)
class Window(Portion):
    """Those of one client between two service dates, both included."""

    from_date: date | None
    to_date: date | None

    def conditions(self, bind: Callable[[object], str]) -> list[str]:
        """Return what the dates say."""
        bounds = (("service_date >=", self.from_date), ("service_date <=", self.to_date))
        return [f"{bound} {bind(day)}" for bound, day in bounds if day is not None]
