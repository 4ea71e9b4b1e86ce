"""What a manager is told once a week: what is late and what is due soon, by course and by person."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.courses.catalogue import Catalogue
from lms.foundation.wording import NBSP, date_in_full
from lms.organizations.models import Membership, Team
from lms.organizations.scopes import Scope, scopes_of

from . import owing
from .letters import Behind, Digest, Group, Standing
from .models import Obligation
from .owing import Employer

# A letter names so many people of each kind, the longest late first; the pages have them all.
MOST_PEOPLE = 50
SOON_DAYS = 14


def digest_for(
    session: Session, employer: Employer, user_id: int, catalogue: Catalogue, now: datetime
) -> Digest | None:
    """The digest for a manager of the organization or of teams; None when they manage nothing there."""
    scope = next(
        (
            one
            for one in scopes_of(session, user_id, is_administrator=False)
            if one.organization_id == employer.id
        ),
        None,
    )
    if scope is None:
        return None
    today = employer.today(now)
    soon = today + timedelta(days=SOON_DAYS)
    owed = _owed(scope, soon)
    is_late = Obligation.due_on < today
    without_email = User.email.is_(None)
    return Digest(
        teams=_team_names(session, scope),
        courses=_standings(session, owed, today, catalogue),
        late=_group(session, owed & is_late, catalogue),
        without_email=_group(session, owed & without_email, catalogue),
        soon_days=SOON_DAYS,
    )


def _owed(scope: Scope, soon: date) -> ColumnElement[bool]:
    """What the members of a scope have still to complete up to a day, and can work on."""
    return (
        (Obligation.organization_id == scope.organization_id)
        & Obligation.closed_at.is_(None)
        & (Obligation.due_on <= soon)
        & scope.members()
        & owing.is_active_column()
    )


def _team_names(session: Session, scope: Scope) -> Sequence[str]:
    if scope.team_ids is None:
        return ()
    names = select(Team.name).where(Team.id.in_(sorted(scope.team_ids))).order_by(Team.name)
    return session.scalars(names).all()


def _standings(
    session: Session,
    owed: ColumnElement[bool],
    today: date,
    catalogue: Catalogue,
) -> Sequence[Standing]:
    # Two assignments may ask one person for the same course: it is told once, by its first date.
    people = (
        _joined(Obligation.course_id, func.min(Obligation.due_on).label("due_on"), owed)
        .group_by(Obligation.course_id, User.id)
        .subquery()
    )
    is_late = people.c.due_on < today
    late, soon = (func.sum(case((one, 1), else_=0)) for one in (is_late, ~is_late))
    columns = people.c.course_id, late.label("late"), soon.label("soon")
    rows = session.execute(select(*columns).group_by(people.c.course_id))
    found = [Standing(_title(catalogue, row.course_id), row.late, row.soon) for row in rows]
    return sorted(found, key=lambda one: (-one.overdue, -one.due_soon, one.title))


def _group(session: Session, condition: ColumnElement[bool], catalogue: Catalogue) -> Group:
    """The people of a condition, the longest late first, and how many they are."""
    earliest = func.min(Obligation.due_on)
    count = session.scalar(_joined(func.count(User.id.distinct()), condition))
    ids = session.scalars(
        _joined(User.id, condition)
        .group_by(User.id, User.name)
        .order_by(earliest, func.lower(User.name), User.id)
        .limit(MOST_PEOPLE)
    ).all()
    rows = session.execute(
        _joined(User.id, User.name, Obligation.course_id, earliest.label("due_on"), condition)
        .where(User.id.in_(ids))
        .group_by(User.id, User.name, Obligation.course_id)
        .order_by(earliest, func.min(Obligation.id))
    ).all()
    people: dict[int, tuple[str, list[str]]] = {user_id: ("", []) for user_id in ids}
    for row in rows:
        day = date_in_full(row.due_on).replace(NBSP, " ")
        words = f"{_title(catalogue, row.course_id)} (due {day})"
        people[row.id] = (row.name, [*people[row.id][1], words])
    return Group([Behind(name, what) for name, what in people.values()], count or 0)


def _joined(*columns_and_condition: Any) -> Any:
    *columns, condition = columns_and_condition
    return (
        select(*columns)
        .select_from(Obligation)
        .join(Membership, Membership.id == Obligation.membership_id)
        .join(User, User.id == Obligation.user_id)
        .where(condition)
    )


def _title(catalogue: Catalogue, course_id: int) -> str:
    course = catalogue.course_by_id(course_id)
    return course.title if course else f"Course {course_id}"
