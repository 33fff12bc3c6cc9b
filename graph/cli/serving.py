"""The command that serves."""

import asyncio
from socket import AF_INET, AF_INET6, create_server
from typing import Annotated

import orjson
import typer

from graph.app import make_app
from graph.cli.running import Exit, clock_of, fail, open_database, out, run
from graph.demo import token_for
from graph.limits.trusted import read_trusted
from graph.logs import set_up_logging
from graph.server import Server, address_of
from graph.supervisor import Supervisor
from models.database import is_sqlite
from models.settings import Settings
from resolvers.demo_practice import first_of_each_role, seed

BACKLOG = 2048
QUERY = "{ practice { name today } clients(first: 3) { nodes { name trackers { used sessionLimit remaining } } } }"


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on, instead of HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port, instead of PORT.")] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="How many processes serve; several need PostgreSQL and REDIS_URL.")
    ] = 1,
) -> None:
    """Serve the API, settle what is due, and push what changes.

    In demo mode (DEMO_MODE=true) an empty database gets a demo practice, and a token for each role is printed.
    """

    async def work(settings: Settings) -> bool:
        given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
        settings = settings.model_copy(update=given)
        set_up_logging(settings.log_level)
        read_trusted(settings)
        if workers > 1:
            _demand_what_several_need(settings)
        async with open_database(settings):
            welcome = await _prepare_demo(settings) if settings.demo_mode else []
        if workers > 1:
            return await _supervise(settings, workers)

        def begin(address: str) -> None:
            _welcome(address, welcome, is_demo=settings.demo_mode)

        server = Server(make_app(settings), settings, on_start=begin)
        await server.serve()
        return server.started

    try:
        if not run(work):
            raise typer.Exit(Exit.FAILED)
    except SystemExit as error:
        raise typer.Exit(Exit.FAILED) from error
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(Exit.DONE) from None


def _demand_what_several_need(settings: Settings) -> None:
    """Leave with one line when something is missing."""
    if is_sqlite(settings.database_url):
        fail("Several workers need PostgreSQL: set DATABASE_URL to postgresql://…", Exit.MISUSED)
    if settings.redis_url is None:
        fail("Several workers need Redis, to tell each other of changes: set REDIS_URL.", Exit.MISUSED)
    if settings.demo_mode:
        fail("Several workers cannot share the clock of demo mode: unset DEMO_MODE, or serve with one.", Exit.MISUSED)


async def _supervise(settings: Settings, workers: int) -> bool:
    """Serve with several processes on one socket; tell whether all went well."""
    family = AF_INET6 if ":" in settings.host else AF_INET
    try:
        listening = create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        fail(f"Cannot listen on {settings.host}, port {settings.port}: {error}")
    with listening:
        supervisor = Supervisor(settings, listening, processes=workers)
        return await supervisor.run(on_start=lambda: _welcome(address_of(listening), [], is_demo=False))


async def _prepare_demo(settings: Settings) -> list[tuple[str, str, str]]:
    """Seed an empty database; return role, name and token of who stands for each role of the demo practice."""
    practice = await seed(now=(await clock_of(settings)).now())
    people = await first_of_each_role(practice) if practice else {}
    return [(role.value, person.name, await token_for(person, settings)) for role, person in sorted(people.items())]


def _welcome(address: str, people: list[tuple[str, str, str]], *, is_demo: bool) -> None:
    out.print(f"Session Tracker serves {address}/graphql (sockets: {address.replace('http', 'ws', 1)}/graphql)")
    if not people and is_demo:
        out.print("This database holds a practice that is not the demo's: nobody gets a token of it.")
    if not people:
        return
    out.print(f"In a browser: {address} (the page) and {address}/graphql (GraphiQL)")
    out.print("\nTokens of the demo practice, valid for 30 days:")
    for role, name, token in people:
        out.print(f"\n{role} ({name})\n{token}", markup=False)
    body = orjson.dumps({"query": QUERY}).decode()
    out.print("\nTry:", markup=False)
    out.print(
        f"curl -s {address}/graphql -H 'Content-Type: application/json' "
        f"-H 'Authorization: Bearer {people[0][2]}' -d '{body}'\n",
        markup=False,
    )
