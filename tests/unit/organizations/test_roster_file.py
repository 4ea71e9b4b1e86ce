"""Rosters in every usual form are read as the same rows; what cannot be read says why."""

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from lms.organizations import roster_file
from lms.organizations.roster_file import FileNotReadable, beginning_of, rows_of

# A spreadsheet knows no zone.
NOON = datetime(2026, 3, 4, 12)  # noqa: DTZ001
ROWS = [["Number", "Name", "Site"], ["1", "Zoë Özil", "Main, east"], ["2", "Eve", ""]]


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        assert book.active
        book.active.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def cells(body: bytes) -> list[list[Any]]:
    return [list(row) for _, row in rows_of(body)]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_csv_file_is_read_whatever_wrote_it(sign: str, encoding: str, end: str) -> None:
    quoted = [sign.join(f'"{cell}"' for cell in row) for row in ROWS]
    assert cells(end.join(quoted).encode(encoding)) == ROWS


@pytest.mark.parametrize("hint", ["sep=;", "SEP=;", '"sep=;"', "sep=; "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_first_line_that_tells_the_sign_is_not_the_headings(
    hint: str, encoding: str, end: str
) -> None:
    # Without the hint the comma would part more columns.
    body = end.join([hint, "Number;Name, first, last", "1;Ada, A, Okafor"]).encode(encoding)
    assert list(rows_of(body)) == [
        (2, ["Number", "Name, first, last"]),
        (3, ["1", "Ada, A, Okafor"]),
    ]
    assert beginning_of(body, 10).header == ["Number", "Name, first, last"]


@pytest.mark.parametrize("sign", ["|", "\t", ","])
def test_any_sign_can_be_told(sign: str) -> None:
    assert cells(f"sep={sign}\na{sign}b\n".encode()) == [["a", "b"]]


def test_a_heading_that_begins_as_the_hint_does_is_a_heading() -> None:
    assert cells(b"sep=;;x\n1;2;3\n")[0] == ["sep=", "", "x"]


def test_a_cell_between_quotation_marks_may_hold_line_breaks_and_doubled_marks() -> None:
    body = b'a,b\n1,"two\nlines"\n2,"Cy ""Sy"" Three"\n'
    assert list(rows_of(body))[1:] == [(2, ["1", "two\nlines"]), (3, ["2", 'Cy "Sy" Three'])]


def test_a_spreadsheet_is_read_with_its_dates() -> None:
    body = sheet(
        ["Number", "Hired", "Share", None],
        [1001.0, NOON, 0.5],
        [1002, date(2026, 3, 5), True],
        ["  007 ", None, "two\nlines"],
    )
    assert cells(body) == [
        ["Number", "Hired", "Share"],
        ["1001", date(2026, 3, 4), "0.5"],
        ["1002", date(2026, 3, 5), "True"],
        ["007", "", "two lines"],
    ]
    assert beginning_of(body, 10).samples[0] == ["1001", "2026-03-04", "0.5"]


def test_numbers_and_dates_are_read_as_other_programs_write_them() -> None:
    body = sheet(["Number", "Hired"], [1001, 17])
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            xml = old.read(name).replace(b"<v>1001</v>", b"<v>1001.0</v>")
            dated = re.sub(rb't="n"><v>17</v>', b't="d"><v>2026-03-05</v>', xml)
            new.writestr(name, dated)
    assert cells(written.getvalue())[1] == ["1001", date(2026, 3, 5)]


@pytest.mark.parametrize(
    ("cells_merged", "is_refused"),
    [("C2:C3", True), ("A1:A2", True), ("B3:C3", True), ("A1:C1", False)],
)
@pytest.mark.parametrize("chunk", [7, roster_file._CHUNK])
def test_a_sheet_whose_cells_are_merged_says_where(
    *, monkeypatch: pytest.MonkeyPatch, cells_merged: str, is_refused: bool, chunk: int
) -> None:
    monkeypatch.setattr(roster_file, "_CHUNK", chunk)
    book = Workbook()
    assert book.active
    for row in (["Number", "Name", "Ward"], [1, "Ada", "North"], [2, "Ben", None]):
        book.active.append(row)
    book.active.merge_cells(cells_merged)
    body = io.BytesIO()
    book.save(body)
    if not is_refused:
        assert beginning_of(body.getvalue(), 10).row_count == 2
        return
    with pytest.raises(FileNotReadable, match=f"The cells {cells_merged} are merged"):
        beginning_of(body.getvalue(), 10)


def test_of_several_sheets_the_first_that_is_shown_is_read() -> None:
    book = Workbook()
    assert book.active
    book.active.append(["Hidden"])
    book.active.sheet_state = "hidden"
    for name in ("Staff", "Old staff"):
        book.create_sheet(name).append([name])
    body = io.BytesIO()
    book.save(body)
    assert cells(body.getvalue()) == [["Staff"]]


def test_rows_keep_their_number_where_empty_ones_are_left_out() -> None:
    assert list(rows_of(b"a,b\n\n,\n1,2\n")) == [(1, ["a", "b"]), (4, ["1", "2"])]
    assert [number for number, _ in rows_of(sheet(["a"], [None], ["b"]))] == [1, 3]


def test_the_beginning_counts_as_far_as_it_is_asked_to() -> None:
    body = b"a,b\n" + b"1,2\n" * 30
    short, long = beginning_of(body, 30), beginning_of(body, 10)
    assert (short.header, len(short.samples)) == (["a", "b"], 3)
    assert (short.row_count, short.is_exact) == (30, True)
    assert (long.row_count, long.is_exact) == (31, False)
    packed = beginning_of(sheet(*[["x", "y"]] * 30), 10)
    assert (packed.is_exact, packed.row_count > 10) == (False, True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b",,\n1,2,3\n", None),
        (b"a,b\n", "no row below"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel file"),
        (b"PK\x03\x04 and nothing", "cannot be read as a spreadsheet"),
        ("a,b\n1,2".encode("utf-16-le"), "not a CSV or XLSX file"),
        ("a,b\n1,\0".encode("utf-16"), "not a CSV or XLSX file"),
        ("a,b\n1,2".encode("utf-16") + b"\0", "letters cannot be read"),
        (b"a,b\n1,\x81", "letters cannot be read"),
        (b'a,b\n1,2\n3,"' + b"x" * 140_000, "Row 3 cannot be read"),
        (
            b'a,b,c\ne3,"Cy Three,Aide\ne4,Dee Four,Aide\n',
            "Row 2 cannot be read. Look for a quotation mark",
        ),
        (b'a,b\ne3,"Cy Three\ne4,"Dee Four"\n', "Row 2 cannot be read"),
        (b'a,b\n1,2\n3,"Cy" Three\n', "Row 3 cannot be read"),
        (b"a" + b",b" * 300, "Row 1 has more than 300 columns. Delete those"),
        (sheet(["a"], ["b"] * 301), "Row 2 has more than 300 columns. Delete those"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, words: str | None) -> None:
    if words is None:
        # The first row that holds something names the columns.
        assert beginning_of(body + b"4,5,6\n", 10).header == ["1", "2", "3"]
        return
    with pytest.raises(FileNotReadable, match=words):
        beginning_of(body, 10)


def test_a_file_has_so_many_rows_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_file, "MAX_ROWS", 3)
    for body in (b"a\n1\n2\n3\n", sheet(["a"], [1], [2], [3])):
        assert len(cells(body)) == 4
    for body in (b"a\n1\n2\n3\n4\n", sheet(["a"], [1], [2], [3], [4])):
        with pytest.raises(FileNotReadable, match="more than 3 rows"):
            cells(body)


def repacked(name: str, replace: Callable[[str], str], also: str = "") -> bytes:
    """A spreadsheet in which one part was written over, and one may be added."""
    body = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(sheet(["Number"], ["x"]))) as good,
        zipfile.ZipFile(body, "w") as other,
    ):
        for part in good.namelist():
            text = good.read(part).decode()
            other.writestr(part, replace(text) if part == name else text)
        if also:
            other.writestr(also, "x" * 2000)
    return body.getvalue()


@pytest.mark.parametrize("limit", ["MAX_UNPACKED", "MAX_STRINGS"])
def test_a_small_file_that_unpacks_to_much_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    body = repacked("", str, also="xl/sharedStrings.xml")
    monkeypatch.setattr(roster_file, limit, 1000)
    with pytest.raises(FileNotReadable, match="unpacks to too much"):
        beginning_of(body, 10)


def test_entities_in_a_spreadsheet_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    body = repacked("xl/worksheets/sheet1.xml", lambda text: bomb + text.replace("Number", "&b;"))
    with pytest.raises(FileNotReadable, match="cannot be read as a spreadsheet"):
        beginning_of(body, 10)


@given(st.binary(max_size=300) | st.binary(max_size=100).map(lambda rest: b"PK\x03\x04" + rest))
def test_any_bytes_are_read_or_refused_with_a_sentence(body: bytes) -> None:
    with suppress(FileNotReadable):
        assert all(any(row) for _, row in rows_of(body))
