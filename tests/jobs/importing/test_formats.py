"""What lines say, as far as they can be checked by themselves."""

from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import pytest

from jobs.importing.formats import Format, open_appointments, open_clients
from jobs.importing.lines import AppointmentLine, ClientLine
from jobs.importing.records import Refusal
from models.errors import Invalid
from models.terms import AppointmentStatus
from tests.jobs.importing.cases import HEADER, pieces_of, session

EMPTY = "This must not be empty."
STATUSES = "SCHEDULED, COMPLETED, CANCELLED, MISSED"
MOMENT = "is not a date and time, such as 2026-03-04T09:30."
YEARS = "an appointment lies between 1900-01-01 and 2999-12-31."


def clients(text: str, file_format: Format = Format.NATIVE) -> list[ClientLine | Refusal]:
    """Return what a file of clients says."""
    return list(open_clients(pieces=pieces_of(text), file_format=file_format))


def appointments(text: str, file_format: Format = Format.NATIVE) -> list[AppointmentLine | Refusal]:
    """Return what a file of appointments says."""
    return list(open_appointments(pieces=pieces_of(text), file_format=file_format))


def appointment(line: str) -> AppointmentLine | str:
    """Return what a line under all columns says, or why it is refused."""
    (found,) = appointments(f"{HEADER}\n{line}\n")
    return found.reason if isinstance(found, Refusal) else found


def test_columns_may_come_in_any_order() -> None:
    """Names and values are tidied."""
    assert clients(" name ,external_id\n  Mara Keller , c1\n") == [ClientLine(2, "c1", "Mara Keller")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The file is empty: its first line names the columns."),
        ("\n\n", "The file is empty: its first line names the columns."),
        ("external_id\nc1\n", "The first line lacks 'name'. The columns are separated by commas."),
        ("external_id;name\nc1;x\n", "lacks 'external_id', 'name'. The columns are separated by commas."),
        ("external_id,name,name\n", "The first line names 'name' more than once."),
        ("external_id,name,nmae\n", "The first line names 'nmae', but the columns are external_id, name."),
        ('external_id,"name\n', "The first line must name the columns. A quotation mark is opened and not closed."),
    ],
)
def test_a_first_line_that_does_not_name_the_columns_stops_all(text: str, reason: str) -> None:
    """It is told when the file is opened."""
    with pytest.raises(Invalid) as refusal:
        open_clients(pieces=pieces_of(text), file_format=Format.NATIVE)
    assert reason in str(refusal.value)


def test_a_file_in_another_encoding_stops_all() -> None:
    """What a spreadsheet calls Unicode is UTF-16."""
    with pytest.raises(Invalid, match=r"must name the columns\. This is not UTF-8 \(byte 0xFF\)"):
        open_clients(pieces=BytesIO("external_id,name\n".encode("utf-16")), file_format=Format.NATIVE)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (",Mara", f"external_id: {EMPTY}"),
        ("c1, ", f"name: {EMPTY}"),
        ("c1", "This line has 1 column, the first line 2."),
        ("c1,Mara,1987", "This line has 3 columns, the first line 2."),
        ("c1," + "x" * 201, "name: This has 201 characters: at most 200 fit."),
        ("x" * 201 + ",Mara", "external_id: This has 201 characters: at most 200 fit."),
        ("c1,Ma\x00ra", "name: This contains control characters: remove them."),
        ("c\x1b1,Mara", "external_id: This contains control characters: remove them."),
    ],
)
def test_a_client_that_is_not_told_right_is_refused(line: str, reason: str) -> None:
    """The lines around it are not."""
    found = clients(f"external_id,name\nc0,{'x' * 200}\n{line}\nc9,Ida\n")
    assert found == [ClientLine(2, "c0", "x" * 200), Refusal(3, reason), ClientLine(4, "c9", "Ida")]


def test_an_appointment_is_told_in_seven_columns() -> None:
    """A time without an offset stays as it is: the practice's clocks are not known yet."""
    assert appointment("a1,c1,2026-03-04T09:30,2026-03-04 10:15:00+02:00,missed,Ida@Harbour.example,Talk") == (
        AppointmentLine(
            line=2,
            external_id="a1",
            client_external_id="c1",
            starts_at=datetime(2026, 3, 4, 9, 30),  # noqa: DTZ001 (as written, without an offset)
            ends_at=datetime(2026, 3, 4, 10, 15, tzinfo=timezone(timedelta(hours=2))),
            status=AppointmentStatus.MISSED,
            practitioner_email="ida@harbour.example",
            tells_practitioner=True,
            service="Talk",
            tells_service=True,
            longest=timedelta(days=1),
        )
    )


def test_empty_cells_say_something_and_missing_columns_do_not() -> None:
    """An empty status is SCHEDULED; without the column, nothing is said of it."""
    empty = appointment("a1,c1,2026-03-04T09:30,2026-03-04T10:15,,,")
    assert isinstance(empty, AppointmentLine)
    assert (empty.status, empty.practitioner_email, empty.service) == (AppointmentStatus.SCHEDULED, None, None)
    assert (empty.tells_practitioner, empty.tells_service) == (True, True)
    header = "external_id,client_external_id,starts_at,ends_at"
    (short,) = appointments(f"{header}\na1,c1,2026-03-04T09:30,2026-03-04T10:15\n")
    assert isinstance(short, AppointmentLine)
    assert (short.status, short.tells_practitioner, short.tells_service) == (None, False, False)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (session("", "c1"), f"external_id: {EMPTY}"),
        (session("a1", ""), f"client_external_id: {EMPTY}"),
        (session("a1", "c1", "", "2026-03-04T10:00"), f"starts_at: {EMPTY}"),
        ("a1,c1,2026-03-04T10:00,,,,", f"ends_at: {EMPTY}"),
        (session("a1", "c1", status="DONE"), f"status: 'DONE' is none of {STATUSES}."),
        (session("a1", "c1", service="x" * 201), "service: This has 201 characters: at most 200 fit."),
        (session("a1", "c1", service="x\x07"), "service: This contains control characters: remove them."),
        (session("a1", "c1", practitioner="x" * 255), "practitioner_email: This has 255 characters: at most 254 fit."),
        (session("a1", "c1", "04.03.2026 09:30"), f"starts_at: '04.03.2026 09:30' {MOMENT}"),
        (session("a1", "c1", "2026-03-04"), f"starts_at: '2026-03-04' {MOMENT}"),
        (session("a1", "c1", "2026-02-29T09:30"), f"starts_at: '2026-02-29T09:30' {MOMENT}"),
        (session("a1", "c1", "2026-03-04T24:00"), f"starts_at: '2026-03-04T24:00' {MOMENT}"),
        (session("a1", "c1", "20260304T0930"), f"starts_at: '20260304T0930' {MOMENT}"),
        (session("a1", "c1", "1899-12-31T09:30"), f"starts_at: {YEARS}"),
        (session("a1", "c1", ends_at="3000-01-01T00:00Z"), f"ends_at: {YEARS}"),
        (session("a1", "c1", "0001-01-01T00:00+14:00"), f"starts_at: {YEARS}"),
    ],
)
def test_an_appointment_that_is_not_told_right_is_refused(line: str, reason: str) -> None:
    """In one sentence that names the column."""
    assert appointment(line) == reason


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("Ilka712", "Brandvold55", "Ilka Brandvold"),
        ("Óscar156", "D'Ambrose443", "Óscar D'Ambrose"),
        ("Ana María7", "O'Lally9", "Ana María O'Lally"),
    ],
)
def test_synthea_clients_lose_their_digits(first: str, last: str, name: str) -> None:
    """Other columns are no concern of ours."""
    assert clients(f"Id,BIRTHDATE,FIRST,LAST\np1,1960-02-10,{first},{last}\n", Format.SYNTHEA) == [
        ClientLine(2, "p1", name)
    ]


def test_a_synthea_client_without_a_name_is_refused() -> None:
    """Digits alone are none."""
    assert clients("Id,FIRST,LAST\np1,7,8\n", Format.SYNTHEA) == [Refusal(2, f"FIRST and LAST: {EMPTY}")]


def test_synthea_encounters_have_taken_place() -> None:
    """However long they were; who provided them is not told."""
    text = "Id,START,STOP,PATIENT,PROVIDER,DESCRIPTION\ne1,2025-01-20T10:00:00Z,2025-05-04T10:15:00Z,p1,d1,Long stay\n"
    assert appointments(text, Format.SYNTHEA) == [
        AppointmentLine(
            line=2,
            external_id="e1",
            client_external_id="p1",
            starts_at=datetime(2025, 1, 20, 10, tzinfo=UTC),
            ends_at=datetime(2025, 5, 4, 10, 15, tzinfo=UTC),
            status=AppointmentStatus.COMPLETED,
            practitioner_email=None,
            tells_practitioner=False,
            service="Long stay",
            tells_service=True,
            longest=None,
        )
    ]


def test_synthea_files_need_their_columns() -> None:
    """A file of patients is no file of encounters."""
    with pytest.raises(Invalid, match="The first line lacks 'START', 'STOP', 'PATIENT', 'DESCRIPTION'"):
        open_appointments(pieces=[b"Id,FIRST,LAST\n"], file_format=Format.SYNTHEA)
