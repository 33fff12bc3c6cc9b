"""The command line's commands."""

import sys
from collections.abc import Iterable
from importlib import import_module
from typing import Final

import typer

COMMANDS: Final = {
    "serve": "graph.cli.serving:serve",
    "worker": "graph.cli.working:worker",
    "migrate": "graph.cli.upkeep:migrate",
    "rollover": "graph.cli.upkeep:rollover",
    "verify": "graph.cli.upkeep:verify",
    "import": "graph.cli.importing:import_calendar",
    "token": "graph.cli.people:token",
    "practice": "graph.cli.people:practice",
    "staff": "graph.cli.people:staff",
    "schema": "graph.cli.describing:schema",
    "permissions": "graph.cli.describing:permissions",
}
"""Where each is: a function, or more commands."""


def session_tracker() -> None:
    """Tell with one trusted number how many sessions a client has left.

    Settings come from the environment: DATABASE_URL, JWT_SECRET, DEMO_MODE, HOST, PORT, LOG_LEVEL.
    """


def command_line(names: Iterable[str]) -> typer.Typer:
    """Return the command line with these commands."""
    app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.callback()(session_tracker)
    for name in names:
        module, _, place = COMMANDS[name].partition(":")
        found = getattr(import_module(module), place)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def main() -> None:
    """Run the command line. Only what is asked for is loaded: the API takes a second, and most commands do without."""
    asked = COMMANDS.keys() & sys.argv[1:2]
    command_line(asked or COMMANDS)()
