"""Due dates, and how they stand in words: pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from lms.foundation.clock import end_of_day

SOON_DAYS = 7
LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The day on which something is due, and the moment at which that day ends where it is due.

    Somebody who reads it elsewhere is told the same day: an employer's 22 December is nobody's 23rd.
    """

    on: date
    at: datetime

    @classmethod
    def in_zone(cls, on: date, zone: str) -> "Deadline":
        """The deadline of a day in a zone."""
        return cls(on, end_of_day(on, zone))

    def today(self, now: datetime) -> date:
        """The day that it is where this is due.

        The clocks there are taken to be as on the day itself: where they change before, an hour around
        midnight counts to the other day.
        """
        ahead = datetime.combine(self.on, LAST_SECOND, UTC) - self.at
        return (now + ahead).date()


@dataclass(frozen=True, slots=True)
class Due:
    """How a due date stands: late, soon (within a week) or later; and the same in words."""

    state: Literal["late", "soon", "later"]
    words: str


def due_in_words(deadline: Deadline, now: datetime) -> Due:
    """How a deadline stands at `now`, counted in days of where it is due."""
    days = (deadline.on - deadline.today(now)).days
    if days < 0:
        return Due("late", f"{_days(-days)} late")
    if days == 0:
        return Due("soon", "Due today")
    if days == 1:
        return Due("soon", "Due tomorrow")
    return Due("soon" if days <= SOON_DAYS else "later", f"Due in {_days(days)}")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
