"""Records of a CSV file, read piece by piece, each with the number of the line it begins on."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from models.errors import Invalid

LONGEST_RECORD: Final = 1 << 16
MOST_BYTES: Final = 4 * (LONGEST_RECORD + 1)
UNDECODED: Final = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that is not imported: the number of its first line, as an editor counts them, and why."""

    line: int
    reason: str


class Record(NamedTuple):
    """The fields of one record, and the number of its first line."""

    line: int
    fields: list[str]


class _NeverClosed(Exception):
    """A quote was opened and is not closed within the longest record."""


def read_file(*, path: Path) -> Iterator[bytes]:
    """Yield the file's lines, a very long one in pieces.

    Raises Invalid when the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            while piece := file.readline(LONGEST_RECORD):
                yield piece
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror or error}.") from error


class Records:
    """The records of a file; blank lines are passed over. `bytes_read` is how far the file has been read."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._given_back: deque[str] = deque()
        self._taken: list[str] = []
        self._length = 0
        self._line = 0
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Record | Refusal]:
        reader = self._reader()
        while True:
            number, self._taken, self._length = self._line + 1, [], 0
            try:
                fields = next(reader, None)
            except (csv.Error, _NeverClosed) as error:
                # Only the first line is at fault for certain: the others are read again, each on its own.
                first, *others = self._taken
                self._give_back(others)
                reader = self._reader()
                yield Refusal(number, _malformed(first, error))
                continue
            if fields is None:
                return
            if reason := _not_utf_8(self._taken):
                yield Refusal(number, reason)
            elif any(map(str.strip, self._taken)):
                yield Record(number, fields)

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._feed(), strict=True, skipinitialspace=True)

    def _feed(self) -> Iterator[str]:
        """Yield lines, and note those that the record being read has taken."""
        while (text := self._take()) is not None:
            self._taken.append(text)
            self._length += len(text)
            if self._length > LONGEST_RECORD:
                raise _NeverClosed
            yield text
        if self._taken:
            raise _NeverClosed

    def _take(self) -> str | None:
        text = self._given_back.popleft() if self._given_back else self._read()
        self._line += text is not None
        return text

    def _give_back(self, taken: list[str]) -> None:
        self._given_back.extendleft(reversed(taken))
        self._line -= len(taken)

    def _read(self) -> str | None:
        line, at_start = b"", not self.bytes_read
        for piece in self._pieces:
            self.bytes_read += len(piece)
            line += piece[: MOST_BYTES - len(line)]
            if piece.endswith(b"\n"):
                break
        text = line.decode(errors="surrogateescape")
        return (text.removeprefix("\ufeff") if at_start else text) or None


def _not_utf_8(texts: Iterable[str]) -> str | None:
    for text in texts:
        if not text.isascii() and (wrong := UNDECODED.search(text)):
            return f"This is not UTF-8 (byte 0x{ord(wrong.group()) - 0xDC00:02X}): save the file as UTF-8."
    return None


def _malformed(first: str, error: Exception) -> str:
    if len(first) > LONGEST_RECORD:
        return f"This line is longer than {LONGEST_RECORD:,} characters."
    if reason := _not_utf_8([first]):
        return reason
    if isinstance(error, _NeverClosed):
        return "A quotation mark is opened and not closed."
    if "\r" in first.rstrip("\r\n"):
        return "A line break is a bare carriage return: save the file with LF or CRLF line breaks."
    return "The quotation marks do not match: a field with quotes is quoted whole, and each quote in it is doubled."
