"""The formats of files: which columns they have, and how their rows become lines, checked by themselves."""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Generic, TypeVar

from jobs.importing.lines import STATUSES, AppointmentLine, ClientLine, Line
from jobs.importing.records import Refusal
from jobs.importing.tables import Columns, Row, Table
from jobs.importing.times import read_time
from models.appointments import LONGEST
from models.errors import Invalid
from models.terms import AppointmentStatus
from models.text import MAX_EMAIL, MAX_TEXT, text_problems

L = TypeVar("L", bound=Line)


class Format(StrEnum):
    """Whose CSV files they are: our own, or Synthea's."""

    NATIVE = "native"
    SYNTHEA = "synthea"


class ImportFile(Generic[L]):
    """A file with its header read: its lines, each one checked by itself or refused."""

    def __init__(self, pieces: Iterable[bytes], *, columns: Columns, read: Callable[[Row], L]) -> None:
        self._table = Table(pieces, columns=columns)
        self._read = read

    @property
    def bytes_read(self) -> int:
        """How far the file has been read."""
        return self._table.bytes_read

    def __iter__(self) -> Iterator[L | Refusal]:
        for row in self._table:
            try:
                yield row if isinstance(row, Refusal) else self._read(row)
            except Invalid as problem:
                yield Refusal(row.line, problem.message)


def open_clients(*, pieces: Iterable[bytes], file_format: Format) -> ImportFile[ClientLine]:
    """Read the header of a file of clients, given as lines of bytes with their line breaks.

    Raises Invalid when a column is missing, or when the file cannot be read.
    """
    if file_format is Format.SYNTHEA:
        return ImportFile(pieces, columns=Columns(("Id", "FIRST", "LAST"), only=False), read=_synthea_client)
    return ImportFile(pieces, columns=Columns(("external_id", "name")), read=_native_client)


def open_appointments(*, pieces: Iterable[bytes], file_format: Format) -> ImportFile[AppointmentLine]:
    """Read the header of a file of appointments, given as lines of bytes with their line breaks.

    Raises Invalid when a column is missing, or when the file cannot be read.
    """
    if file_format is Format.SYNTHEA:
        columns = Columns(("Id", "START", "STOP", "PATIENT", "DESCRIPTION"), only=False)
        return ImportFile(pieces, columns=columns, read=_synthea_appointment)
    required = ("external_id", "client_external_id", "starts_at", "ends_at")
    columns = Columns(required, ("status", "practitioner_email", "service"))
    return ImportFile(pieces, columns=columns, read=_native_appointment)


def _native_client(row: Row) -> ClientLine:
    return ClientLine(row.line, row.required("external_id"), row.required("name"))


def _synthea_client(row: Row) -> ClientLine:
    # Synthea appends digits to the names it makes up.
    name = " ".join(re.sub(r"\d+$", "", row.required(column)) for column in ("FIRST", "LAST")).strip()
    for problem in text_problems(name or None, longest=MAX_TEXT, field="name"):
        raise Invalid(f"FIRST and LAST: {problem.message}")
    return ClientLine(row.line, row.required("Id"), name)


def _native_appointment(row: Row) -> AppointmentLine:
    return AppointmentLine(
        line=row.line,
        external_id=row.required("external_id"),
        client_external_id=row.required("client_external_id"),
        starts_at=read_time(row.required("starts_at"), column="starts_at"),
        ends_at=read_time(row.required("ends_at"), column="ends_at"),
        status=_status(row),
        practitioner_email=(row.optional("practitioner_email", longest=MAX_EMAIL) or "").lower() or None,
        tells_practitioner="practitioner_email" in row.cells,
        service=row.optional("service"),
        tells_service="service" in row.cells,
        longest=LONGEST,
    )


def _synthea_appointment(row: Row) -> AppointmentLine:
    return AppointmentLine(
        line=row.line,
        external_id=row.required("Id"),
        client_external_id=row.required("PATIENT"),
        starts_at=read_time(row.required("START"), column="START"),
        ends_at=read_time(row.required("STOP"), column="STOP"),
        status=AppointmentStatus.COMPLETED,
        practitioner_email=None,
        tells_practitioner=False,
        service=row.optional("DESCRIPTION"),
        tells_service=True,
        longest=None,
    )


def _status(row: Row) -> AppointmentStatus | None:
    if "status" not in row.cells:
        return None
    text = row.optional("status")
    if text is None:
        return AppointmentStatus.SCHEDULED
    status = STATUSES.get(text.upper())
    if status is None:
        raise Invalid(f"status: {text[:40]!r} is none of {', '.join(AppointmentStatus)}.")
    return status
