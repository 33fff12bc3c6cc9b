"""The wheel carries the front end as it was built, so that who installs it needs no node."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 300


def test_the_wheel_has_the_pages_and_the_licences_of_what_is_in_them(tmp_path: Path) -> None:
    """Beside the rooms, and nothing of how they are built."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(ZipFile(wheel).namelist())
    for page in ("index.html", "graphiql.html"):
        text = (ROOT / "graph" / "static" / page).read_text()
        assert f"graph/static/{page}" in names
        assert any(
            name.startswith("graph/static/assets/") and name.removeprefix("graph/static") in text for name in names
        )
    assert "graph/static/persisted-documents.json" in names
    assert "MIT License" in ZipFile(wheel).read("graph/static/licences.md").decode()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {
        "graph",
        "jobs",
        "models",
        "resolvers",
    }
