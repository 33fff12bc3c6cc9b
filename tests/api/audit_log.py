"""The audit log as it is asked for, and what a new practice and a new tracker have in it."""

from typing import Any, Final

from tests.api.conftest import House

ENTRY: Final = """id at what subjectId before after actor { label staffMember { id } } client { id }
  subject { __typename id }"""
LOG: Final = f"query ($filter: AuditLogFilter) {{ auditLog(filter: $filter, first: 100) {{ nodes {{ {ENTRY} }} }} }}"
FIRST: Final = ["staff_member.created"] * 4 + ["practice.created"]
"""What a new practice's log begins with, newest first."""

SET: Final = ["tracker.counted", "tracker.created"]
"""What is told of a tracker that was set, newest first."""


async def log_of(office: House, **only: object) -> list[dict[str, Any]]:
    """Return the entries that a filter leaves, newest first."""
    entries: list[dict[str, Any]] = (await office.api().data(LOG, filter=only))["auditLog"]["nodes"]
    return entries


async def whats(office: House, **only: object) -> list[str]:
    """Return what was done, newest first."""
    return [entry["what"] for entry in await log_of(office, **only)]
