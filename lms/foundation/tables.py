"""A table as CSV that spreadsheets open as it was meant, and that none of them runs (pure)."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

# Rows to a piece: no more of them are ever held.
BATCH = 500
# Excel takes a file for UTF-8 only if it begins with the mark.
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet takes for the beginning of a formula, in its wide forms too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table, in pieces of `BATCH` rows; what each cell says is told at `cell`."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    page.write(_BYTE_ORDER_MARK)
    writer.writerow([cell(one) for one in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(one) for one in row])
        if not number % BATCH:
            yield _taken(page)
    yield _taken(page)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same table whole, in UTF-8."""
    return "".join(csv_text(header, rows)).encode(errors="replace")


def cell(value: object) -> str:
    """A value as the text of a cell.

    Nothing is an empty cell, moments are in UTC, a share is in percent with two decimals, rounded down.
    A text that a spreadsheet would run as a formula begins with an apostrophe: what one person typed
    must not act on the machine of another (CWE-1236).
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        whole, hundredths = divmod(int(value * 10_000), 100)
        return f"{whole}.{hundredths:02}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(_FORMULA) else text


def _taken(page: io.StringIO) -> str:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text
