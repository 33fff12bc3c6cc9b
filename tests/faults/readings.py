"""Readings of the record while it changes, and how long dialogs take to show what was read."""

from collections.abc import Sequence

from tests.faults.check import Record, contradiction, lag
from tests.faults.dialogs import Dialog


class Readings:
    """Each reading, with the dialogs that are behind it.

    A dialog may show something newer than what was read, but nothing else at the same revision. What shows a later
    reading has got past the earlier ones: of a change that was undone at once nothing need be seen. `longest` is for
    how many seconds one was behind.
    """

    def __init__(self, dialogs: Sequence[Dialog]) -> None:
        self.longest = 0.0
        self.contradictions: list[str] = []
        self._dialogs = dialogs
        self._open: list[tuple[float, Record, set[Dialog]]] = []

    @property
    def behind(self) -> list[str]:
        """How dialogs are behind."""
        return [
            f"{dialog.appointment_id}: {lag(dialog, record)}"
            for _, record, dialogs in self._open
            for dialog in self._dialogs
            if dialog in dialogs
        ]

    def add(self, record: Record, *, since: float, for_all: bool) -> None:
        """Take a reading, begun at that moment of the monotonic clock, for all or for those that are behind."""
        behind: set[Dialog] = set().union(*(dialogs for _, _, dialogs in self._open))
        self._open.append((since, record, set(self._dialogs) if for_all else behind))

    def glance(self, *, now: float) -> None:
        """Look at the dialogs that were behind."""
        past: set[Dialog] = set()
        for since, record, dialogs in reversed(self._open):
            told = [f"{each.appointment_id}: {wrong}" for each in dialogs if (wrong := contradiction(each, record))]
            self.contradictions += told
            past |= {dialog for dialog in dialogs if lag(dialog, record) is None}
            if past & dialogs:
                self.longest = max(self.longest, now - since)
                dialogs -= past
        self._open = [reading for reading in self._open if reading[2]]
