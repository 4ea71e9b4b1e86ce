"""How values are written for people, the same on pages and on paper (pure)."""

import re
import unicodedata
from datetime import date, timedelta
from fractions import Fraction

NBSP = "\N{NO-BREAK SPACE}"
# A table holds hundreds of dates, and asking the C library for a name takes several times as long.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun, such as `1 attempt`, `0 attempts`, or with a plural of its own `2 people`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def date_in_full(day: date) -> str:
    """A date such as `21 November 2026`, which no country reads as another day."""
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]}{NBSP}{day.year}"


def percent(value: Fraction) -> str:
    """A share as whole percents, rounded down: 79.9 % must never read as a pass mark of 80 %."""
    return f"{100 * value.numerator // value.denominator}%"


def points(value: Fraction) -> str:
    """Points with two decimals at most, rounded down, without trailing zeros: `7`, `2.5`, `0.33`."""
    whole, hundredths = divmod(int(value * 100), 100)
    return f"{whole}.{hundredths:02}".rstrip("0").rstrip(".") if hundredths else str(whole)


def span(value: timedelta) -> str:
    """A span of time such as `20 min`, `1 h 30 min` or `2 days`; seconds beyond whole minutes are dropped."""
    if value >= timedelta(days=1) and not value % timedelta(days=1):
        return f"{value.days}{NBSP}day" + ("s" if value.days > 1 else "")
    return minutes(value // timedelta(minutes=1))


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text: empty lines part them, and other line ends are mere spaces."""
    parts = re.split(r"\n\s*\n", text)
    return [" ".join(part.split()) for part in parts if part.strip()]


def minutes(value: int) -> str:
    """A duration such as `45 min` or `1 h 20 min`."""
    hours, rest = divmod(value, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h" + (f" {rest}{NBSP}min" if rest else "")


def printable(text: str) -> str:
    """`text` on one line, without control characters: no font has a shape for those."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return " ".join("".join(kept).split())
