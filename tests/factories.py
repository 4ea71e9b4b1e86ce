"""Rows for tests: people, organizations, published content, enrolments."""

import itertools
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.organizations.models import Membership, Organization

_numbers = itertools.count(1)
BEGINNING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def make_user(session: Session, **values: Any) -> User:
    """A learner named Ada Okafor with an address of their own, unless `values` says otherwise."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "name": "Ada Okafor",
        "email": f"ada{number}@example.org",
        "created_at": BEGINNING,
    }
    user = User(**(defaults | values))
    session.add(user)
    session.flush()
    return user


def make_organization(session: Session, **values: Any) -> Organization:
    """An organization with a slug of its own."""
    number = next(_numbers)
    defaults = {"slug": f"clinic-{number}", "name": "Riverside Clinic", "created_at": BEGINNING}
    organization = Organization(**(defaults | values))
    session.add(organization)
    session.flush()
    return organization


def make_member(
    session: Session, organization: Organization, user: User, role: str = "member"
) -> Membership:
    """`user` as a member of `organization`."""
    membership = Membership(
        organization_id=organization.id, user_id=user.id, role=role, joined_at=BEGINNING
    )
    session.add(membership)
    session.flush()
    return membership
