"""Staff members: list, add, change; and the check that work goes to active ones."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.expressions import F

from models.access import Viewer, find, within
from models.constraints import EMAIL_TAKEN
from models.errors import DomainError, EmailTaken, InactiveStaffMember, Invalid, LastAdmin, refuse
from models.history import Actor, record
from models.identifiers import new_id
from models.paging import Order, Page, read_page
from models.practices import Practice, StaffMember
from models.terms import Role
from models.text import MAX_EMAIL, MAX_TEXT, text_problems, tidy
from models.unit_of_work import unit_of_work
from resolvers.permissions import Operation, authorize

BY_NAME: Final = Order("staff", F("name"), str)
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")


async def active_staff_member(staff_member_id: UUID, *, practice_id: UUID, path: tuple[str, ...]) -> StaffMember:
    """Return a staff member who can be given work.

    Raises NotFound, InactiveStaffMember.
    """
    row = await find(StaffMember, staff_member_id, practice_id=practice_id, path=path)
    if not row.active:
        raise InactiveStaffMember(f"{row.name} is not active: choose somebody else.", path=path)
    return row


async def page(*, viewer: Viewer, first: int, after: str | None) -> Page[StaffMember]:
    """Return the practice's staff members by name."""
    authorize(viewer, Operation.STAFF)
    return await read_page(within(StaffMember, practice_id=viewer.practice_id), order=BY_NAME, first=first, after=after)


async def create(*, viewer: Viewer, name: str, email: str, role: Role, now: datetime) -> StaffMember:
    """Add a staff member.

    Raises Invalid, EmailTaken.
    """
    authorize(viewer, Operation.CREATE_STAFF_MEMBER)
    return await add(practice_id=viewer.practice_id, actor=viewer.actor, name=name, email=email, role=role, now=now)


async def add(*, practice_id: UUID, actor: Actor, name: str, email: str, role: Role, now: datetime) -> StaffMember:
    """Add a staff member to a practice, on behalf of whoever may."""
    refuse(_problems(name, email))
    row = StaffMember(
        id=new_id(now=now),
        practice_id=practice_id,
        name=name.strip(),
        email=email.strip().lower(),
        role=role,
        created_at=now,
    )

    async def work() -> StaffMember:
        await _check_email(row)
        await row.save(force_create=True)
        await record(row, "staff_member.created", actor=actor, at=now, before=None, after=_told(row))
        return row

    return await unit_of_work(work)


async def update(*, viewer: Viewer, staff_member_id: UUID, changes: dict[str, object], now: datetime) -> StaffMember:
    """Change name, email, role or whether the person is active; `changes` holds only what was given.

    Raises NotFound, Invalid, EmailTaken, LastAdmin.
    """
    authorize(viewer, Operation.UPDATE_STAFF_MEMBER)

    async def work() -> StaffMember:
        await _lock_practice(viewer.practice_id)
        row = await find(StaffMember, staff_member_id, practice_id=viewer.practice_id, path=("staffMemberId",))
        before = _told(row)
        row.update_from_dict(changes)
        refuse(_problems(row.name, row.email))
        row.name, row.email = row.name.strip(), row.email.strip().lower()
        if _told(row) == before:
            return row
        await _check_email(row)
        await _check_last_admin(row)
        await row.save(update_fields=["name", "email", "role", "active"])
        await record(row, "staff_member.updated", actor=viewer.actor, at=now, before=before, after=_told(row))
        return row

    return await unit_of_work(work)


async def _lock_practice(practice_id: UUID) -> None:
    """Let one change of a practice's staff follow another: two administrators cannot each demote the other."""
    await Practice.filter(id=practice_id).select_for_update(no_key=True).first()


def _problems(name: str, email: str) -> list[DomainError]:
    problems = text_problems(tidy(name), longest=MAX_TEXT, field="name")
    problems += text_problems(tidy(email), longest=MAX_EMAIL, field="email")
    if tidy(email) and not EMAIL.fullmatch(email.strip()):
        problems.append(Invalid("This is not an email address.", path=["email"]))
    return problems


async def _check_email(row: StaffMember) -> None:
    if await within(StaffMember, practice_id=row.practice_id).filter(email=row.email).exclude(id=row.id).exists():
        raise EmailTaken(EMAIL_TAKEN, path=["email"])


async def _check_last_admin(row: StaffMember) -> None:
    if row.role is Role.ADMIN and row.active:
        return
    admins = within(StaffMember, practice_id=row.practice_id).filter(role=Role.ADMIN, active=True)
    was_admin = await admins.filter(id=row.id).exists()
    if was_admin and not await admins.exclude(id=row.id).exists():
        raise LastAdmin(
            "A practice keeps one active administrator: make somebody else one first.",
            path=["role" if row.active else "active"],
        )


def _told(row: StaffMember) -> dict[str, object]:
    return {"name": row.name, "email": row.email, "role": row.role, "active": row.active}
