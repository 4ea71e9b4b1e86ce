"""Which reminder of an obligation is due, and when it may go out (pure).

A reminder's key says what it is about, and of each key there is one notice, ever: whoever asks again,
because a worker was killed or was away for days, can do nobody harm. Of one obligation at most one
reminder is due on a day, the most pressing one, and one that nobody sent on its day is still due on
the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lms.foundation.clock import in_zone

from .planning import Closed
from .terms import Due, Leave

# Whoever was not told of an obligation within a week will hear of it when it comes due.
DAYS_TO_TELL = 7
# Of the days of a week, the one on which managers get their digest of it.
MONDAY = 0
# What an account's time zone is before somebody chose one.
NOT_CHOSEN = "UTC"


class Kind(StrEnum):
    """What a notice is for."""

    ASSIGNED = "assigned"
    BEFORE_DUE = "before-due"
    DUE_TODAY = "due-today"
    OVERDUE = "overdue"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Habits:
    """How an organization reminds.

    `remind_days` are days before something is due; no notice goes out from `quiet_from` o'clock until
    `quiet_until` in the reader's zone, and two equal hours mean that there are no quiet ones. The
    organization's days are those of `time_zone`.
    """

    time_zone: str
    remind_days: Sequence[int] = (14, 3)
    quiet_from: int = 20
    quiet_until: int = 8


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever a notice is for. Nobody writes to those who have left, are deactivated or erased.

    `leaves` are the times away that ended lately, last or are to come.
    """

    time_zone: str
    is_active: bool = True
    leaves: Sequence[Leave] = ()


@dataclass(frozen=True, slots=True)
class Owed:
    """An obligation as reminders see it; it was opened on `opened_on` of the organization's zone."""

    obligation_id: int
    due: Due
    opened_on: date
    closed: Closed | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A notice that is due. It may go out from `send_after` on."""

    key: str
    kind: Kind
    send_after: datetime


def reading_zone(chosen: str, of_organization: str) -> str:
    """The zone whose clock a person lives by: the organization's, where they never chose one."""
    return of_organization if chosen == NOT_CHOSEN else chosen


def reminder(owed: Owed, reader: Reader, habits: Habits, now: datetime) -> Planned | None:
    """The reminder that is due now; None when there is none.

    - On assignment: from the day its window opens, for a week, or for a week after a leave.
    - Before it is due: from each of the `remind_days`, as far as they come after the first day that
      the person could know of it, until the next of them or the day itself.
    - On the day it is due, unless the person hears of it that day.
    - When it is late: from the day after, and every seven days.
    """
    today = in_zone(now, habits.time_zone).date()
    if owed.closed is not None or today < owed.due.opens_on or not _is_there(reader, today):
        return None
    found = _most_pressing(owed, reader, habits.remind_days, today)
    if found is None:
        return None
    kind, about = found
    key = f"{kind}:{owed.obligation_id}{about}"
    return Planned(key, kind, end_of_quiet(now, reader, habits))


def _most_pressing(
    owed: Owed, reader: Reader, remind_days: Sequence[int], today: date
) -> tuple[Kind, str] | None:
    """Which kind is due, and what tells its key from the others of that kind."""
    due_on = owed.due.due_on
    known_on = max(owed.due.opens_on, owed.opened_on)
    days_left = (due_on - today).days
    if days_left < 0:
        return Kind.OVERDUE, f":{iso_week(today + timedelta(days=(days_left + 1) % -7))}"
    # A date that was moved is reminded of anew.
    if days_left == 0 and known_on < today:
        return Kind.DUE_TODAY, f":{due_on}"
    reached = [
        days
        for days in remind_days
        if days_left <= days and due_on - timedelta(days=days) > known_on
    ]
    if reached and days_left:
        return Kind.BEFORE_DUE, f":{due_on}:{min(reached)}"
    back = [leave.ends_on for leave in reader.leaves if leave.ends_on < today]
    if today <= max([known_on, *back]) + timedelta(days=DAYS_TO_TELL):
        return Kind.ASSIGNED, ""
    return None


def digest(
    organization_id: int, user_id: int, reader: Reader, habits: Habits, now: datetime
) -> Planned | None:
    """The digest that is due to a manager this week of the organization's zone; None while they are away."""
    today = in_zone(now, habits.time_zone).date()
    if not _is_there(reader, today):
        return None
    key = f"{Kind.DIGEST}:{organization_id}:{user_id}:{iso_week(today)}"
    return Planned(key, Kind.DIGEST, end_of_quiet(now, reader, habits))


def _is_there(reader: Reader, today: date) -> bool:
    return reader.is_active and not any(
        leave.starts_on <= today <= leave.ends_on for leave in reader.leaves
    )


def iso_week(day: date) -> str:
    """The week of a day, such as `2026-W47`; weeks begin on Monday (ISO 8601)."""
    year, week, _weekday = day.isocalendar()
    return f"{year}-W{week:02}"


def end_of_quiet(now: datetime, reader: Reader, habits: Habits) -> datetime:
    """`now`, or the moment at which the reader's quiet hours end where `now` is in them."""
    zone = reading_zone(reader.time_zone, habits.time_zone)
    local = in_zone(now, zone)
    if not _is_quiet(local.hour, habits):
        return now
    is_evening = local.hour >= habits.quiet_until
    day = local.date() + timedelta(days=1 if is_evening else 0)
    end = datetime.combine(day, time(habits.quiet_until), local.tzinfo)
    # Where the clocks skip that hour, this is the moment at which they do.
    return end.astimezone(UTC)


def _is_quiet(hour: int, habits: Habits) -> bool:
    first, last = habits.quiet_from, habits.quiet_until
    if first <= last:
        return first <= hour < last
    return hour >= first or hour < last


def end_of_day(day: date, zone: str) -> datetime:
    """The midnight at the end of a day in a zone: what is due on that day is due until then."""
    local = in_zone(datetime.combine(day, time(12), UTC), zone).tzinfo
    assert isinstance(local, ZoneInfo)
    return datetime.combine(day + timedelta(days=1), time(), local).astimezone(UTC)
