"""Lists of assignments and of who stands where under one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.foundation.database import stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page
from lms.organizations.models import Membership

from .demands import Demand
from .models import Exemption, Obligation, ObligationMove
from .planning import Closed, State, standing_of, state_of
from .standings import stands
from .terms import Due

Moves = list[tuple[ObligationMove, str | None]]
# The states of which a manager looks at the people, the most pressing first.
STATES = (State.OVERDUE, State.DUE, State.OPEN, State.MET, State.WAIVED, State.EXPIRED)


@dataclass(frozen=True, slots=True)
class OwedRow:
    """A person and the obligation by which they stand."""

    membership_id: int
    name: str
    job_title: str
    department: str
    state: State
    is_unfinished: bool
    due_on: date
    completed_on: date | None


@dataclass(frozen=True, slots=True)
class History:
    """One obligation with its moves and who ended it, as a person's page shows it."""

    obligation: Obligation
    state: State
    closed_by: str | None
    moves: Sequence[tuple[ObligationMove, str | None]]


@dataclass(frozen=True, slots=True)
class Person:
    """A member under an assignment: their obligations, the latest first, and their exemption."""

    membership: Membership
    name: str
    exemption: Exemption | None
    history: Sequence[History]

    @property
    def unfinished(self) -> Obligation | None:
        """The obligation that can still be decided about."""
        last = self.history[0].obligation if self.history else None
        return last if last is not None and last.closed_at is None else None


def people_page(
    session: Session, demand: Demand, state: State | None, *, count: int, page: int, today: date
) -> Page[OwedRow]:
    """Who stands where under an assignment and has not left, 50 to a page, what is due first at the top.

    `count` is how many there are in that state, which `counts.counts_of` has told.
    """
    number = nearest_page(page, count)
    rows = session.execute(
        _people(demand, state, today).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    )
    return Page([_owed(row, today) for row in rows], number, count)


def every_person(
    session: Session, demand: Demand, state: State | None, today: date
) -> Iterator[OwedRow]:
    """All of them in the same order, read as they are asked for."""
    return (_owed(row, today) for row in stream(session, _people(demand, state, today)))


def _people(demand: Demand, state: State | None, today: date) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Membership.id,
            User.name,
            Membership.job_title,
            Membership.department,
            Obligation.closed_how,
            Obligation.opens_on,
            Obligation.due_on,
            Obligation.day_meant,
            Obligation.after_waiver,
            Obligation.completed_on,
        )
        .join(Membership, Membership.id == Obligation.membership_id)
        .join(User, User.id == Obligation.user_id)
        .where(
            Obligation.assignment_id == demand.assignment_id,
            Obligation.is_current,
            Membership.ended_at.is_(None),
            true() if state is None else stands(state, today),
        )
        .order_by(
            Obligation.closed_at.is_not(None),
            Obligation.due_on,
            func.lower(User.name),
            Membership.id,
        )
    )


def _owed(row: Any, today: date) -> OwedRow:
    closed = Closed(row.closed_how) if row.closed_how else None
    due = Due(row.opens_on, row.due_on, row.day_meant)
    return OwedRow(
        row.id,
        row.name,
        row.job_title,
        row.department,
        standing_of(closed, due, today, after_waiver=row.after_waiver),
        closed is None,
        row.due_on,
        row.completed_on,
    )


def person_under(
    session: Session, demand: Demand, membership_id: int, today: date
) -> Person | None:
    """A member of the organization under one of its assignments; None where there is no such member."""
    row = session.execute(
        select(Membership, User.name, Exemption)
        .join(User, User.id == Membership.user_id)
        .outerjoin(
            Exemption,
            (Exemption.membership_id == Membership.id)
            & (Exemption.assignment_id == demand.assignment_id)
            & Exemption.withdrawn_at.is_(None),
        )
        .where(Membership.id == membership_id, Membership.organization_id == demand.organization_id)
    ).one_or_none()
    if row is None:
        return None
    membership, name, exemption = row
    return Person(membership, name, exemption, _history(session, demand, membership_id, today))


def _history(session: Session, demand: Demand, membership_id: int, today: date) -> list[History]:
    by = aliased(User)
    mine = (Obligation.assignment_id == demand.assignment_id) & (
        Obligation.membership_id == membership_id
    )
    moves: dict[int, Moves] = {}
    moved = session.execute(
        select(ObligationMove, by.name)
        .join(Obligation, Obligation.id == ObligationMove.obligation_id)
        .outerjoin(by, by.id == ObligationMove.moved_by_id)
        .where(mine)
        .order_by(ObligationMove.id)
    )
    for move, mover in moved:
        moves.setdefault(move.obligation_id, []).append((move, mover))
    rows = session.execute(
        select(Obligation, by.name)
        .outerjoin(by, by.id == Obligation.closed_by_id)
        .where(mine)
        .order_by(Obligation.cycle.desc())
    )
    return [
        History(one, _state(one, today), closed_by, _felt(one, moves.get(one.id, [])))
        for one, closed_by in rows
    ]


def _felt(one: Obligation, moves: Moves) -> Moves:
    """Those of an obligation's moves that gave it other days, and not only another day to renew on."""
    found = [(move.opens_on, move.due_on) for move, _ in moves] + [(one.opens_on, one.due_on)]
    return [
        move
        for move, (before, after) in zip(moves, pairwise(found), strict=True)
        if before != after
    ]


def _state(one: Obligation, today: date) -> State:
    closed = Closed(one.closed_how) if one.closed_how else None
    return state_of(closed, Due(one.opens_on, one.due_on, one.day_meant), today)
