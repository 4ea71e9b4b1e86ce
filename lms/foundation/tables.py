"""A table as CSV that spreadsheets open as it was meant (pure)."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

# What a spreadsheet takes for the beginning of a formula, in its wide forms too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table in UTF-8, with the mark by which spreadsheets know that it is."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([cell(one) for one in header])
    writer.writerows([cell(one) for one in row] for row in rows)
    return target.getvalue().encode("utf-8-sig", errors="replace")


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
