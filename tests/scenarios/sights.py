"""What the front desk reads off the screen, told in one line each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

SHOWN = "state sessionLimit used remaining over sessionNumber note beginDate endDate"
BANNER = f"revision reason moreCount primary {{ note }} trackers {{ {SHOWN} }}"
TASK = "id title reason status createdAt closedAt assignee { name } period { number }"
PERIOD = "number beginDate endDate sessionLimit used remaining over closedAt"
TRACKER = "id slot note state sessionLimit used remaining over"
PAGE = "pageInfo { hasNextPage }"
"""What is selected of the API's types."""


@dataclass(frozen=True, slots=True)
class Task:
    """A task on somebody's list; times are the practice's."""

    id: str
    title: str
    reason: str
    status: str
    period: int
    assignee: str
    created: str
    closed: str | None

    @property
    def story(self) -> str:
        """Tell what fired it in which period, and what became of it: 'OPEN, COUNT_REACHED in period 1'."""
        return f"{self.status}, {self.reason} in period {self.period}"


def told_count(row: dict[str, Any]) -> str:
    """Tell a count: '3 of 2, 0 left, 1 over'."""
    over = f", {row['over']} over" if row["over"] else ""
    return f"{row['used']} of {row['sessionLimit']}, {row['remaining']} left{over}"


def told_banner(banner: dict[str, Any]) -> list[str]:
    """Tell each tracker on a banner: 'ACTIVE 1 of 3, 2 left, session 1'."""
    rows = banner["trackers"]
    assert banner["moreCount"] == max(0, len(rows) - 1)
    assert banner["primary"] == ({"note": rows[0]["note"]} if rows else None)
    return [
        f"{row['state']} {told_count(row)}" + (f", session {row['sessionNumber']}" if row["sessionNumber"] else "")
        for row in rows
    ]


def told_tracker(row: dict[str, Any]) -> str:
    """Tell a tracker as the client's page shows it: 'ACTIVE 1 of 3, 2 left'."""
    return f"{row['state']} {told_count(row)}"


def told_period(row: dict[str, Any], *, zone: ZoneInfo) -> str:
    """Tell a period: '2026-01-01 to 2026-01-31: 2 of 3, 1 left; closed 2026-02-01 00:00'."""
    closed = f"; closed {told_time(row['closedAt'], zone=zone)}" if row["closedAt"] else ""
    return f"{row['beginDate']} to {row['endDate'] or 'further notice'}: {told_count(row)}{closed}"


def told_task(row: dict[str, Any], *, zone: ZoneInfo) -> Task:
    """Return a task as the desk reads it."""
    return Task(
        id=row["id"],
        title=row["title"],
        reason=row["reason"],
        status=row["status"],
        period=row["period"]["number"],
        assignee=row["assignee"]["name"],
        created=told_time(row["createdAt"], zone=zone),
        closed=row["closedAt"] and told_time(row["closedAt"], zone=zone),
    )


def told_time(text: str, *, zone: ZoneInfo) -> str:
    """Tell an instant by the practice's clock: '2026-03-04 11:00'; seconds only where there are any."""
    moment = datetime.fromisoformat(text).astimezone(zone).replace(tzinfo=None)
    return moment.isoformat(" ", "minutes" if moment.second == moment.microsecond == 0 else "auto")
