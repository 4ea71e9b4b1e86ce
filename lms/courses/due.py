"""Due dates in words: pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lms.foundation.clock import in_zone

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Due:
    """How a due date stands: late, soon (within a week) or later; and the same in words."""

    state: Literal["late", "soon", "later"]
    words: str


def due_in_words(due_at: datetime, now: datetime, zone: str) -> Due:
    """How `due_at` stands at `now`, counted in calendar days of the person's time zone."""
    if due_at < now:
        days = (in_zone(now, zone).date() - in_zone(due_at, zone).date()).days
        return Due("late", "Late since today" if days == 0 else f"{_days(days)} late")
    days = (in_zone(due_at, zone).date() - in_zone(now, zone).date()).days
    if days == 0:
        return Due("soon", "Due today")
    if days == 1:
        return Due("soon", "Due tomorrow")
    return Due("soon" if days <= SOON_DAYS else "later", f"Due in {_days(days)}")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
