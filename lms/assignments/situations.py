"""Where people stand under an assignment, read for many at once.

Six queries, each in the order of the memberships, are read side by side: whether it is one person or
50,000, the number of queries is the same and little is held in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from lms.courses.models import CourseCompletion, Enrolment
from lms.foundation.clock import in_zone
from lms.foundation.database import stream
from lms.organizations.models import LeaveOfAbsence, Membership, Team, TeamMembership

from .audience import Placed, Standing, why_not_covered
from .demands import Demand
from .models import Exemption, Obligation
from .planning import Closed, Completion, Cycle, Situation
from .terms import Due, First, Leave

Rows = Select[*tuple[Any, ...]]
# How rows are read: all at once, or as they come.
Read = Callable[[Session, Rows], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the record has of an obligation beside its cycle."""

    id: int
    enrolment_id: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Situated:
    """A member and their situation. `kept` are the obligations by the numbers of their cycles."""

    membership_id: int
    user_id: int
    situation: Situation
    kept: Mapping[int, Kept]


def situations(
    session: Session,
    demand: Demand,
    some: ColumnElement[bool],
    now: datetime,
    *,
    read: Read = stream,
) -> Iterator[Situated]:
    """The situation of each member for whom `some`, a condition on `Membership`, holds.

    For a single person, to `fetch` is quicker than to `stream`. Who has left is among them only while
    the assignment has something unfinished of theirs.
    """
    today = demand.today(now)
    here = (Membership.organization_id == demand.organization_id) & some
    teams, exempt, leaves, owed, done = piles = tuple(
        _Pile(read(session, statement))
        for statement in (
            select_teams(demand, here),
            select_exemptions(demand, here),
            select_leaves(here),
            _obligations(demand, here),
            _completions(demand, here),
        )
    )
    counts_hire = demand.terms.first is First.AFTER_HIRE
    for id_, user_id, title, department, site, hired_on, ended_at in read(
        session, _members(demand, here)
    ):
        placed = Placed(
            membership_id=id_,
            job_title=title,
            department=department,
            site=site,
            team_ids=frozenset(row[1] for row in teams.of(id_)),
        )
        standing = Standing(
            is_member=ended_at is None,
            hired_on=hired_on,
            exempt_because=next((row[1] for row in exempt.of(id_)), None),
            assignment_ended=demand.has_ended,
        )
        rows = owed.of(id_)
        situation = Situation(
            # Where nothing is counted from the hire, people differ less: many plans are the same.
            hired_on=hired_on if counts_hire else None,
            not_covered=why_not_covered(demand.audience, placed, standing, today),
            leaves=tuple(Leave(row[1], row[2]) for row in leaves.of(id_)),
            cycles=tuple(_cycle(row, demand.time_zone) for row in rows),
            completions=tuple(
                Completion(row[1], in_zone(row[2], demand.time_zone).date()) for row in done.of(id_)
            ),
        )
        kept = {row.cycle: Kept(row.id, row.enrolment_id, row.is_current) for row in rows}
        yield Situated(id_, user_id, situation, kept)
    for pile in piles:
        pile.drop()


class _Pile:
    """Rows in the order of their first column, taken off by its values."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, membership_id: int) -> list[Any]:
        """The rows of that membership; those of lower ones, which nobody asked for, are dropped."""
        found: list[Any] = []
        while self._next is not None and self._next[0] <= membership_id:
            if self._next[0] == membership_id:
                found.append(self._next)
            self._next = next(self._rows, None)
        return found

    def drop(self) -> None:
        """Read what nobody asked for to its end, where a database closes its cursor."""
        for _ in self._rows:
            pass


def owes(demand: Demand) -> ColumnElement[bool]:
    """Whether the member of the enclosing query has something unfinished under the assignment."""
    return (
        exists()
        .where(
            Obligation.membership_id == Membership.id,
            Obligation.assignment_id == demand.assignment_id,
            Obligation.closed_at.is_(None),
        )
        .correlate(Membership)
    )


def _members(demand: Demand, here: ColumnElement[bool]) -> Rows:
    return (
        select(
            Membership.id,
            Membership.user_id,
            Membership.job_title,
            Membership.department,
            Membership.site,
            Membership.hired_on,
            Membership.ended_at,
        )
        .where(here, or_(Membership.ended_at.is_(None), owes(demand)))
        .order_by(Membership.id)
    )


def select_teams(demand: Demand, here: ColumnElement[bool]) -> Rows:
    """The teams of the audience that members are in now."""
    return (
        select(TeamMembership.membership_id, TeamMembership.team_id)
        .join(Membership, Membership.id == TeamMembership.membership_id)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(
            here,
            TeamMembership.team_id.in_(sorted(demand.audience.team_ids)),
            TeamMembership.ended_at.is_(None),
            Team.ended_at.is_(None),
        )
        .order_by(TeamMembership.membership_id)
    )


def select_exemptions(demand: Demand, here: ColumnElement[bool]) -> Rows:
    """The reasons of exemptions that hold."""
    return (
        select(Exemption.membership_id, Exemption.reason)
        .join(Membership, Membership.id == Exemption.membership_id)
        .where(
            here,
            Exemption.assignment_id == demand.assignment_id,
            Exemption.withdrawn_at.is_(None),
        )
        .order_by(Exemption.membership_id)
    )


def select_leaves(here: ColumnElement[bool]) -> Rows:
    """The first and last days of leaves, in the order in which they were entered."""
    return (
        select(LeaveOfAbsence.membership_id, LeaveOfAbsence.starts_on, LeaveOfAbsence.ends_on)
        .join(Membership, Membership.id == LeaveOfAbsence.membership_id)
        .where(here, LeaveOfAbsence.withdrawn_at.is_(None))
        .order_by(LeaveOfAbsence.membership_id, LeaveOfAbsence.id)
    )


def _obligations(demand: Demand, here: ColumnElement[bool]) -> Rows:
    return (
        select(
            Obligation.membership_id,
            Obligation.id,
            Obligation.cycle,
            Obligation.opens_on,
            Obligation.due_on,
            Obligation.day_meant,
            Obligation.set_by_hand,
            Obligation.is_current,
            Obligation.opened_at,
            Obligation.enrolment_id,
            Obligation.closed_at,
            Obligation.closed_how,
            Obligation.completed_on,
        )
        .join(Membership, Membership.id == Obligation.membership_id)
        .where(here, Obligation.assignment_id == demand.assignment_id)
        .order_by(Obligation.membership_id, Obligation.cycle)
    )


def _completions(demand: Demand, here: ColumnElement[bool]) -> Rows:
    return (
        select(Membership.id, CourseCompletion.id, CourseCompletion.completed_at)
        .join_from(Membership, Enrolment, Enrolment.user_id == Membership.user_id)
        .join(CourseCompletion, CourseCompletion.enrolment_id == Enrolment.id)
        .where(here, Enrolment.course_id == demand.course_id)
        .order_by(Membership.id, CourseCompletion.completed_at, CourseCompletion.id)
    )


def _cycle(row: Any, zone: str) -> Cycle:
    return Cycle(
        number=row.cycle,
        due=Due(row.opens_on, row.due_on, row.day_meant),
        opened_on=in_zone(row.opened_at, zone).date(),
        has_begun=row.enrolment_id is not None,
        set_by_hand=row.set_by_hand,
        closed=Closed(row.closed_how) if row.closed_how else None,
        closed_on=in_zone(row.closed_at, zone).date() if row.closed_at else None,
        completed_on=row.completed_on,
    )
