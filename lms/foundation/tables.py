"""A table as CSV that spreadsheets open as it was meant, and that none of them runs (pure)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction

# Rows to a piece: no more of them are ever held.
BATCH = 500
# Excel takes a file for UTF-8 only if it begins with the mark.
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet takes for the beginning of a formula, in its wide forms too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
# Where a spreadsheet that splits at other signs than the comma would begin a cell with one, in the
# middle of a text: it does not know the quotes around the whole as such, and drops those within.
_FORMULA_INSIDE = re.compile(r'[;\t\r\n](?=[ "]*[=+\-@＝＋－＠])')
_QUOTED = re.compile(r'[,;"\t\r\n]')


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table, in pieces of `BATCH` rows; what each cell says is told at `cell`."""
    lines = [_BYTE_ORDER_MARK, _line(header)]
    for number, row in enumerate(rows, start=1):
        lines.append(_line(row))
        if not number % BATCH:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The same table whole, in UTF-8."""
    return "".join(csv_text(header, rows)).encode(errors="replace")


def cell(value: object) -> str:
    """A value as the text of a cell.

    Nothing is an empty cell, moments are in UTC, a share is in percent with two decimals, rounded down.
    A text that a spreadsheet would run as a formula begins with an apostrophe: what one person typed
    must not act on the machine of another (CWE-1236). So does what follows a semicolon, a tab or the
    end of a line within it, where another spreadsheet than ours begins the next cell.
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
    return _guarded(value) if isinstance(value, str) else str(value)


def _guarded(value: str) -> str:
    start = "'" if value.lstrip(" ").startswith(_FORMULA) else ""
    return start + _FORMULA_INSIDE.sub(r"\g<0>'", value)


def _line(row: Sequence[object]) -> str:
    """A row; what holds any sign at which a spreadsheet might split it is in quotes.

    A lone empty cell is in quotes too: a line with nothing in it is no row.
    """
    text = ",".join(_field(cell(one)) for one in row)
    return f"{text}\r\n" if text or not row else '""\r\n'


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
