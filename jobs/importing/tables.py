"""A CSV file as a table: which columns it must and may have, and its rows by column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from jobs.importing.records import Record, Records, Refusal
from models.errors import DomainError, Invalid
from models.text import MAX_TEXT, text_problems


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a format; `only` refuses any others, so that a misspelt one does not go unnoticed."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    only: bool = True

    @property
    def known(self) -> tuple[str, ...]:
        """All columns that are read."""
        return (*self.required, *self.optional)


class Row(NamedTuple):
    """What one record holds in the known columns that the file has."""

    line: int
    cells: dict[str, str]

    def required(self, column: str) -> str:
        """Return the tidied text. Raises Invalid, also when it is empty."""
        text = self.cells[column].strip()
        if not text:
            _refuse(text_problems(None, longest=MAX_TEXT, field=column), column)
        return _fit(text, column, MAX_TEXT)

    def optional(self, column: str, *, longest: int = MAX_TEXT) -> str | None:
        """Return the tidied text, or None when it is empty or the file has no such column. Raises Invalid."""
        return _fit(self.cells.get(column, "").strip(), column, longest) or None


class Table:
    """Reads a file's header at once and its rows one by one."""

    def __init__(self, pieces: Iterable[bytes], *, columns: Columns) -> None:
        """Read the header. Raises Invalid when it lacks a column, or the file cannot be read."""
        self._records = Records(pieces)
        self._rest = iter(self._records)
        header = next(self._rest, None)
        if header is None:
            raise Invalid("The file is empty: its first line names the columns.")
        if isinstance(header, Refusal):
            raise Invalid(f"The first line must name the columns. {header.reason}")
        names = [name.strip() for name in header.fields]
        _check_header(names, columns)
        self._names = [name for name in columns.known if name in names]
        self._of_names = itemgetter(*map(names.index, self._names))
        self._width = len(names)

    @property
    def bytes_read(self) -> int:
        """How far the file has been read."""
        return self._records.bytes_read

    def __iter__(self) -> Iterator[Row | Refusal]:
        for record in self._rest:
            yield record if isinstance(record, Refusal) else self._row(record)

    def _row(self, record: Record) -> Row | Refusal:
        if (width := len(record.fields)) != self._width:
            return Refusal(record.line, f"This line has {_counted(width)}, the first line {self._width}.")
        return Row(record.line, dict(zip(self._names, self._of_names(record.fields), strict=True)))


def _check_header(names: list[str], columns: Columns) -> None:
    if missing := [name for name in columns.required if name not in names]:
        hint = " The columns are separated by commas." if len(names) == 1 else ""
        raise Invalid(f"The first line lacks {_listed(missing)}.{hint}")
    if twice := [name for name in columns.known if names.count(name) > 1]:
        raise Invalid(f"The first line names {_listed(twice)} more than once.")
    if columns.only and (strange := [name for name in names if name not in columns.known]):
        raise Invalid(f"The first line names {_listed(strange)}, but the columns are {', '.join(columns.known)}.")


def _fit(text: str, column: str, longest: int) -> str:
    # What is short and printable, as nearly every text is, has none of the problems: this is read a million times.
    if len(text) > longest or not text.isprintable():
        _refuse(text_problems(text, longest=longest, field=column), column)
    return text


def _refuse(problems: list[DomainError], column: str) -> None:
    if problems:
        raise Invalid(f"{column}: {problems[0].message}")


def _counted(width: int) -> str:
    return "1 column" if width == 1 else f"{width} columns"


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names)
