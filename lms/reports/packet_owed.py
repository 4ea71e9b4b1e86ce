"""What the people of an evidence packet owed: each cycle, what was waived, vouched for, moved, or late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from lms.accounts.models import User
from lms.assignments.models import Assignment, Exemption, Obligation, ObligationMove
from lms.assignments.planning import Closed, State, ended_on, state_of
from lms.assignments.terms import Due
from lms.assignments.words import STATE_WORDS
from lms.foundation.clock import in_zone
from lms.organizations.models import Membership

from .packet_people import Reader, Row

ENDINGS = {
    None: "",
    Closed.EXPIRED: "ended undone",
    Closed.MET: "completed later",
    Closed.WAIVED: "waived later",
}


@dataclass(frozen=True, slots=True)
class Cycle:
    """One time that somebody owed the course, and where it stood at the end of a packet's last day.

    Its dates are those in force then. `ended_on` may be a later day.
    """

    id: int
    user_id: int
    columns: Row
    due_on: date
    state: State
    closed_how: Closed | None
    ended_on: date | None

    @property
    def was_late(self) -> bool:
        """Whether it was overdue then, or had been when it ended undone."""
        if self.state is State.EXPIRED:
            return self.ended_on is not None and self.due_on < self.ended_on
        return self.state is State.OVERDUE

    def days_late(self, last: date) -> int:
        """By how many days, at the end of `last` or when it ended before."""
        until = last if self.ended_on is None else min(self.ended_on, last)
        return (until - self.due_on).days


@dataclass(frozen=True)
class Owing(Reader):
    """What the people of a packet owed of its course in this organization."""

    @cached_property
    def _vouched(self) -> Sequence[Any]:
        """What somebody vouches for, of every day until the last one, the earliest first."""
        voucher = aliased(User)
        query = (
            select(
                Obligation.user_id,
                Obligation.completed_on,
                Obligation.closed_at,
                voucher.name,
                Obligation.reason,
            )
            .join(voucher, voucher.id == Obligation.closed_by_id)
            .where(
                self._is_here,
                Obligation.closed_how == Closed.MET.value,
                Obligation.completion_id.is_(None),
                Obligation.completed_on <= self.period.ends_on,
            )
            .order_by(Obligation.completed_on, Obligation.id)
        )
        return list(self.rows(query))

    @property
    def completed_elsewhere(self) -> dict[int, date]:
        """The last day on which each of these people completed the course elsewhere, as far as it is known."""
        return {row.user_id: row.completed_on for row in self._vouched}

    def vouched(self) -> list[Row]:
        """What somebody vouches for in the period, as rows of completions.csv.

        It is of the day on which it was completed, not of that on which somebody vouched for it.
        """
        return [
            (
                *self.people[row.user_id].named_at(self.period.last_moment_of(row.completed_on)),
                row.completed_on,
                *[None] * 5,
                row.name,
                row.closed_at,
                row.reason,
            )
            for row in self._vouched
            if row.completed_on >= self.period.starts_on
        ]

    def waivers(self) -> list[Row]:
        """The rows of waivers.csv: of single obligations, and of whole assignments."""
        decider, withdrawer = aliased(User), aliased(User)
        due_on = self._in_force(Obligation.due_on)
        waived = (
            select(
                Obligation.user_id,
                Obligation.cycle,
                due_on.label("due_on"),
                Obligation.closed_at,
                decider.name,
                Obligation.reason,
            )
            .join(decider, decider.id == Obligation.closed_by_id)
            .where(
                self._is_here,
                Obligation.closed_how == Closed.WAIVED.value,
                or_(
                    due_on.between(self.period.starts_on, self.period.ends_on),
                    (Obligation.closed_at >= self.period.start)
                    & (Obligation.closed_at < self.period.end),
                ),
            )
            .order_by(due_on, Obligation.id)
        )
        exempt = (
            select(
                Membership.user_id,
                Exemption.granted_at,
                decider.name,
                Exemption.reason,
                Exemption.withdrawn_at,
                withdrawer.name.label("withdrawn_by"),
            )
            .join(Membership, Membership.id == Exemption.membership_id)
            .join(Assignment, Assignment.id == Exemption.assignment_id)
            .join(decider, decider.id == Exemption.granted_by_id)
            .outerjoin(withdrawer, withdrawer.id == Exemption.withdrawn_by_id)
            .where(
                Assignment.organization_id == self.period.organization_id,
                Assignment.course_id == self.period.course_id,
                Exemption.granted_at < self.period.end,
                or_(Exemption.withdrawn_at.is_(None), Exemption.withdrawn_at >= self.period.start),
            )
            .order_by(Exemption.granted_at, Exemption.id)
        )
        rows: list[Row] = [
            (
                *self.people[row.user_id].named_at(row.closed_at),
                "waiver",
                row.cycle,
                row.due_on,
                row.closed_at,
                row.name,
                row.reason,
                None,
                None,
            )
            for row in self.rows(waived)
        ]
        return rows + [
            (
                *self.people[row.user_id].named_at(row.granted_at),
                "exemption",
                None,
                None,
                row.granted_at,
                row.name,
                row.reason,
                row.withdrawn_at,
                row.withdrawn_by,
            )
            for row in self.rows(exempt)
        ]

    @cached_property
    def _cycles(self) -> Sequence[Cycle]:
        """What was owed in the period, in the order of the due dates in force at its end."""
        due_on = self._in_force(Obligation.due_on)
        query = (
            select(
                Obligation.user_id,
                Obligation.id,
                Obligation.assignment_id,
                Obligation.cycle,
                Obligation.opened_at,
                self._in_force(Obligation.opens_on).label("opens_on"),
                due_on.label("due_on"),
                Obligation.day_meant,
                Obligation.closed_how,
                Obligation.closed_at,
                Obligation.completed_on,
                Obligation.completion_id,
            )
            .where(
                self._is_here,
                Obligation.opened_at < self.period.end,
                or_(Obligation.closed_at.is_(None), Obligation.closed_at >= self.period.start),
            )
            .order_by(due_on, Obligation.id)
        )
        cycles = ((row.opened_at, self._cycle(row)) for row in self.rows(query))
        # What was met before, and vouched for in the period or later, was not owed any more.
        return [
            one
            for opened_at, one in cycles
            if one.ended_on is None
            or one.ended_on >= self.period.starts_on
            or opened_at >= self.period.start
        ]

    def _cycle(self, row: Any) -> Cycle:
        last, how = self.period.ends_on, row.closed_how and Closed(row.closed_how)
        opened_on = in_zone(row.opened_at, self.period.zone).date()
        is_vouched = how is Closed.MET and row.completion_id is None
        ended = ended_on(
            self.day(row.closed_at), row.completed_on, opened_on=opened_on, is_vouched=is_vouched
        )
        has_ended = ended is not None and ended <= last
        state = state_of(
            how if has_ended else None, Due(row.opens_on, row.due_on, row.day_meant), last
        )
        columns = (
            row.assignment_id,
            row.cycle,
            row.opened_at,
            row.opens_on,
            row.due_on,
            STATE_WORDS[state],
            ended,
        )
        return Cycle(row.id, row.user_id, columns, row.due_on, state, how, ended)

    def owed(self) -> list[Row]:
        """The rows of owed.csv."""
        return [(*self.people[one.user_id].named_last, *one.columns) for one in self._cycles]

    def overdue(self) -> list[Row]:
        """The rows of overdue.csv."""
        return [
            (
                *self.people[one.user_id].named_last,
                *one.columns[:2],
                one.due_on,
                one.days_late(self.period.ends_on),
                ENDINGS[one.closed_how],
                one.ended_on,
            )
            for one in self._cycles
            if one.was_late
        ]

    def moves(self) -> list[Row]:
        """The rows of moves.csv: what the due dates of these cycles were, whenever they were moved."""
        told = {one.id for one in self._cycles}
        mover = aliased(User)
        # A move says what was before; what came after is what was before the next one.
        after = func.lead(ObligationMove.due_on).over(
            partition_by=ObligationMove.obligation_id, order_by=ObligationMove.id
        )
        query = (
            select(
                Obligation.user_id,
                Obligation.id,
                Obligation.assignment_id,
                Obligation.cycle,
                ObligationMove.due_on.label("before"),
                func.coalesce(after, Obligation.due_on).label("after"),
                ObligationMove.moved_at,
                mover.name,
                ObligationMove.reason,
            )
            .join(Obligation, Obligation.id == ObligationMove.obligation_id)
            .outerjoin(mover, mover.id == ObligationMove.moved_by_id)
            .where(self._is_here)
            .order_by(ObligationMove.moved_at, ObligationMove.id)
        )
        return [
            (
                *self.people[row.user_id].named_last,
                row.assignment_id,
                row.cycle,
                row.before,
                row.after,
                row.moved_at,
                row.name,
                row.reason,
            )
            for row in self.rows(query)
            if row.id in told and row.before != row.after
        ]

    @property
    def _is_here(self) -> Any:
        """The condition that an obligation is of this course and this organization."""
        return (Obligation.organization_id == self.period.organization_id) & (
            Obligation.course_id == self.period.course_id
        )

    def _in_force(self, column: InstrumentedAttribute[date]) -> Any:
        """One of an obligation's dates as it was at the end of the period: what the next move found there."""
        then = (
            select(getattr(ObligationMove, column.key))
            .where(
                ObligationMove.obligation_id == Obligation.id,
                ObligationMove.moved_at >= self.period.end,
            )
            .order_by(ObligationMove.id)
            .limit(1)
            .correlate(Obligation)
            .scalar_subquery()
        )
        return func.coalesce(then, column)
