"""Commands that set up a practice: practice, staff, token."""

from datetime import timedelta
from typing import Annotated

import typer

from graph.auth import issue_token
from graph.cli.running import Exit, clock_of, fail, open_database, out, practice_named, run
from graph.tokens.rules import rules_of
from models.access import within
from models.clock import SystemClock
from models.demo import signing_secret
from models.history import Actor
from models.practices import Practice, StaffMember
from models.settings import Settings
from models.terms import Role
from resolvers import practices
from resolvers import staff as staff_members

ACTOR = Actor("command line")
MOST_HOURS = 87_600

practice = typer.Typer(help="Create and list practices.", no_args_is_help=True)
staff = typer.Typer(help="Create and list staff members.", no_args_is_help=True)

PracticeOption = Annotated[
    str | None, typer.Option("--practice", help="The practice's id; may be left out when there is only one.")
]


@practice.command("create")
def create_practice(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    time_zone: Annotated[str, typer.Option(help="Its IANA time zone, such as Europe/Zurich.")],
) -> None:
    """Create a practice and print its id."""

    async def work(settings: Settings) -> Practice:
        async with open_database(settings):
            now = (await clock_of(settings)).now()
            return await practices.create(name=name, time_zone=time_zone, actor=ACTOR, now=now)

    out.print(str(run(work).id))


@practice.command("list")
def list_practices() -> None:
    """Print each practice's id, time zone and name, and how many clients have yet to follow it to that zone."""

    async def work(settings: Settings) -> list[tuple[Practice, int]]:
        async with open_database(settings):
            return [(row, await practices.clients_to_move(row)) for row in await Practice.all().order_by("id")]

    for row, clients in run(work):
        still = f" ({clients} clients to move)" if clients else ""
        out.print(f"{row.id}  {row.time_zone}  {row.name}{still}", markup=False)


@staff.command("create")
def create_staff_member(
    name: Annotated[str, typer.Argument(help="The person's name.")],
    email: Annotated[str, typer.Argument(help="The email address, unique in the practice.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    practice: PracticeOption = None,
) -> None:
    """Create a staff member and print the id."""

    async def work(settings: Settings) -> StaffMember:
        async with open_database(settings):
            owner = await practice_named(practice)
            now = (await clock_of(settings)).now()
            return await staff_members.add(
                practice_id=owner.id, actor=ACTOR, name=name, email=email, role=role, now=now
            )

    out.print(str(run(work).id))


@staff.command("list")
def list_staff_members(practice: PracticeOption = None) -> None:
    """Print each staff member's id, role, email address and name."""

    async def work(settings: Settings) -> list[StaffMember]:
        async with open_database(settings):
            owner = await practice_named(practice)
            return await within(StaffMember, practice_id=owner.id).order_by("name")

    for row in run(work):
        out.print(f"{row.id}  {row.role}  {row.email}  {row.name}{'' if row.active else ' (inactive)'}", markup=False)


def token(
    email: Annotated[str | None, typer.Option(help="The staff member who signs in.")] = None,
    role: Annotated[Role | None, typer.Option(help="For a system instead: INTEGRATION or READ_ONLY.")] = None,
    label: Annotated[str, typer.Option(help="What history calls that system.")] = "integration",
    hours: Annotated[int, typer.Option(min=1, help="How long the token is valid.")] = 12,
    practice: PracticeOption = None,
) -> None:
    """Print a signed token for a staff member (--email) or a system (--role)."""
    if (email is None) == (role is None):
        fail("Give either --email or --role.", Exit.MISUSED)
    if hours > MOST_HOURS:
        fail(f"A token is valid for at most {MOST_HOURS:,} hours.", Exit.MISUSED)

    async def work(settings: Settings) -> str:
        async with open_database(settings):
            owner = await practice_named(practice)
            person = None
            if email is not None:
                person = await within(StaffMember, practice_id=owner.id).get_or_none(email=email.lower(), active=True)
                if person is None:
                    fail(f"There is no active staff member {email} in {owner.name}.")
            try:
                return issue_token(
                    secret=await secret_of(settings),
                    practice_id=owner.id,
                    now=SystemClock().now(),
                    lifetime=timedelta(hours=hours),
                    staff_member_id=person.id if person else None,
                    role=role,
                    label=label,
                    rules=rules_of(settings),
                )
            except ValueError as error:
                fail(str(error), Exit.MISUSED)

    out.print(run(work))


async def secret_of(settings: Settings) -> str:
    """Return what signs the tokens; fail where only an issuer does."""
    return await signing_secret(settings) or fail(
        "Without JWT_SECRET the tokens are the issuer's: sign in there.", Exit.MISUSED
    )
