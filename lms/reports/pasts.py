"""How many obligations were overdue at the ends of past months."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.models import Obligation
from lms.assignments.month_ends import MonthEnd
from lms.organizations.filters import Filters
from lms.organizations.models import Membership
from lms.organizations.people import meets_ever

from .compliance import Selection


def overdue_then(session: Session, selection: Selection, ends: Sequence[MonthEnd]) -> list[int]:
    """How many obligations were overdue at the end of each of those months.

    It counts what was asked then, of people who have left since too; where the filter names a team or
    a position, they are those of today.
    """
    counts = [
        func.count().filter(
            Obligation.due_on < end.day,
            Obligation.opened_at < end.over_at,
            or_(Obligation.closed_at.is_(None), Obligation.closed_at >= end.over_at),
        )
        for end in ends
    ]
    statement = select(*counts).where(
        true()
        if selection.is_narrow
        else Obligation.organization_id == selection.scope.organization_id,
        # What ended before the first of them, or was due after the last, was overdue at none.
        Obligation.due_on < ends[-1].day,
        or_(Obligation.closed_at.is_(None), Obligation.closed_at >= ends[0].over_at),
    )
    people = selection.filter.people
    if not selection.scope.is_whole or people != Filters():
        statement = (
            statement.join(Membership, Membership.id == Obligation.membership_id)
            .join(User, User.id == Membership.user_id)
            .where(selection.scope.members(), meets_ever(people))
        )
    if selection.filter.course:
        courses = [course.id for course in selection.chosen_courses]
        statement = statement.where(Obligation.course_id.in_(courses))
    return list(session.execute(statement).one())
