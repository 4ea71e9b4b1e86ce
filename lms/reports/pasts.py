"""How many obligations were overdue at the ends of past months."""

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import Executable, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.models import Obligation
from lms.assignments.month_ends import MonthEnd
from lms.foundation.database import KEPT_STATEMENTS, as_parameter, fetch
from lms.organizations.filters import Filters
from lms.organizations.models import Membership
from lms.organizations.people import condition_ever

from .compliance import Selection


def overdue_then(session: Session, selection: Selection, ends: Sequence[MonthEnd]) -> list[int]:
    """How many obligations were overdue at the end of each of those months.

    It counts what was asked then, of people who have left since too; due dates, and where the filter
    names a team or a position those, are those of today. An evidence packet has the dates of its day.
    """
    moments = {
        name: value
        for place, end in enumerate(ends)
        for name, value in ((f"day_{place}", end.day), (f"over_at_{place}", end.over_at))
    }
    statement = _overdue_at(selection.shape, len(ends))
    return list(fetch(session, statement, **selection.values, **moments)[0])


@lru_cache(KEPT_STATEMENTS)
def _overdue_at(shape: Selection, number: int) -> Executable:
    """The statement for so many ends of months."""
    days = [bindparam(f"day_{place}") for place in range(number)]
    over_at = [bindparam(f"over_at_{place}") for place in range(number)]
    counts = [
        func.count().filter(
            Obligation.due_on < day,
            Obligation.opened_at < over,
            or_(Obligation.closed_at.is_(None), Obligation.closed_at >= over),
        )
        for day, over in zip(days, over_at, strict=True)
    ]
    statement = select(*counts).where(
        true() if shape.is_narrow else Obligation.organization_id == bindparam("organization_id"),
        # What ended before the first of them, or was due after the last, was overdue at none.
        Obligation.due_on < days[-1],
        or_(Obligation.closed_at.is_(None), Obligation.closed_at >= over_at[0]),
    )
    people = shape.filter.people
    if not shape.scope.is_whole or people != Filters():
        statement = (
            statement.join(Membership, Membership.id == Obligation.membership_id)
            .join(User, User.id == Membership.user_id)
            .where(condition_ever(shape.scope, people, as_parameter))
        )
    if shape.filter.course:
        courses = bindparam("course_ids", expanding=True)
        statement = statement.where(Obligation.course_id.in_(courses))
    return statement
