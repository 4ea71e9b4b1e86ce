"""Obligations for tests of what is built on them: as rows, without the rule that makes them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.models import Assignment, Obligation
from lms.organizations.models import LeaveOfAbsence, Membership, Organization

from .factories import BEGINNING, make_member, make_organization, make_user


def make_clinic(session: Session, **values: Any) -> tuple[Organization, Membership]:
    """An organization in UTC with quiet hours from 20 to 8, and its manager, Max Lindqvist."""
    organization = make_organization(session, **values)
    manager = make_user(session, name="Max Lindqvist")
    return organization, make_member(session, organization, manager, "manager")


def make_person(session: Session, organization: Organization, **values: Any) -> Membership:
    """A new member of the organization."""
    return make_member(session, organization, make_user(session, **values))


def make_obligation(
    session: Session,
    membership: Membership,
    course_id: int,
    *,
    opens_on: date,
    due_on: date,
    **values: Any,
) -> Obligation:
    """What a member owes, under the course's one assignment in their organization."""
    assignment = session.scalar(
        select(Assignment).where(
            Assignment.organization_id == membership.organization_id,
            Assignment.course_id == course_id,
        )
    )
    if assignment is None:
        assignment = Assignment(
            organization_id=membership.organization_id,
            course_id=course_id,
            created_at=BEGINNING,
            created_by_id=membership.user_id,
        )
        session.add(assignment)
        session.flush()
    defaults: dict[str, Any] = {"cycle": 1, "is_current": True, "opened_at": BEGINNING}
    obligation = Obligation(
        assignment_id=assignment.id,
        organization_id=membership.organization_id,
        course_id=course_id,
        membership_id=membership.id,
        user_id=membership.user_id,
        opens_on=opens_on,
        due_on=due_on,
        day_meant=due_on.day,
        **(defaults | values),
    )
    session.add(obligation)
    session.flush()
    return obligation


def waive(session: Session, obligation: Obligation, now: datetime) -> None:
    """End an obligation."""
    obligation.closed_at, obligation.closed_how = now, "waived"
    obligation.closed_by_id, obligation.reason = obligation.user_id, "Retires soon"
    session.flush()


def make_leave(session: Session, membership: Membership, starts_on: date, ends_on: date) -> None:
    """Days away from work."""
    session.add(
        LeaveOfAbsence(
            membership_id=membership.id,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_by_id=membership.user_id,
            recorded_at=BEGINNING,
        )
    )
    session.flush()
