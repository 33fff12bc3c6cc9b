"""Reading CSV: records, the numbers of their lines, and lines that cannot be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.importing.records import LONGEST_RECORD, Record, Records, Refusal, read_file
from models.errors import Invalid

NOT_CLOSED = "A quotation mark is opened and not closed."


def records(*lines: bytes) -> list[tuple[int, list[str] | str]]:
    """Return each record's line with its fields, or with why it is refused."""
    return [(item.line, item.reason if isinstance(item, Refusal) else item.fields) for item in Records(lines)]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    """A quoted line break is part of its record, and the next record has the number that an editor shows."""
    assert records(b'a,"b\n', b"\n", b'c"\r\n', b"d,e\n") == [(1, ["a", "b\n\nc"]), (4, ["d", "e"])]


def test_blank_lines_are_passed_over_and_counted() -> None:
    """Empty lines, also those with blanks only, are no records."""
    assert records(b"\n", b"a\n", b"  \r\n", b"\n", b"b") == [(2, ["a"]), (5, ["b"])]


def test_the_byte_order_mark_is_no_part_of_the_first_field() -> None:
    """Spreadsheets write one; elsewhere it is text like any other."""
    assert records(b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n") == [(1, ["a"]), (2, ["\ufeffb"])]


def test_quotes_may_follow_a_blank_and_stand_in_plain_text() -> None:
    """What people write by hand is read as they meant it."""
    assert records(b'a, "b, c"\n', b'5" pipe,d\n') == [(1, ["a", "b, c"]), (2, ['5" pipe', "d"])]


@pytest.mark.parametrize("next_line", [b"b,1\n", b'b,"1"\n', b'"b",1\n', b"b,1"])
def test_a_quote_that_is_not_closed_costs_one_line(next_line: bytes) -> None:
    """The line after it is read as if nothing had happened."""
    first, second = records(b'a,"0\n', next_line)
    assert first[0] == 1
    assert isinstance(first[1], str)
    assert second == (2, ["b", "1"])


def test_a_quote_that_is_not_closed_on_the_last_line_is_refused() -> None:
    """The end of the file closes nothing."""
    assert records(b"a\n", b'"b') == [(1, ["a"]), (2, NOT_CLOSED)]


def test_a_quote_that_is_not_closed_is_given_up_after_the_longest_record() -> None:
    """However long the file, what is kept in memory is bounded, and no line is lost."""
    lines = [b"%d,x\n" % number for number in range(2, 20_000)]
    assert records(b'1,"x\n', *lines) == [
        (1, NOT_CLOSED),
        *((number, [str(number), "x"]) for number in range(2, 20_000)),
    ]


def test_text_behind_a_closing_quote_is_refused() -> None:
    """It would be a guess what was meant."""
    reason = "The quotation marks do not match: a field with quotes is quoted whole, and each quote in it is doubled."
    assert records(b'a,"b"c\n', b"d\n") == [(1, reason), (2, ["d"])]


def test_a_byte_that_is_not_utf_8_refuses_its_record_only() -> None:
    """The byte is told, so that the encoding can be guessed."""
    reason = "This is not UTF-8 (byte 0xE9): save the file as UTF-8."
    assert records(b"Ren\xe9\n", "René\n".encode(), b'"a\n', b'\xe9"\n', b"b\n") == [
        (1, reason),
        (2, ["René"]),
        (3, reason),
        (5, ["b"]),
    ]


def test_a_line_without_end_is_refused_and_skipped() -> None:
    """It arrives in pieces, and only the first of them are kept."""
    pieces = [b"x" * LONGEST_RECORD] * 40 + [b"\n", b"a\n"]
    assert records(*pieces) == [(1, "This line is longer than 65,536 characters."), (2, ["a"])]


def test_line_breaks_of_another_age_are_told() -> None:
    """A bare carriage return ends no line."""
    reason = "A line break is a bare carriage return: save the file with LF or CRLF line breaks."
    assert records(b"a,b\rc,d\r") == [(1, reason)]


def test_a_file_is_read_as_it_is_asked_for() -> None:
    """No more is read than the record at hand needs; the bytes read are counted."""
    taken = []

    def lines() -> Iterator[bytes]:
        for line in (b"a\n", b"bc\n", b"d\n"):
            taken.append(line)
            yield line

    file = Records(lines())
    found = iter(file)
    assert next(found) == Record(1, ["a"])
    assert next(found) == Record(2, ["bc"])
    assert taken == [b"a\n", b"bc\n"]
    assert file.bytes_read == 5


def test_a_file_that_cannot_be_read_is_invalid(tmp_path: Path) -> None:
    """A folder and a missing file are told by their path."""
    with pytest.raises(Invalid, match=f"{tmp_path} cannot be read: Is a directory"):
        next(read_file(path=tmp_path))
    with pytest.raises(Invalid, match=r"gone\.csv cannot be read: No such file or directory"):
        next(read_file(path=tmp_path / "gone.csv"))


def test_a_file_is_yielded_line_by_line(tmp_path: Path) -> None:
    """Nothing is lost or added, also of a line longer than a record."""
    content = b"a\r\n" + b"x" * (2 * LONGEST_RECORD) + b"\nb"
    (tmp_path / "file.csv").write_bytes(content)
    pieces = list(read_file(path=tmp_path / "file.csv"))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) == LONGEST_RECORD
