"""What tests of reminders tell their stories with: a clinic, its people, what they owe, days away."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.models import Assignment, Obligation
from lms.organizations.models import LeaveOfAbsence, Membership, Organization

from .factories import BEGINNING, make_member, make_organization, make_user
from .obligation_rows import make_assignment, make_obligation


def make_clinic(session: Session, **values: Any) -> tuple[Organization, Membership]:
    """An organization in UTC with quiet hours from 20 to 8, and its manager, Max Lindqvist."""
    organization = make_organization(session, **values)
    manager = make_user(session, name="Max Lindqvist")
    return organization, make_member(session, organization, manager, "manager")


def make_person(session: Session, organization: Organization, **values: Any) -> Membership:
    """A new member of the organization."""
    return make_member(session, organization, make_user(session, **values))


def owe(
    session: Session,
    membership: Membership,
    course_id: int,
    *,
    opens_on: date,
    due_on: date,
    **values: Any,
) -> Obligation:
    """What a member owes, under the course's one assignment in their organization."""
    organization_id = membership.organization_id
    assignment = session.scalar(
        select(Assignment).where(
            Assignment.organization_id == organization_id, Assignment.course_id == course_id
        )
    ) or make_assignment(session, organization_id, course_id)
    return make_obligation(session, assignment, membership, due_on, opens_on=opens_on, **values)


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
