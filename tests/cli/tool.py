"""The console script, run as a person runs it: from a folder of theirs, with an environment of its own."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

SCRIPT = Path(sys.executable).with_name("session-tracker")
SECRET = "a secret of the tests, long enough to sign with"
PATIENCE_SECONDS = 60
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        """What it printed to standard output."""
        return self.out.splitlines()


@dataclass(frozen=True)
class Running:
    """A server that is running, with what it had printed once it listened."""

    process: subprocess.Popen[str]
    welcome: list[str]
    log: IO[str]

    @property
    def address(self) -> str:
        """Where it serves."""
        found = ADDRESS.search(self.welcome[0])
        assert found, self.welcome
        return found.group()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> Outcome:
        """Stop it by its process id, and wait for its end."""
        os.kill(self.process.pid, how)
        rest, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.log.seek(0)
        return Outcome(self.process.returncode, rest, self.log.read())


class Tool:
    """`session-tracker`, at a path with spaces, in a working directory far from the source."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder / "another folder"
        self.folder.mkdir()
        self._script = folder / "programs of mine" / SCRIPT.name
        self._script.parent.mkdir()
        shutil.copy(SCRIPT, self._script)
        self.settings = {"DATABASE_URL": f"sqlite://{folder}/a practice/its data.db", "JWT_SECRET": SECRET, **settings}

    def __call__(self, *arguments: str, **settings: str | None) -> Outcome:
        """Run a command to its end; `settings` are set beside the usual ones, or unset where they are None."""
        done = subprocess.run(
            [self._script, *arguments],
            cwd=self.folder,
            env=self._environment(settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def well(self, *arguments: str) -> list[str]:
        """Run a command that must succeed without a complaint; return its lines."""
        outcome = self(*arguments)
        assert (outcome.code, outcome.err) == (0, ""), outcome.err
        return outcome.lines

    @contextmanager
    def serving(self, *arguments: str, until: str = "serves", **settings: str | None) -> Iterator[Running]:
        """Serve on a free port until the block ends; on entry it has printed a line with that word."""
        with self.running("serve", *arguments, until=until, **settings) as server:
            yield server

    @contextmanager
    def running(self, *arguments: str, until: str, **settings: str | None) -> Iterator[Running]:
        """Run a command until the block ends; on entry it has printed a line with that word."""
        with (self.folder / f"log of {arguments[0]}").open("w+") as log:
            process = subprocess.Popen(
                [self._script, *arguments],
                cwd=self.folder,
                env=self._environment({"PORT": "0", **settings}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
            try:
                yield Running(process, list(_lines_until(process, until)), log)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.communicate()

    def _environment(self, settings: Mapping[str, str | None]) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
        wanted = {**inherited, **self.settings, **settings}
        return {name: value for name, value in wanted.items() if value is not None}


def _lines_until(process: subprocess.Popen[str], word: str) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.rstrip("\n")
        if word in line:
            return
    raise AssertionError(f"it ended with code {process.wait()} before it told {word!r}")
