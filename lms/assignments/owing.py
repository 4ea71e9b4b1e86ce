"""What people owe, read for the reminders of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Erasure, User
from lms.foundation.clock import in_zone
from lms.organizations.models import LeaveOfAbsence, Membership, Organization

from .models import Obligation, ObligationMove
from .planning import Closed
from .reminders import DAYS_TO_TELL, Habits, Owed, Reader
from .terms import Due, Leave

# Whoever is late hears of it every week; a preview need not look back further than this.
MAX_WEEKS_LATE = 104

Leaves = Mapping[int, Sequence[Leave]]


@dataclass(frozen=True, slots=True)
class Employer:
    """An organization, as its letters name it, and how it reminds."""

    id: int
    slug: str
    name: str
    habits: Habits

    def today(self, now: datetime) -> date:
        """The day that it is there."""
        return in_zone(now, self.habits.time_zone).date()


@dataclass(frozen=True, slots=True)
class Owing:
    """An obligation together with whoever has it."""

    owed: Owed
    reader: Reader
    user_id: int
    name: str
    email: str | None
    membership_id: int
    course_id: int
    moves: int = 0


def is_active_column() -> ColumnElement[bool]:
    """Whether the member and user of the enclosing query have not left, nor are deactivated or erased."""
    is_erased = select(Erasure.id).where(Erasure.user_id == User.id).correlate(User).exists()
    return and_(Membership.ended_at.is_(None), User.deactivated_at.is_(None), ~is_erased)


_MOVES = (
    select(func.count(ObligationMove.id))
    .where(ObligationMove.obligation_id == Obligation.id)
    .correlate(Obligation)
    .scalar_subquery()
)
_COLUMNS = (
    Obligation.id,
    Obligation.opens_on,
    Obligation.due_on,
    Obligation.day_meant,
    Obligation.opened_at,
    Obligation.closed_how,
    Obligation.course_id,
    Obligation.membership_id,
    User.id.label("user_id"),
    User.name,
    User.email,
    User.time_zone,
    is_active_column().label("is_active"),
)


def find_employer(session: Session, organization_id: int) -> Employer:
    """The organization with that id; raises NoResultFound."""
    row = session.execute(
        select(
            Organization.slug,
            Organization.name,
            Organization.time_zone,
            Organization.remind_days,
            Organization.quiet_from,
            Organization.quiet_until,
        ).where(Organization.id == organization_id)
    ).one()
    return Employer(organization_id, row.slug, row.name, Habits(*row[2:]))


def owing_statement(*, with_moves: bool = False) -> Any:
    """Every obligation with its member and user, for `owing_of`; the caller says which."""
    columns = (*_COLUMNS, _MOVES.label("moves")) if with_moves else _COLUMNS
    return (
        select(*columns)
        .join(Membership, Membership.id == Obligation.membership_id)
        .join(User, User.id == Obligation.user_id)
    )


def owing_of(row: Any, leaves: Leaves, employer: Employer) -> Owing:
    """A row of `owing_statement`."""
    due = Due(row.opens_on, row.due_on, row.day_meant)
    closed = Closed(row.closed_how) if row.closed_how else None
    return Owing(
        owed=Owed(row.id, due, employer.today(row.opened_at), closed),
        reader=Reader(row.time_zone, row.is_active, leaves.get(row.membership_id, ())),
        user_id=row.user_id,
        name=row.name,
        email=row.email,
        membership_id=row.membership_id,
        course_id=row.course_id,
        moves=getattr(row, "moves", 0),
    )


def may_be_due(employer: Employer, now: datetime) -> ColumnElement[bool]:
    """The condition on the rows of `owing_statement` for which `reminder` could say something now.

    It lets through more than are due, and none that an e-mail cannot reach.
    """
    today = employer.today(now)
    lately = today - timedelta(days=DAYS_TO_TELL)
    soon = today + timedelta(days=max(employer.habits.remind_days, default=0))
    was_away = (
        select(LeaveOfAbsence.id)
        .where(
            LeaveOfAbsence.membership_id == Obligation.membership_id,
            LeaveOfAbsence.ends_on >= lately,
            LeaveOfAbsence.withdrawn_at.is_(None),
        )
        .correlate(Obligation)
        .exists()
    )
    return and_(
        Obligation.organization_id == employer.id,
        Obligation.closed_at.is_(None),
        Obligation.opens_on <= today,
        or_(
            Obligation.due_on <= soon,
            Obligation.opens_on >= lately,
            # The day on which it was opened may have begun earlier elsewhere.
            Obligation.opened_at >= now - timedelta(days=DAYS_TO_TELL + 2),
            was_away,
        ),
        User.email.is_not(None),
        is_active_column(),
    )


def falls_on(employer: Employer, day: date) -> ColumnElement[bool]:
    """The condition on the rows of `owing_statement` that a reminder of theirs falls on a day to come.

    As `reminder` says it for people who are not away, and obligations that were opened before that day.
    """
    late = [day - timedelta(days=1 + 7 * weeks) for weeks in range(MAX_WEEKS_LATE)]
    before = [day + timedelta(days=days) for days in employer.habits.remind_days]
    return and_(
        can_be_told(employer, day),
        or_(
            Obligation.opens_on == day,
            and_(Obligation.opens_on < day, Obligation.due_on.in_([day, *before, *late])),
        ),
    )


def can_be_told(employer: Employer, day: date) -> ColumnElement[bool]:
    """The condition on the rows of `owing_statement` that somebody can be told of it on a day."""
    is_away = (
        select(LeaveOfAbsence.id)
        .where(
            LeaveOfAbsence.membership_id == Obligation.membership_id,
            LeaveOfAbsence.starts_on <= day,
            LeaveOfAbsence.ends_on >= day,
            LeaveOfAbsence.withdrawn_at.is_(None),
        )
        .correlate(Obligation)
        .exists()
    )
    return and_(
        Obligation.organization_id == employer.id,
        Obligation.closed_at.is_(None),
        User.email.is_not(None),
        is_active_column(),
        ~is_away,
    )


def leaves_of_members(session: Session, membership_ids: Iterable[int]) -> Leaves:
    """The leaves of some members, by membership."""
    wanted = LeaveOfAbsence.membership_id.in_(sorted(set(membership_ids)))
    return _leaves(session.execute(_LEAVES.where(wanted)))


def leaves_of_organization(session: Session, employer: Employer, today: date) -> Leaves:
    """The leaves that last or ended within what `reminder` looks back, by membership."""
    return _leaves(
        session.execute(
            _LEAVES.join(Membership, Membership.id == LeaveOfAbsence.membership_id).where(
                Membership.organization_id == employer.id,
                LeaveOfAbsence.ends_on >= today - timedelta(days=DAYS_TO_TELL),
            )
        )
    )


_LEAVES = select(
    LeaveOfAbsence.membership_id, LeaveOfAbsence.starts_on, LeaveOfAbsence.ends_on
).where(LeaveOfAbsence.withdrawn_at.is_(None))


def _leaves(rows: Iterable[Any]) -> Leaves:
    found: defaultdict[int, list[Leave]] = defaultdict(list)
    for membership_id, starts_on, ends_on in rows:
        found[membership_id].append(Leave(starts_on, ends_on))
    return found
