"""What assignments ask for: an assignment together with its rule in force."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.foundation.clock import in_zone
from lms.organizations.models import Organization

from .audience import Audience
from .models import Assignment, AssignmentRule
from .terms import Terms
from .words import audience_in_words, credit_in_words, first_in_words, renewal_in_words


@dataclass(frozen=True, slots=True)
class Demand:
    """What an assignment asks of whom, as it is or as it would be.

    `assignment_id` is None for one that does not exist yet. `decided_by_id` is whoever decided on its
    rule, at `decided_at`, and `rule_number` which of its rules that is.
    """

    organization_id: int
    time_zone: str
    course_id: int
    audience: Audience
    terms: Terms
    assignment_id: int | None = None
    has_ended: bool = False
    decided_by_id: int | None = None
    decided_at: datetime | None = None
    rule_number: int = 0

    @property
    def digest(self) -> str:
        """What tells this audience and these terms from any others."""
        said = [self.audience.to_json(), self.terms.to_json()]
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    def in_words(self, teams: Mapping[int, str]) -> dict[str, str]:
        """Whom it is for and when it is due, in words; `teams` are the names of those that it is for."""
        return {
            "audience": audience_in_words(self.audience, teams),
            "first": first_in_words(self.terms),
            "renewal": renewal_in_words(self.terms),
            "credit": credit_in_words(self.terms),
        }

    def today(self, now: datetime) -> date:
        """The day of the organization's calendar."""
        return in_zone(now, self.time_zone).date()


def demand_of(session: Session, assignment_id: int) -> Demand | None:
    """What the assignment with that id asks for by its rule in force; None where there is no such one."""
    row = session.execute(_demands().where(Assignment.id == assignment_id)).one_or_none()
    return _demand(row) if row else None


def demands_of(session: Session, organization_id: int) -> Sequence[Demand]:
    """What an organization's assignments ask for that have not ended, the oldest first."""
    rows = session.execute(
        _demands()
        .where(Assignment.organization_id == organization_id, Assignment.ended_at.is_(None))
        .order_by(Assignment.id)
    )
    return [_demand(row) for row in rows]


def all_demands_of(session: Session, organization_id: int) -> Sequence[Demand]:
    """The same with those that have ended, which come last; else the newest first."""
    rows = session.execute(
        _demands()
        .where(Assignment.organization_id == organization_id)
        .order_by(Assignment.ended_at.is_not(None), Assignment.id.desc())
    )
    return [_demand(row) for row in rows]


def _demands() -> Select[*tuple[Any, ...]]:
    last = (
        select(func.max(AssignmentRule.number))
        .where(AssignmentRule.assignment_id == Assignment.id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    return (
        select(
            Assignment.id,
            Assignment.organization_id,
            Assignment.course_id,
            Assignment.ended_at,
            Organization.time_zone,
            AssignmentRule.audience,
            AssignmentRule.terms,
            AssignmentRule.decided_by_id,
            AssignmentRule.decided_at,
            AssignmentRule.number,
        )
        .join(Organization, Organization.id == Assignment.organization_id)
        .join(AssignmentRule, AssignmentRule.assignment_id == Assignment.id)
        .where(AssignmentRule.number == last)
    )


def _demand(row: Any) -> Demand:
    return Demand(
        organization_id=row.organization_id,
        time_zone=row.time_zone,
        course_id=row.course_id,
        audience=Audience.from_json(row.audience),
        terms=Terms.from_json(row.terms),
        assignment_id=row.id,
        has_ended=row.ended_at is not None,
        decided_by_id=row.decided_by_id,
        decided_at=row.decided_at,
        rule_number=row.number,
    )
