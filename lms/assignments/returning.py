"""What people hear on the day on which they are back: what fell into their leave and is true still."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.clock import in_zone
from lms.organizations.models import LeaveOfAbsence

from .models import Obligation
from .owing import Employer, Leaves, Owing, is_active_column, owing_of, owing_statement
from .reminders import Kind, reminder
from .terms import Leave

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Returns:
    """The obligations of which people hear when they are back, by that day, and the leaves before it."""

    obligations: Mapping[date, set[int]] = field(default_factory=dict)
    leaves: Leaves = field(default_factory=dict)


def returns(session: Session, employer: Employer, days: Sequence[date]) -> Returns:
    """What is heard by those whose first day back is one of these days."""
    statement = (
        owing_statement()
        .add_columns(LeaveOfAbsence.starts_on, LeaveOfAbsence.ends_on)
        .join(LeaveOfAbsence, LeaveOfAbsence.membership_id == Obligation.membership_id)
        .where(
            Obligation.organization_id == employer.id,
            Obligation.closed_at.is_(None),
            LeaveOfAbsence.withdrawn_at.is_(None),
            LeaveOfAbsence.ends_on.in_([day - DAY for day in days]),
            is_active_column(),
        )
    )
    obligations: defaultdict[date, set[int]] = defaultdict(set)
    leaves: defaultdict[int, list[Leave]] = defaultdict(list)
    for row in session.execute(statement):
        leave = Leave(row.starts_on, row.ends_on)
        leaves[row.membership_id].append(leave)
        if _fell_into(leave, row, employer):
            obligations[leave.ends_on + DAY].add(row.id)
    return Returns(obligations, leaves)


def noon(employer: Employer, day: date) -> datetime:
    """Twelve o'clock of a day in the organization's zone."""
    zone = in_zone(datetime.combine(day, time(12), UTC), employer.habits.time_zone).tzinfo
    return datetime.combine(day, time(12), zone).astimezone(UTC)


def _fell_into(leave: Leave, row: Any, employer: Employer) -> bool:
    """Whether what is to be said after a leave was not said before it."""
    one = owing_of(row, {row.membership_id: [leave]}, employer)
    after = reminder(one.owed, one.reader, employer.habits, noon(employer, leave.ends_on + DAY))
    if after is None:
        return False
    if after.kind is Kind.ASSIGNED:
        # It is said once, on whichever day comes first.
        return max(one.owed.due.opens_on, one.owed.opened_on) >= leave.starts_on
    before = _at_work(one, employer, leave.starts_on - DAY)
    return before != after.key


def _at_work(one: Owing, employer: Employer, day: date) -> str | None:
    """The key of what is said to somebody who is there."""
    reader = replace(one.reader, leaves=())
    found = reminder(one.owed, reader, employer.habits, noon(employer, day))
    return found.key if found else None
