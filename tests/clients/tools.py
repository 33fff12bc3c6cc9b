"""What front ends are built with, run by node to its end."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from tests.clients.player import FOLDER, NODE

SCHEMA: Final = FOLDER.parents[1] / "schema.graphql"
PATIENCE_SECONDS: Final = 60


def run(script: str | Path, *arguments: str | Path, cwd: Path = FOLDER) -> str:
    """Run a script, by its name in this folder, and return what it printed; fail where it fails, with what it said."""
    done = subprocess.run(
        [NODE, FOLDER / script, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def read(script: str, *arguments: str | Path) -> Any:
    """Run a script that prints JSON, and return that."""
    return json.loads(run(script, *arguments))
