"""The terms of an assignment, and when a course is due by them (pure).

A cycle is one time that a person must complete the course. `next_due` is the rule of renewal: it looks
at the cycle that ended and says when the following one opens and is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from lms.foundation.months import add_months, fewest_days, in_month

MAX_DAYS = 3_650
MAX_MONTHS = 120
# Whoever comes back, from a leave or under the assignment, has two weeks for what is due by then.
DAYS_AFTER_RETURN = 14


class First(StrEnum):
    """When the first cycle is due."""

    ON_DATE = "on-date"
    AFTER_HIRE = "after-hire"
    AFTER_ASSIGNMENT = "after-assignment"


class Renewal(StrEnum):
    """When the following cycles are due."""

    NONE = "none"
    AFTER_COMPLETION = "after-completion"
    AFTER_EXPIRY = "after-expiry"
    CALENDAR = "calendar"


class TermsNotUsable(ValueError):
    """Terms that contradict themselves. `field` names the one to mend, the text is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Terms:
    """When a course is due, first and again.

    `first_on` goes with ON_DATE. `first_days` are counted from the hire or from the assignment; they
    are also what they have who come on that date or later, or as many days after their hire. `months`
    is the length of a cycle that renews after a completion or an expiry; `month` and `day` are the fixed
    date of CALENDAR. A renewal may be completed from `window_days` before it is due, and is never due
    sooner than `minimum_days` after the last completion. `counts_earlier` is whether a completion from
    before the assignment counts. Raises TermsNotUsable.
    """

    first: First = First.AFTER_ASSIGNMENT
    first_on: date | None = None
    first_days: int = 30
    renewal: Renewal = Renewal.NONE
    months: int | None = None
    month: int | None = None
    day: int | None = None
    window_days: int = 30
    minimum_days: int = 0
    counts_earlier: bool = True

    def __post_init__(self) -> None:
        _check(
            self.first is not First.ON_DATE or self.first_on is not None,
            "first_on",
            "Give the date on which it is due.",
        )
        for field in ("first_days", "window_days", "minimum_days"):
            _check(
                0 <= getattr(self, field) <= MAX_DAYS,
                field,
                f"Give a number of days from 0 to {MAX_DAYS}.",
            )
        if self.renewal in (Renewal.AFTER_COMPLETION, Renewal.AFTER_EXPIRY):
            _check(
                self.months is not None and 1 <= self.months <= MAX_MONTHS,
                "months",
                f"Give the months between two renewals, from 1 to {MAX_MONTHS}.",
            )
        if self.renewal is Renewal.CALENDAR:
            _check(
                self.month is not None and 1 <= self.month <= 12,
                "month",
                "Choose the month of the fixed date.",
            )
            # 2028 is a leap year: it has every day that any year has.
            day = self.day or 0
            _check(
                day > 0 and in_month(2028, self.month or 1, day).day == day,
                "day",
                "Choose a day that the month has.",
            )
        is_yearly = self.renewal is Renewal.CALENDAR
        longest = fewest_days(12 if is_yearly else self.months or 0) - 1
        for field, what in (("window_days", "window"), ("minimum_days", "minimum time")):
            _check(
                not self.renews or getattr(self, field) <= longest,
                field,
                f"The {what} must be shorter than the time from one renewal to the next:"
                f" {longest} days at most.",
            )

    @property
    def renews(self) -> bool:
        """Whether there is a cycle after the first."""
        return self.renewal is not Renewal.NONE

    def to_json(self) -> dict[str, Any]:
        """What the database keeps."""
        return {
            "first": self.first.value,
            "first_on": self.first_on.isoformat() if self.first_on else None,
            "first_days": self.first_days,
            "renewal": self.renewal.value,
            "months": self.months,
            "month": self.month,
            "day": self.day,
            "window_days": self.window_days,
            "minimum_days": self.minimum_days,
            "counts_earlier": self.counts_earlier,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Terms":
        """The terms that `to_json` wrote."""
        first_on = kept["first_on"]
        return cls(
            **kept
            | {
                "first": First(kept["first"]),
                "first_on": date.fromisoformat(first_on) if first_on else None,
                "renewal": Renewal(kept["renewal"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Due:
    """When a cycle may be worked on and when it is due, both days included.

    `day_meant` is the day of the month that renewal counts on: it outlives a shorter month.
    """

    opens_on: date
    due_on: date
    day_meant: int

    def is_at(self, other: "Due") -> bool:
        """Whether both are open and due on the same days, whatever day of the month renewal counts on."""
        return (self.opens_on, self.due_on) == (other.opens_on, other.due_on)


def first_due(terms: Terms, *, hired_on: date | None, covered_on: date) -> Due:
    """When the first cycle is due for someone hired then, whom the assignment covers since then.

    It opens at once, and is due on the date, or so many days after the hire, if that is still to come
    on the day they come under the assignment. Else they have as many days from that day as the terms
    give: unless those are 0, nobody has to finish on the day on which they are told. So it is for
    whoever was hired that long ago, comes on the date or after it, or has no known day of hire.
    """
    days = timedelta(days=terms.first_days)
    meant = None
    if terms.first is First.ON_DATE:
        meant = terms.first_on
    elif terms.first is First.AFTER_HIRE and hired_on is not None:
        meant = hired_on + days
    due_on = meant if meant is not None and meant > covered_on else covered_on + days
    return Due(covered_on, due_on, due_on.day)


@dataclass(frozen=True, slots=True)
class Ended:
    """A cycle that is over: when it was completed, and when it was due.

    `due` is None for what was completed before the cycle opened, such as before the assignment.
    """

    completed_on: date
    due: Due | None = None


def next_due(terms: Terms, ended: Ended, *, is_first: bool) -> Due | None:
    """When the cycle after `ended` opens and is due; None where the terms ask for no renewal.

    - After a completion: `months` after it. A renewal that was completed inside its window is valid
      from where the old one ends: `months` after the last due date, so that an early bird loses
      nothing. A first cycle has no validity to lose, and counts from its completion.
    - After an expiry: `months` after the last due date, of a first cycle too, however early it was
      completed; late, on the next of the dates `months` apart that the last due date belongs to.
      What was completed before the cycle opened has no due date, and counts from the completion.
    - On a calendar date: the first one after both the last due date and the completion.

    Never within `minimum_days` of the completion, and never twice in one period: a completion in the
    window before a date counts for that date, of whichever cycle it was. A date that comes too soon,
    or not after the last due date, is passed over for the next one of its kind, and no other is:
    however early a cycle was completed, nothing is valid without end. `is_first` is whether `ended`
    was the person's first cycle.
    """
    if not terms.renews:
        return None
    # The whole window lies ahead, so that no completion meets two cycles.
    days_between = max(terms.minimum_days, terms.window_days + 1)
    earliest = ended.completed_on + timedelta(days=days_between)
    if ended.due is not None:
        earliest = max(earliest, ended.due.due_on + timedelta(days=1))
    if terms.renewal is Renewal.CALENDAR:
        due_on, day = _next_calendar_date(terms, earliest), terms.day or 1
    else:
        due_on, day = _next_anniversary(terms, ended, earliest, is_first=is_first)
    return Due(due_on - timedelta(days=terms.window_days), due_on, day)


def _next_calendar_date(terms: Terms, earliest: date) -> date:
    month, day = terms.month or 1, terms.day or 1
    due_on = in_month(earliest.year, month, day)
    return due_on if due_on >= earliest else in_month(earliest.year + 1, month, day)


def _next_anniversary(
    terms: Terms, ended: Ended, earliest: date, *, is_first: bool
) -> tuple[date, int]:
    months = terms.months or 1
    start, day = ended.completed_on, ended.completed_on.day
    if ended.due is not None:
        is_late = ended.completed_on > ended.due.due_on
        if terms.renewal is Renewal.AFTER_EXPIRY or not (is_first or is_late):
            start, day = ended.due.due_on, ended.due.day_meant
    count = 1
    while (due_on := add_months(start, months * count, day)) < earliest:
        count += 1
    return due_on, day


@dataclass(frozen=True, slots=True)
class Leave:
    """A time away from work, first and last day included."""

    starts_on: date
    ends_on: date


def after_return(due: Due, back_on: date) -> Due:
    """`due`, put off where it is less than two weeks after the day on which the person came back.

    What renews counts from the new date.
    """
    due_on = max(due.due_on, back_on + timedelta(days=DAYS_AFTER_RETURN))
    return due if due_on == due.due_on else Due(due.opens_on, due_on, due_on.day)


def after_leave(due: Due, leaves: Iterable[Leave]) -> Due:
    """`due`, put off where the person is on leave on that day: two weeks after their last day away.

    Leaves that follow each other without a day between them are one.
    """
    for away in _joined(leaves):
        if away.starts_on <= due.due_on <= away.ends_on:
            due = after_return(due, away.ends_on)
    return due


def _joined(leaves: Iterable[Leave]) -> list[Leave]:
    """The times away in their order, those that overlap or follow each other made one."""
    joined: list[Leave] = []
    for leave in sorted(leaves, key=lambda one: one.starts_on):
        last = joined[-1] if joined else None
        if last is not None and leave.starts_on <= last.ends_on + timedelta(days=1):
            joined[-1] = Leave(last.starts_on, max(last.ends_on, leave.ends_on))
        else:
            joined.append(leave)
    return joined


def _check(holds: bool, field: str, message: str) -> None:
    if not holds:
        raise TermsNotUsable(field, message)
