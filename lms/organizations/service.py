"""Reads and writes of organizations and of who belongs to them."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased

from lms.accounts import service as accounts
from lms.accounts.errors import NameTaken
from lms.accounts.models import User
from lms.accounts.names import SignInName, checked_name
from lms.foundation.clock import is_zone
from lms.foundation.database import insert_if_absent

from . import requests
from .errors import (
    AlreadyMember,
    LinkNotAllowed,
    NoSuchOrganization,
    SlugNotUsable,
    SlugTaken,
    TextNotUsable,
    UnknownZone,
)
from .models import Membership, MembershipRequest, Organization
from .people import may_have_link
from .placements import checked_text
from .positions import add_member

_SLUG = re.compile(r"(?=.{2,40}$)[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who now belongs to an organization, with the token of their link where they need one."""

    membership_id: int
    user: User
    token: str | None


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link made for a member: to send to `user`, or to hand over."""

    user: User
    purpose: accounts.Purpose
    token: str


def create_organization(
    session: Session, slug: str, name: str, *, time_zone: str, now: datetime
) -> Organization:
    """A new organization. Its slug is the code that staff sign in with, and never changes.

    Raises SlugNotUsable, SlugTaken, UnknownZone, and TextNotUsable for its name.
    """
    if not _SLUG.fullmatch(slug):
        raise SlugNotUsable
    name = checked_text(name)
    if not name:
        raise TextNotUsable("Give the organization's name.")
    if not is_zone(time_zone):
        raise UnknownZone(time_zone)
    values = {
        "slug": slug,
        "name": name,
        "created_at": now,
        "time_zone": time_zone,
    }
    organization_id = insert_if_absent(session, Organization, values)
    if organization_id is None:
        raise SlugTaken(slug)
    return session.get_one(Organization, organization_id)


def find_organization(session: Session, slug: str) -> Organization:
    """The organization with that code. Raises NoSuchOrganization."""
    found = session.scalar(select(Organization).where(Organization.slug == slug))
    if found is None:
        raise NoSuchOrganization(slug)
    return found


def make_manager(session: Session, organization_id: int, user_id: int, *, now: datetime) -> int:
    """Let a person manage the whole organization, a member or not; the id of the membership."""
    try:
        return add_member(session, organization_id, user_id, role="manager", now=now)
    except AlreadyMember:
        return session.scalars(
            update(Membership)
            .where(Membership.organization_id == organization_id, Membership.user_id == user_id)
            .values(role="manager")
            .returning(Membership.id)
        ).one()


def is_manager_column() -> ColumnElement[bool]:
    """Whether the user of the enclosing query manages any organization."""
    return (
        select(Membership.id)
        .where(
            Membership.user_id == User.id,
            Membership.role == "manager",
            Membership.ended_at.is_(None),
        )
        .correlate(User)
        .exists()
    )


def find_supervised(
    session: Session, user_id: int, *, by_id: int, sees_everybody: bool
) -> User | None:
    """The person with that id if the one with `by_id` may look after them, else None.

    A manager looks after the members of the organizations they manage, for as long as both belong
    there. Nobody looks after themself.
    """
    if user_id == by_id:
        return None
    query = select(User).where(User.id == user_id)
    if not sees_everybody:
        member, manager = aliased(Membership), aliased(Membership)
        query = query.where(
            exists().where(
                member.user_id == User.id,
                member.ended_at.is_(None),
                manager.organization_id == member.organization_id,
                manager.user_id == by_id,
                manager.role == "manager",
                manager.ended_at.is_(None),
            )
        )
    return session.scalar(query)


def invite(
    session: Session,
    organization_id: int,
    *,
    name: str,
    sign_in_name: SignInName,
    role: str,
    by_id: int,
    now: datetime,
) -> Entry | MembershipRequest:
    """Let a person into an organization with a new account, or ask the one who has that e-mail.

    Whoever could not sign in since they left it is taken back in. Raises NameNotUsable, AlreadyMember,
    AlreadyAsked, and NameTaken for a user name: it is too easily guessed to let anybody who types it reach
    its owner.
    """
    email = sign_in_name.email
    try:
        user, token = accounts.invite(
            session,
            name=name,
            email=email,
            user_name=sign_in_name.user_name,
            now=now,
        )
    except NameTaken:
        found = accounts.find_by_name(session, email) if email else None
        if found is None:
            raise
        if requests.is_to_be_asked(session, organization_id, found.id):
            asked = {"name": checked_name(name), "email": email, "role": role}
            return requests.ask(session, organization_id, found.id, **asked, by_id=by_id, now=now)
        user, token = found, None
    membership_id = add_member(session, organization_id, user.id, role=role, now=now)
    return Entry(membership_id, user, token)


def new_link(
    session: Session, organization_id: int, membership_id: int, *, now: datetime
) -> NewLink | None:
    """A new link for a member who lost theirs; None when no such member belongs to the organization.

    An invitation where they have no password yet, else a reset. Raises LinkNotAllowed for an account
    whose use reaches beyond this organization: a manager could take it over with the link.
    """
    row = session.execute(
        select(User, may_have_link())
        .join(Membership, Membership.user_id == User.id)
        .where(_in(organization_id), Membership.id == membership_id)
    ).one_or_none()
    if row is None:
        return None
    user, is_allowed = row
    if not is_allowed:
        raise LinkNotAllowed
    purpose: accounts.Purpose = "reset" if user.password_hash else "invitation"
    return NewLink(user, purpose, accounts.issue_link(session, user.id, purpose, now=now))


def _in(organization_id: int) -> ColumnElement[bool]:
    return (Membership.organization_id == organization_id) & Membership.ended_at.is_(None)
