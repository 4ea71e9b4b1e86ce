"""How many obligations were overdue at the ends of past months."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.assignments.models import Obligation, ObligationMove
from lms.assignments.month_ends import MonthEnd
from lms.foundation.database import KEPT_STATEMENTS, as_parameter, fetch
from lms.foundation.localdays import day_in_zone
from lms.organizations.filters import Filters
from lms.organizations.models import Membership
from lms.organizations.people import condition_ever

from .compliance import Selection

# The last day of a month and the moment at which it is over, as parameters.
End = tuple[Any, Any]


def overdue_then(session: Session, selection: Selection, ends: Sequence[MonthEnd]) -> list[int]:
    """How many obligations were overdue at the end of each of those months, by the dates in force then.

    It counts what was asked then, of people who have left since too. Where the filter names a team or
    a position, those are of today. It is what `Life.was_overdue` says, as the database computes it.
    """
    moments = {
        name: value
        for place, end in enumerate(ends)
        for name, value in ((f"day_{place}", end.day), (f"over_at_{place}", end.over_at))
    }
    statement = _overdue_at(selection.shape, len(ends))
    zone = selection.scope.time_zone
    by_today, otherwise = fetch(session, statement, **selection.values, **moments, zone=zone)
    return [sum(counts) for counts in zip(by_today, otherwise, strict=True)]


@lru_cache(KEPT_STATEMENTS)
def _overdue_at(shape: Selection, number: int) -> Executable:
    """The statement for so many ends of months: two rows, of which the counts are to be added up.

    The first counts by the dates of today, which nearly all obligations have had from the beginning.
    The second says by how much that is to be corrected for those that were moved.
    """
    ends = [(bindparam(f"day_{place}"), bindparam(f"over_at_{place}")) for place in range(number)]
    return union_all(_by_dates_of_today(shape, ends), _corrections(shape, ends))


def _by_dates_of_today(shape: Selection, ends: Sequence[End]) -> Select[*tuple[Any, ...]]:
    counts = [
        func.count().filter(Obligation.due_on < end[0], _was_unfinished(Obligation, end))
        for end in ends
    ]
    # What was due after the last of them, or ended before the first, was overdue at none.
    return _selected(shape, select(*counts)).where(
        Obligation.due_on < ends[-1][0], _had_not_ended(Obligation, ends[0])
    )


def _corrections(shape: Selection, ends: Sequence[End]) -> Select[*tuple[Any, ...]]:
    """Each move found a date that had been in force since the one before it, and not that of today."""
    since = func.max(ObligationMove.moved_at).over(
        partition_by=ObligationMove.obligation_id, order_by=ObligationMove.id, rows=(None, -1)
    )
    found = (
        _selected(
            shape,
            select(
                Obligation.opened_at,
                Obligation.closed_at,
                Obligation.completed_on,
                Obligation.completion_id,
                Obligation.due_on,
                ObligationMove.due_on.label("due_before"),
                since.label("since"),
                ObligationMove.moved_at,
            ),
        )
        .join(ObligationMove, ObligationMove.obligation_id == Obligation.id)
        .where(ObligationMove.moved_at >= ends[0][1], _had_not_ended(Obligation, ends[0]))
        .subquery()
    ).c
    counts: list[Any] = []
    for end in ends:
        day, over_at = end
        was_in_force = and_(
            found.moved_at >= over_at, or_(found.since.is_(None), found.since < over_at)
        )
        then = was_in_force & _was_unfinished(found, end)
        counts.append(
            func.count().filter(found.due_before < day, found.due_on >= day, then)
            - func.count().filter(found.due_before >= day, found.due_on < day, then)
        )
    last = ends[-1][0]
    # Most moves are from one day to come to another.
    return select(*counts).where(or_(found.due_before < last, found.due_on < last))


def _was_unfinished(row: Any, end: End) -> ColumnElement[bool]:
    return and_(row.opened_at < end[1], _had_not_ended(row, end))


def _had_not_ended(row: Any, end: End) -> ColumnElement[bool]:
    """What `planning.ended_on` says, the usual case first: of most the day of completion tells."""
    is_credit = and_(
        row.completion_id.is_not(None),
        row.completed_on < day_in_zone(row.opened_at, bindparam("zone")),
    )
    return or_(
        func.coalesce(row.completed_on > end[0], row.closed_at >= end[1], true()),
        and_(row.closed_at >= end[1], is_credit),
    )


def _selected(shape: Selection, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Of the obligations only those of a selection, whatever became of whom they belong to."""
    statement = statement.select_from(Obligation)
    if not shape.is_narrow:
        statement = statement.where(Obligation.organization_id == bindparam("organization_id"))
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
