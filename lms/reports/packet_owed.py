"""What the people of an evidence packet owed: what was waived, vouched for, or late."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from lms.accounts.models import User
from lms.assignments.models import Assignment, Exemption, Obligation
from lms.organizations.models import Membership

from .packet_people import Reader, Row

ENDINGS = {
    None: "",
    "expired": "ended undone",
    "met": "completed later",
    "waived": "waived later",
}


@dataclass(frozen=True)
class Owing(Reader):
    """What the people of a packet owed of its course in this organization."""

    def vouched(self) -> list[Row]:
        """What somebody vouches for, as rows of completions.csv."""
        voucher = aliased(User)
        query = self._obligations(
            Obligation.completed_on, Obligation.closed_at, voucher.name
        ).where(
            Obligation.closed_how == "met",
            Obligation.completion_id.is_(None),
            Obligation.completed_on.between(self.period.starts_on, self.period.ends_on),
        )
        query = query.join(voucher, voucher.id == Obligation.closed_by_id)
        return [
            (
                *self.people[row.user_id].named_at(row.closed_at),
                row.completed_on,
                *[None] * 5,
                row.name,
                row.reason,
            )
            for row in self.rows(query)
        ]

    def waivers(self) -> list[Row]:
        """The rows of waivers.csv: of single obligations, and of whole assignments."""
        decider, withdrawer = aliased(User), aliased(User)
        waived = (
            self._obligations(
                Obligation.cycle, Obligation.due_on, Obligation.closed_at, decider.name
            )
            .join(decider, decider.id == Obligation.closed_by_id)
            .where(
                Obligation.closed_how == "waived",
                or_(
                    Obligation.due_on.between(self.period.starts_on, self.period.ends_on),
                    Obligation.closed_at.between(self.period.start, self.period.end),
                ),
            )
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

    def overdue(self) -> list[Row]:
        """The rows of overdue.csv."""
        end, last = self.period.end, self.period.ends_on
        query = self._obligations(
            Obligation.cycle, Obligation.due_on, Obligation.closed_how, Obligation.closed_at
        ).where(
            Obligation.due_on <= last,
            or_(
                Obligation.closed_at.is_(None),
                Obligation.closed_at >= end,
                (Obligation.closed_how == "expired") & (Obligation.closed_at >= self.period.start),
            ),
            Obligation.opened_at < end,
        )
        return [
            (
                *self.people[row.user_id].named_at(end),
                row.cycle,
                row.due_on,
                (min(self.day(row.closed_at) or last, last) - row.due_on).days,
                ENDINGS[row.closed_how],
                self.day(row.closed_at),
            )
            for row in self.rows(query)
        ]

    def _obligations(self, *columns: Any) -> Any:
        return (
            select(Obligation.user_id, *columns, Obligation.reason)
            .where(
                Obligation.organization_id == self.period.organization_id,
                Obligation.course_id == self.period.course_id,
            )
            .order_by(Obligation.due_on, Obligation.id)
        )
