"""Reads and writes of organizations and of who belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from lms.accounts import service as accounts
from lms.accounts.errors import NameTaken
from lms.accounts.models import User
from lms.accounts.names import SignInName
from lms.accounts.person import Role
from lms.foundation.database import insert_if_absent

from .errors import AlreadyMember, LinkNotAllowed
from .models import Membership, Organization

PAGE_SIZE = 50
MAX_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One row of the list of people. `may_have_link` is whether a manager may make them a link."""

    user_id: int
    name: str
    sign_in_name: str
    role: str
    joined_at: datetime
    has_password: bool
    is_deactivated: bool
    may_have_link: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. Pages count from 1; `count` is the number of rows on all pages."""

    rows: Sequence[Member]
    number: int
    count: int

    @property
    def last(self) -> int:
        return max(1, -(-self.count // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who now belongs to an organization, with the token of their link where they need one."""

    user: User
    token: str | None


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link made for a member: to send to `user`, or to hand over."""

    user: User
    purpose: accounts.Purpose
    token: str


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


def managed_organizations(
    session: Session, person_id: int, *, is_administrator: bool
) -> Sequence[Organization]:
    """The organizations a person manages, by name: an administrator manages all."""
    statement = select(Organization).order_by(Organization.name, Organization.id)
    if not is_administrator:
        statement = statement.join(Membership, Membership.organization_id == Organization.id).where(
            Membership.user_id == person_id,
            Membership.role == "manager",
            Membership.ended_at.is_(None),
        )
    return session.scalars(statement).all()


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


def members_page(
    session: Session, organization_id: int, *, search: str = "", page: int = 1
) -> Page:
    """The members whose name, e-mail address or user name holds `search`, 50 to a page, by name.

    A page outside the list is taken for the nearest one that exists.
    """
    condition = _in(organization_id)
    if text := " ".join(search.split())[:MAX_SEARCH]:
        condition &= _holds(text)
    count = session.scalar(
        select(func.count()).select_from(Membership).join(Membership.user).where(condition)
    )
    count = count or 0
    number = min(max(page, 1), Page((), 1, count).last)
    rows = session.execute(
        select(Membership, User, _may_have_link().label("may_have_link"))
        .join(Membership.user)
        .where(condition)
        .order_by(func.lower(User.name), User.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([_member(*row) for row in rows], number, count)


def add_member(
    session: Session, organization_id: int, user_id: int, *, role: str, now: datetime
) -> None:
    """Make a person a `member` or a `manager` of an organization, or take one who had left back in.

    Raises AlreadyMember when they belong to it now; their role stays as it is.
    """
    key = {"organization_id": organization_id, "user_id": user_id}
    if insert_if_absent(session, Membership, {**key, "role": role, "joined_at": now}) is not None:
        return
    back = session.scalar(
        update(Membership)
        .where(
            Membership.organization_id == organization_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_not(None),
        )
        .values(role=role, joined_at=now, ended_at=None)
        .returning(Membership.id)
    )
    if back is None:
        raise AlreadyMember


def invite(
    session: Session,
    organization_id: int,
    *,
    name: str,
    sign_in_name: SignInName,
    role: str,
    now: datetime,
) -> Entry:
    """Let a person into an organization, with a new account or with the one that has their e-mail.

    Raises NameNotUsable, AlreadyMember, and NameTaken for a user name: it is too easily guessed to let
    anybody who types it have its owner as a member.
    """
    try:
        user, token = accounts.invite(
            session,
            name=name,
            email=sign_in_name.email,
            user_name=sign_in_name.user_name,
            now=now,
        )
    except NameTaken:
        found = accounts.find_by_name(session, sign_in_name.email) if sign_in_name.email else None
        if found is None:
            raise
        user, token = found, None
    add_member(session, organization_id, user.id, role=role, now=now)
    return Entry(user, token)


def new_link(
    session: Session, organization_id: int, user_id: int, *, now: datetime
) -> NewLink | None:
    """A new link for a member who lost theirs; None when no such member belongs to the organization.

    An invitation where they have no password yet, else a reset. Raises LinkNotAllowed for an account
    whose use reaches beyond this organization: a manager could take it over with the link.
    """
    row = session.execute(
        select(User, _may_have_link())
        .join(Membership, Membership.user_id == User.id)
        .where(_in(organization_id), User.id == user_id)
    ).one_or_none()
    if row is None:
        return None
    user, may_have_link = row
    if not may_have_link:
        raise LinkNotAllowed
    purpose: accounts.Purpose = "reset" if user.password_hash else "invitation"
    return NewLink(user, purpose, accounts.issue_link(session, user.id, purpose, now=now))


def _in(organization_id: int) -> ColumnElement[bool]:
    return (Membership.organization_id == organization_id) & Membership.ended_at.is_(None)


def _may_have_link() -> ColumnElement[bool]:
    """Whether an active account has no rights and no membership outside of the one it is joined to."""
    other = aliased(Membership)
    elsewhere = (
        select(other.id)
        .where(
            other.user_id == User.id,
            other.organization_id != Membership.organization_id,
            other.ended_at.is_(None),
        )
        .correlate(User, Membership)
        .exists()
    )
    return (User.role == Role.LEARNER.value) & User.deactivated_at.is_(None) & ~elsewhere


def _holds(text: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII letters alone: the capital of a name like Özil is tried as well.
    spellings = {text, text.title()}
    return or_(
        *(User.name.icontains(spelling, autoescape=True) for spelling in spellings),
        User.email.contains(text.lower(), autoescape=True),
        User.user_name.contains(text.lower(), autoescape=True),
    )


def _member(membership: Membership, user: User, may_have_link: bool) -> Member:
    return Member(
        user_id=user.id,
        name=user.name,
        sign_in_name=user.email or user.user_name or "",
        role=membership.role,
        joined_at=membership.joined_at,
        has_password=user.password_hash is not None,
        is_deactivated=user.deactivated_at is not None,
        may_have_link=may_have_link,
    )
