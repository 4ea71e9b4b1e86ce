"""The list of people and courses as CSV and XLSX: what is in it, and that nothing in it is a formula."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction
from xml.etree import ElementTree as ET

from hypothesis import strategies as st

from lms.assignments.planning import State
from lms.foundation.tables import csv_text
from lms.reports.standing import Row
from lms.reports.tables import HEADINGS, Cell, csv_cells, write_workbook

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
    head, row = read_csv("".join(csv_text(HEADINGS, [csv_cells(ROW)])))
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
