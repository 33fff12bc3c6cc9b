"""The command line's commands."""

import typer

from graph.cli import importing, people, serving, upkeep, working
from graph.permissions import page
from graph.schema import make_schema

app = typer.Typer(
    name="session-tracker",
    help="Tell with one trusted number how many sessions a client has left. Settings come from the environment: "
    "DATABASE_URL, JWT_SECRET, DEMO_MODE, HOST, PORT, LOG_LEVEL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serving.serve)
app.command()(working.worker)
app.command()(upkeep.migrate)
app.command()(upkeep.rollover)
app.command()(upkeep.verify)
app.command("import")(importing.import_calendar)
app.command()(people.token)
app.add_typer(people.practice, name="practice")
app.add_typer(people.staff, name="staff")


@app.command()
def schema() -> None:
    """Print the API's schema in GraphQL's schema language."""
    print(make_schema(demo=False).as_str())  # noqa: T201 (exactly these bytes)


@app.command()
def permissions() -> None:
    """Print who may do what, as a page of the documentation."""
    print(page(make_schema(demo=True)._schema), end="")  # noqa: T201 (exactly these bytes)


def main() -> None:
    """Run the command line."""
    app()
