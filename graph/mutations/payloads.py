"""What mutations answer with: the changed entity, null on failure, and the expected failures as data."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import strawberry

from graph.context import Context
from graph.types.appointment import Appointment
from graph.types.client import Client
from graph.types.practice import Practice, StaffMember
from graph.types.task import Task
from graph.types.tracker import Tracker
from models.errors import DomainError, ErrorCode, Unauthenticated, Unavailable
from resolvers.idempotency import once


@strawberry.type(description="An expected failure: what was wrong, and what to do.")
class UserError:
    """Tells a `models.errors.DomainError`."""

    code: ErrorCode = strawberry.field(description="Stable; for programs.")
    message: str = strawberry.field(description="In words; may change.")
    path: list[str] | None = strawberry.field(
        description="The input field at fault, outermost first; absent when it is none in particular."
    )


@strawberry.type(description="The answer of a mutation of a client.")
class ClientPayload:
    """Reads what `answer` returns."""

    client: Client | None = strawberry.field(description="The client as it is now; null on failure.")
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


@strawberry.type(description="The answer of a mutation of an appointment.")
class AppointmentPayload:
    """Reads what `answer` returns."""

    appointment: Appointment | None = strawberry.field(description="The appointment as it is now; null on failure.")
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


@strawberry.type(description="The answer of a mutation of a tracker.")
class TrackerPayload:
    """Reads what `answer` returns."""

    tracker: Tracker | None = strawberry.field(description="The tracker as it is now; null on failure.")
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


@strawberry.type(description="The answer of a mutation of a task.")
class TaskPayload:
    """Reads what `answer` returns."""

    task: Task | None = strawberry.field(description="The task as it is now; null on failure.")
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


@strawberry.type(description="The answer of a mutation of a practice.")
class PracticePayload:
    """Reads what `answer` returns."""

    practice: Practice | None = strawberry.field(description="The practice as it is now; null on failure.")
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


@strawberry.type(description="The answer of a mutation of a staff member.")
class StaffMemberPayload:
    """Reads what `answer` returns."""

    staff_member: StaffMember | None = strawberry.field(
        description="The staff member as they are now; null on failure."
    )
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


@strawberry.type(description="The answer of a deletion.")
class DeletePayload:
    """Reads what `answer` returns."""

    deleted_id: strawberry.ID | None = strawberry.field(description="The id of what was deleted; null on failure.")
    errors: list[UserError] = strawberry.field(description="What was wrong; empty on success.")


async def answer(context: Context, entity: str, work: Callable[[], Awaitable[object]]) -> SimpleNamespace:
    """Do the work, once for a key, and return a payload: its result as `entity`, or the domain errors it raised.

    Raises Unauthenticated, as who is not signed in learns nothing else, and Unavailable, as nothing was found out.
    """
    context.forget()
    try:
        return SimpleNamespace(**{entity: await _done(context, work), "errors": []})
    except (Unauthenticated, Unavailable):
        raise
    except DomainError as error:
        return failed(error, entity)


def failed(error: DomainError, *entities: str) -> SimpleNamespace:
    """Return a payload that tells what was wrong, with nothing of what else it can hold."""
    return SimpleNamespace(**dict.fromkeys(entities), errors=[_told(problem) for problem in error.problems])


async def _done(context: Context, work: Callable[[], Awaitable[object]]) -> object:
    if context.asked is None:
        return await work()
    return await once(work, viewer=context.viewer, asked=context.asked, now=context.now)


def _told(problem: DomainError) -> UserError:
    return UserError(code=problem.code, message=problem.message, path=list(problem.path) or None)
