"""The rows of a roster as it was handed in: CSV in any usual form, or XLSX (pure).

Rows are read one after the other. What a file can ask of memory is bounded: by the size of an upload, by
what a spreadsheet may unpack to, by the number of columns and of rows.
"""

import csv
import io
import re
import warnings
import zipfile
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_STRINGS = 64 * 1024 * 1024
MAX_COLUMNS = 300
MAX_ROWS = 100_000
SAMPLES = 3

# What programs write above the headings to tell Excel which sign parts the columns.
_HINT = re.compile(r'"?sep=(?P<sign>[^"\r\n])"?\s*', re.IGNORECASE)

# Where a sheet says which cells are merged, such as `<mergeCell ref="C2:C14"/>`.
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,100}?ref=\"(?P<cells>[A-Z]+\d+:[A-Z]+(?P<last>\d+))\""
)
_CHUNK = 1024 * 1024
_LONGEST = 200

# A date stands in a spreadsheet as one, everything else is text.
Cell = str | date
Row = tuple[int, Sequence[Cell]]


class FileNotReadable(Exception):
    """The file is no roster that can be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first of a file: what its columns are called, what stands in them, how many rows there are.

    `row_count` is exact as far as it was counted, and else, with `is_exact` false, a guess.
    """

    header: Sequence[str]
    samples: Sequence[Sequence[str]]
    row_count: int
    is_exact: bool


def beginning_of(body: bytes, count_to: int) -> Beginning:
    """The beginning of a file, whose rows are counted up to `count_to`. Raises FileNotReadable."""
    rows = rows_of(body)
    header = [_text(cell) for cell in next(rows, (0, ()))[1]]
    if not any(header):
        raise FileNotReadable("The file is empty, or its first row does not name the columns.")
    samples, count = [], 0
    for _, cells in rows:
        if count < SAMPLES:
            samples.append([_text(cell) for cell in cells])
        count += 1
        if count > count_to:
            return Beginning(header, samples, max(count, _guessed_rows(body)), is_exact=False)
    if not count:
        raise FileNotReadable(
            "The file names columns, and has no row below them. Of a spreadsheet the first sheet is read."
        )
    return Beginning(header, samples, count, is_exact=True)


def rows_of(body: bytes) -> Iterator[Row]:
    """Every row that holds something, with its number in the file, the header first.

    Raises FileNotReadable, at the first row or on the way.
    """
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileNotReadable(
            "This is an old Excel file, or one with a password. Save it as .xlsx or .csv without one."
        )
    rows = _sheet_rows(body) if body.startswith(b"PK\x03\x04") else _csv_rows(body)
    for number, cells in rows:
        if number > MAX_ROWS + 1:
            raise FileNotReadable(f"The file has more than {MAX_ROWS:,} rows. Hand it in in parts.")
        if any(cells):
            yield number, cells


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.isoformat()


def _guessed_rows(body: bytes) -> int:
    """About how many rows there are, without reading them all."""
    if not body.startswith(b"PK"):
        return body.count(b"\n")
    # A row of a packed sheet takes some 40 bytes at the least; it is a figure for a bar, no more.
    return len(body) // 80


def _refuse_wide(number: int, cells: Sequence[object]) -> None:
    if len(cells) > MAX_COLUMNS:
        raise FileNotReadable(
            f"Row {number:,} has more than {MAX_COLUMNS} columns. Delete those that are not needed."
        )


# CSV


def _csv_rows(body: bytes) -> Iterator[Row]:
    # Decoded bit by bit: the letters of a whole file take several times its size.
    text = io.TextIOWrapper(io.BytesIO(body), encoding=_encoding(body), newline="")
    first = text.readline()[:10_000]
    number = 0
    if hint := _HINT.fullmatch(first):
        delimiter, number = hint["sign"], 1
    else:
        delimiter = _delimiter(first)
        text.seek(0)
    # Strict, because a mark that is not closed would else swallow the rows below it without a word.
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            number += 1
            _refuse_wide(number, cells)
            yield number, [cell.strip() for cell in cells]
    except csv.Error:
        raise FileNotReadable(
            f"Row {number + 1:,} cannot be read. Look for a quotation mark that is not closed there, or"
            " stands alone within a cell: written twice, it is a part of the text."
        ) from None


def _encoding(body: bytes) -> str:
    # Excel's “Unicode Text” is UTF-16, and begins with its mark.
    is_wide = body.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            raise FileNotReadable(
                "This is not a CSV or XLSX file. In Excel, save it as “CSV UTF-8” or as .xlsx."
            )
        return encoding
    raise FileNotReadable("The letters cannot be read. In Excel, save the file as “CSV UTF-8”.")


def _delimiter(line: str) -> str:
    """Whichever of the usual signs parts the first line into the most columns."""
    return max(",;\t|", key=lambda sign: len(next(csv.reader([line], delimiter=sign))))


# XLSX


def _sheet_rows(body: bytes) -> Iterator[Row]:
    """The rows of the first sheet that is shown. A cell with a formula counts as what it last came to."""
    try:
        _refuse_bombs(body)
        with warnings.catch_warnings():
            # What a file lacks of styles and the like is of no interest.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        shown = (sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet = next(shown, book.worksheets[0])
        # Such a sheet does not tell what is merged in it: openpyxl would have to hold all of it.
        _refuse_merged(body, sheet._worksheet_path)  # pyright: ignore[reportAttributeAccessIssue]
        for number, cells in enumerate(
            sheet.iter_rows(max_col=MAX_COLUMNS + 1, max_row=MAX_ROWS + 2, values_only=True), 1
        ):
            trimmed = _trimmed(cells)
            _refuse_wide(number, trimmed)
            yield number, [_cell(value) for value in trimmed]
    except FileNotReadable:
        raise
    # The reader raises whatever comes of what it finds in a file that is not as it expects.
    except Exception as error:
        raise FileNotReadable(
            "This file cannot be read as a spreadsheet. Open it in Excel and save it again as .xlsx."
        ) from error


def _refuse_bombs(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    strings = sum(size for name, size in sizes.items() if "sharedstrings" in name.lower())
    if sum(sizes.values()) > MAX_UNPACKED or strings > MAX_STRINGS:
        raise FileNotReadable("The file unpacks to too much. Save the list alone, as CSV.")


def _refuse_merged(body: bytes, path: str) -> None:
    """Refuse a sheet in which cells below the headings are merged: all but the first of them are empty."""
    held = b""
    with zipfile.ZipFile(io.BytesIO(body)) as archive, archive.open(path) as part:
        while some := part.read(_CHUNK):
            # With the end of what came before, where one may begin.
            held = held[-_LONGEST:] + some
            for found in _MERGED.finditer(held):
                if int(found["last"]) > 1:
                    raise FileNotReadable(
                        f"The cells {found['cells'].decode()} are merged, and only the first of them holds"
                        " what is written there. Undo that in Excel, and fill each cell."
                    )


def _trimmed(cells: Sequence[object]) -> Sequence[object]:
    """The cells without the empty ones at the end."""
    length = max((index for index, cell in enumerate(cells, 1) if cell is not None), default=0)
    return cells[:length]


def _cell(value: object) -> Cell:
    """A cell's value: a date, or text as it would be typed; `1001.0` is a number without a fraction."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else re.sub(r"\s+", " ", str(value)).strip()
