"""Tables as CSV and XLSX: what is in them, that nothing in them is a formula, that none is held whole."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assignments.planning import State
from lms.reports.standing import Row
from lms.reports.tables import BATCH, HEADINGS, Cell, cells, csv_text, write_workbook

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROW = Row(
    membership_id=1,
    name="Ada Okafor",
    employee_number="0017",
    job_title="Nurse",
    department="",
    site="Nord-Süd",
    teams="Float pool, Night shift",
    course="Hand hygiene",
    state=State.MET,
    due_on=date(2026, 3, 1),
    completed_on=date(2026, 2, 1),
    score=Fraction(7999, 10000),
    certificate_number="RND-1",
    certificate_expires_at=datetime(2027, 2, 1, 23, 30, tzinfo=UTC),
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_csv(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def workbook(rows: list[tuple[Cell, ...]], **options: int) -> zipfile.ZipFile:
    file = io.BytesIO()
    write_workbook(file, "People", ("One", "Two"), rows, NOW, **options)
    return zipfile.ZipFile(file)


def test_a_row_in_csv() -> None:
    head, row = read_csv("".join(csv_text(HEADINGS, [cells(ROW)])))
    assert dict(zip(head, row, strict=True)) == {
        "Name": "Ada Okafor",
        "Employee number": "0017",
        "Job title": "Nurse",
        "Department": "",
        "Site": "Nord-Süd",
        "Teams": "Float pool, Night shift",
        "Course": "Hand hygiene",
        "State": "Completed",
        "Due": "2026-03-01",
        "Completed": "2026-02-01",
        # Rounded down: 80 % may be what it takes to pass.
        "Score": "79%",
        "Certificate": "RND-1",
        "Certificate expires": "2027-02-01",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_begins_like_a_formula_gets_an_apostrophe(start: str) -> None:
    [_, row] = read_csv("".join(csv_text(["A", "B"], [(start + "1+1", "a" + start)])))
    assert row == ["'" + start + "1+1", "a" + start]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_every_text_comes_back_from_csv_and_none_is_a_formula(texts: list[str]) -> None:
    [_, row] = read_csv("".join(csv_text(["A"] * len(texts), [tuple(texts)])))
    assert not any(cell[:1] in ("=", "+", "-", "@", "\t", "\r") for cell in row if cell)
    assert [cell.removeprefix("'") for cell in row] == [text.removeprefix("'") for text in texts]


def test_csv_of_50_000_rows_is_never_held_whole() -> None:
    read = 0

    def rows() -> Iterator[tuple[Cell, ...]]:
        nonlocal read
        for _ in range(50_000):
            read += 1
            yield cells(ROW)

    given_out = -1
    for piece in csv_text(HEADINGS, rows()):
        given_out += piece.count("\r\n")
        # Nothing that was read waits for more than its own batch.
        assert given_out == read
        assert piece.count("\r\n") <= BATCH + 1
    assert given_out == 50_000


def test_a_workbook_holds_texts_dates_and_shares_and_no_formula() -> None:
    book = workbook(
        [("=1+1", None), ("http://x", date(2026, 3, 1)), ("0017", Fraction(7999, 10000))]
    )
    sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - It is our own.
    assert not list(sheet.iter(f"{SHEET}f"))
    assert not list(sheet.iter(f"{SHEET}hyperlink"))
    texts = [text.text for text in sheet.iter(f"{SHEET}t")]
    assert texts == ["One", "Two", "=1+1", "http://x", "0017"]
    numbers = [value.text for value in sheet.iter(f"{SHEET}v")]
    assert numbers == ["46082", "0.79"]


def test_a_table_that_is_too_long_for_a_sheet_goes_on_in_the_next() -> None:
    book = workbook([(f"row {number}", None) for number in range(5)], sheet_rows=2)
    names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(names) == 3
    last = book.read("xl/worksheets/sheet3.xml").decode()
    assert "row 4" in last
    assert "One" in last
    assert 'name="People 3"' in book.read("xl/workbook.xml").decode()


def test_an_empty_table_has_its_headings() -> None:
    assert read_csv("".join(csv_text(["A"], []))) == [["A"]]
    assert b"One" in workbook([]).read("xl/worksheets/sheet1.xml")
