"""The ends of months, at which one looks back on what was overdue (pure)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms.foundation.months import add_months

MONTHS = 12


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The last day of a month, and the moment at which it is over."""

    day: date
    over_at: datetime


def month_ends(today: date, zone: str) -> tuple[MonthEnd, ...]:
    """The ends of the last twelve months that are over, oldest first, by the calendar of a zone."""
    first = today.replace(day=1)
    starts = [add_months(first, -months) for months in reversed(range(MONTHS))]
    return tuple(
        MonthEnd(start - timedelta(days=1), datetime.combine(start, time(), ZoneInfo(zone)))
        for start in starts
    )
