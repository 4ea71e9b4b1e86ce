"""A table as XLSX: what is in it, and that nothing in it is a formula."""

import io
import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction
from xml.etree import ElementTree as ET

from lms.foundation.workbook import CELL_LETTERS, Cell, write_workbook

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(rows: list[tuple[Cell, ...]], **options: int) -> zipfile.ZipFile:
    file = io.BytesIO()
    write_workbook(file, "People", ("One", "Two"), rows, NOW, **options)
    return zipfile.ZipFile(file)


def test_a_workbook_holds_texts_dates_and_shares_and_no_formula() -> None:
    book = workbook(
        [
            ("=1+1", None),
            ("http://x", date(2026, 3, 1)),
            ("0017", Fraction(7999, 10000)),
            ("", 12),
            ("=Ward 7;=1+1;x", "a\n=1"),
        ]
    )
    sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - It is our own.
    assert not list(sheet.iter(f"{SHEET}f"))
    assert not list(sheet.iter(f"{SHEET}hyperlink"))
    texts = [text.text for text in sheet.iter(f"{SHEET}t")]
    assert texts == ["One", "Two", "=1+1", "http://x", "0017", "=Ward 7;=1+1;x", "a\n=1"]
    numbers = [value.text for value in sheet.iter(f"{SHEET}v")]
    assert numbers == ["46082", "0.79", "12"]


def test_a_table_that_is_too_long_for_a_sheet_goes_on_in_the_next() -> None:
    book = workbook([(f"row {number}", None) for number in range(5)], sheet_rows=2)
    names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(names) == 3
    last = book.read("xl/worksheets/sheet3.xml").decode()
    assert "row 4" in last
    assert "One" in last
    assert 'name="People 3"' in book.read("xl/workbook.xml").decode()


def test_what_no_cell_of_excel_can_hold_ends_with_an_ellipsis() -> None:
    sheet = workbook([("x" * CELL_LETTERS, "y" * (CELL_LETTERS + 1))]).read(
        "xl/worksheets/sheet1.xml"
    )
    assert f">{'x' * CELL_LETTERS}<".encode() in sheet
    assert f">{'y' * (CELL_LETTERS - 1)}…<".encode() in sheet


def test_an_empty_table_has_its_headings() -> None:
    assert b"One" in workbook([]).read("xl/worksheets/sheet1.xml")
