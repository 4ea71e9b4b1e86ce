"""A table as XLSX, a row at a time and safe to open (pure).

A cell that a person typed may begin like a formula, and a spreadsheet would carry it out: here it is
stored as text.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from typing import IO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

# A share from 0 to 1 is shown in whole percents, rounded down as on every page.
Cell = str | int | date | Fraction | None

# A cell of Excel holds no more: what is longer ends with an ellipsis.
CELL_LETTERS = 32_767
# A sheet of Excel ends after 1,048,576 rows.
SHEET_ROWS = 1_000_000
_WIDTHS = {
    "Name": 28,
    "Course": 34,
    "Quiz": 34,
    "Teams": 28,
    "Details": 60,
    "Subject": 48,
    "Reason": 48,
    "About": 48,
    "SHA-256": 68,
}
_USUAL_WIDTH = 18


def write_workbook(
    file: IO[bytes],
    name: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    now: datetime,
    *,
    sheet_rows: int = SHEET_ROWS,
) -> None:
    """Write the table to `file`; where it is too long for one sheet, it goes on in the next.

    One row is held in memory at a time. `name` is that of the sheet, of 25 letters at most.
    """
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    workbook.set_properties({"created": now})
    sheets = _Sheets(workbook, name, headings)
    sheet = sheets.next()
    for number, row in enumerate(rows):
        if number and not number % sheet_rows:
            sheet = sheets.next()
        for column, cell in enumerate(row):
            sheets.write(sheet, 1 + number % sheet_rows, column, cell)
    workbook.close()


class _Sheets:
    """The sheets of a workbook, with the headings and the formats of each."""

    def __init__(self, workbook: xlsxwriter.Workbook, name: str, headings: Sequence[str]) -> None:
        self.workbook, self.name, self.headings = workbook, name, headings
        self.bold = workbook.add_format({"bold": True})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.share = workbook.add_format({"num_format": "0%"})
        self.count = 0

    def next(self) -> Worksheet:
        """A new sheet."""
        self.count += 1
        name = self.name if self.count == 1 else f"{self.name} {self.count}"
        sheet = self.workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(self.headings):
            sheet.set_column(column, column, _WIDTHS.get(heading, _USUAL_WIDTH))
        for column, heading in enumerate(self.headings):
            sheet.write_string(0, column, heading, self.bold)
        return sheet

    def write(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        """Write one cell as what it is."""
        if isinstance(cell, date):
            sheet.write_datetime(row, column, datetime.combine(cell, time()), self.day)
        elif isinstance(cell, Fraction):
            sheet.write_number(row, column, int(cell * 100) / 100, self.share)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell)
        elif cell:
            is_whole = len(cell) <= CELL_LETTERS
            sheet.write_string(row, column, cell if is_whole else f"{cell[: CELL_LETTERS - 1]}…")
