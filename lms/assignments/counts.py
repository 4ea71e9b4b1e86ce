"""How many people stand where under assignments: what is kept where that holds, else counted.

Who has left does not count: these are the figures of compliance, whose record of everybody stays.
"""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from lms.organizations.models import Membership
from lms.organizations.scopes import Scope

from .demands import Demand
from .keeping import kept_counts
from .models import Assignment, Obligation
from .planning import State
from .standings import standing_column

Counts = Mapping[State, int]
# SQLite uses an index with a condition only for the very same condition.
_IS_CURRENT = text("obligation.is_current")


def counts_of_all(session: Session, scope: Scope, today: date) -> Mapping[int, Counts]:
    """How many people of a whole organization stand where, under each assignment that goes on."""
    kept = kept_counts(session, scope.organization_id, scope.time_zone, today)
    if kept is not None:
        return kept
    return _counted(session, scope.organization_id, Assignment.ended_at.is_(None), today)


def counts_of(session: Session, demand: Demand, today: date) -> Counts:
    """How many people stand where under one assignment, also where it has ended."""
    assert demand.assignment_id is not None
    kept = None
    if not demand.has_ended:
        # What has ended is not among the figures that are kept.
        kept = kept_counts(session, demand.organization_id, demand.time_zone, today)
    if kept is None:
        alone = Obligation.assignment_id == demand.assignment_id
        kept = _counted(session, demand.organization_id, alone, today)
    return kept.get(demand.assignment_id, {})


def unfinished_of(session: Session, demand: Demand) -> int:
    """How many people have something to complete under an assignment, now or when its window opens."""
    theirs = (
        select(func.count())
        .select_from(Obligation)
        .join(Membership, Membership.id == Obligation.membership_id)
        .where(
            Obligation.assignment_id == demand.assignment_id,
            Obligation.closed_at.is_(None),
            Membership.ended_at.is_(None),
        )
    )
    return session.scalars(theirs).one()


def _counted(
    session: Session, organization_id: int, condition: ColumnElement[bool], today: date
) -> dict[int, dict[State, int]]:
    standing = standing_column(today).label("standing")
    rows = session.execute(
        select(Obligation.assignment_id, standing, func.count())
        .join(Membership, Membership.id == Obligation.membership_id)
        .join(Assignment, Assignment.id == Obligation.assignment_id)
        .where(
            _IS_CURRENT,
            Obligation.organization_id == organization_id,
            Membership.ended_at.is_(None),
            condition,
        )
        .group_by(Obligation.assignment_id, "standing")
    )
    found: dict[int, dict[State, int]] = {}
    for assignment_id, state, count in rows:
        found.setdefault(assignment_id, {})[State(state)] = count
    return found
