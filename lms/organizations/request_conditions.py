"""What statements ask of requests and of whoever is asked: conditions that several of them share."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from lms.accounts.models import User

from .models import Membership, MembershipRequest

# Whose request it is.
IS_OF_THEM = Membership.user_id == MembershipRequest.user_id


def is_asked() -> ColumnElement[bool]:
    """Whether the user of the enclosing query is asked something and has not answered."""
    return (
        select(MembershipRequest.id)
        .where(MembershipRequest.user_id == User.id, MembershipRequest.answered_at.is_(None))
        .correlate(User)
        .exists()
    )


def is_last_word() -> ColumnElement[bool]:
    """Whether the organization has asked the person of the enclosing query's request nothing since."""
    later = aliased(MembershipRequest)
    return ~(
        select(later.id)
        .where(
            later.organization_id == MembershipRequest.organization_id,
            later.user_id == MembershipRequest.user_id,
            later.id > MembershipRequest.id,
        )
        .correlate(MembershipRequest)
        .exists()
    )


def has_member(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the organization of the enclosing query's request has such a member now."""
    return (
        select(Membership.id)
        .where(
            Membership.organization_id == MembershipRequest.organization_id,
            Membership.ended_at.is_(None),
            which,
        )
        .correlate(MembershipRequest)
        .exists()
    )
