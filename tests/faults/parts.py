"""A part of an installation: a real process that can be killed and started again in its place."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 15.0
LOOK_SECONDS: Final = 0.02
TAIL_LINES: Final = 40


class Part(ABC):
    """One part, in its place whatever becomes of it; what it says is kept in a file."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.log = folder / f"{name}.log"

    @abstractmethod
    def is_ready(self) -> bool:
        """Tell whether it does its work."""

    @abstractmethod
    def start(self) -> None:
        """Start it unless it runs; return once it is ready."""

    @abstractmethod
    def kill(self) -> None:
        """Kill it at once, as a crash does; nothing happens when it has been."""

    def tail(self) -> str:
        """Return the end of what it has said."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join([f"--- {self.log}", *lines[-TAIL_LINES:]])


class Supervised(Part):
    """A process that is started again as often as it gives up."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name, folder)
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _spawn(self) -> subprocess.Popen[bytes]:
        """Start the process."""

    def start(self) -> None:
        """Start it, as often as it gives up, as a supervisor does; return once it is ready.

        Raises TimeoutError after half a minute.
        """
        deadline = time.monotonic() + START_SECONDS
        while not (self._runs() and self.is_ready()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} does not start:\n{self.tail()}")
            if not self._runs():
                self._process = self._spawn()
            time.sleep(LOOK_SECONDS)

    def kill(self) -> None:
        """Kill it at once, as a crash does; nothing happens when it has been."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def drain(self) -> tuple[int, float]:
        """Ask it to end, and wait; return its exit code and how many seconds it took.

        Raises subprocess.TimeoutExpired after 15 seconds.
        """
        assert self._process is not None, "it has been started"
        begun = time.monotonic()
        self._process.terminate()
        return self._process.wait(STOP_SECONDS), time.monotonic() - begun

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _launch(
        self, command: Sequence[str | Path], environment: Mapping[str, str], *, user: int | None = None
    ) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            # In a session of its own: an interrupt at the keyboard is for the harness, which then stops it.
            return subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user,
                start_new_session=True,
            )
