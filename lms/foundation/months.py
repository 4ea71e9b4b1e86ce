"""Calendar months, added to a date without losing the day that was meant (pure)."""

import calendar
from datetime import date

# Of a year that is no leap year, and of the one after it.
_LENGTHS = tuple(calendar.monthrange(2026, month)[1] for month in range(1, 13)) * 2


def add_months(start: date, months: int, day: int | None = None) -> date:
    """The date `months` calendar months after `start`, on `day` or, if None, on `start`'s own day.

    Where the month has no such day, its last day: 31 January and one month is the end of February.
    Whoever adds again and again passes the `day` that was meant first, and comes back to the 31st.
    """
    years, month = divmod(start.month - 1 + months, 12)
    return in_month(start.year + years, month + 1, day or start.day)


def in_month(year: int, month: int, day: int) -> date:
    """That day of the month, or the month's last day where it is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def fewest_days(months: int) -> int:
    """The fewest days that can lie between a date and the one so many months after it."""
    years, rest = divmod(months, 12)
    return 365 * years + min(sum(_LENGTHS[first : first + rest]) for first in range(12))
