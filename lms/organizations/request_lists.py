"""The lists of who is asked to join: for the person, and for the organization that asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Executable, bindparam, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.foundation.database import KEPT_STATEMENTS, fetch, stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page

from .models import Membership, MembershipRequest, Organization
from .people import MAX_SEARCH
from .request_conditions import IS_OF_THEM, has_member, is_last_word
from .requests import digest_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a person is asked, as they see it. `by` is whoever asked, `role` what they would be."""

    request_id: int
    organization: str
    by: str
    role: str
    employee_number: str | None
    job_title: str
    department: str
    site: str
    requested_at: datetime
    # Whether their account is in use only until they have answered.
    is_only_to_answer: bool

    @property
    def seen(self) -> str:
        """What whoever accepts sends back, to tell what they were shown."""
        return digest_of(self)


@dataclass(frozen=True, slots=True)
class Belonging:
    """An organization that a person belongs to, as what and since when."""

    organization: str
    role: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Requested:
    """One row of an organization's list of whom it asked, who has not answered or declined."""

    request_id: int
    name: str
    email: str | None
    employee_number: str | None
    role: str
    job_title: str
    department: str
    site: str
    hired_on: date | None
    requested_at: datetime
    by: str
    answered_at: datetime | None

    @property
    def placed(self) -> str:
        """Where they are to work, such as `Nurse · Ward 3 · Riverside`."""
        return " · ".join(filter(None, (self.job_title, self.department, self.site)))


def waiting_of(session: Session, user_id: int) -> list[Waiting]:
    """What a person is asked and has not answered, the latest first."""
    return [Waiting(*row) for row in fetch(session, _WAITING_OF, user_id=user_id)]


def belongings_of(session: Session, user_id: int) -> list[Belonging]:
    """The organizations that a person belongs to, by name."""
    return [Belonging(*row) for row in fetch(session, _BELONGINGS_OF, user_id=user_id)]


def count_of(session: Session, organization_id: int) -> int:
    """How many people an organization has asked who have not answered, or declined."""
    return fetch(session, _COUNT, organization_id=organization_id)[0][0]


def requests_page(
    session: Session, organization_id: int, *, search: str = "", page: int = 1
) -> Page[Requested]:
    """Whom an organization has asked: those who have not answered first, by name, 50 to a page.

    With `search` those whose name, e-mail or number holds it, as the organization said them.
    """
    counted, listed = _page_of(_simple(search))
    [(count,)] = fetch(session, counted, organization_id=organization_id)
    number = nearest_page(page, count)
    first = (number - 1) * PAGE_SIZE
    rows = fetch(session, listed, organization_id=organization_id, first=first)
    return Page([Requested(*row) for row in rows], number, count)


def those(
    session: Session,
    organization_id: int,
    *,
    ticked: Sequence[int] | None,
    search: str = "",
    most: int,
) -> Sequence[MembershipRequest]:
    """The requests with these ids; with None for them, those of the list that are not answered.

    Of more than `most` those that were asked, or asked again, the longest ago.
    """
    which = MembershipRequest.answered_at.is_(None) & _holds(_simple(search))
    if ticked is not None:
        which = MembershipRequest.id.in_(ticked)
    return session.scalars(
        select(MembershipRequest)
        .where(MembershipRequest.organization_id == organization_id, which)
        .order_by(MembershipRequest.requested_at, MembershipRequest.id)
        .limit(most)
    ).all()


def every_request(
    session: Session, organization_id: int, *, search: str = ""
) -> Iterator[Requested]:
    """All of them in the same order, read as they are asked for."""
    rows = stream(session, _LISTED.where(_holds(_simple(search))), organization_id=organization_id)
    return (Requested(*row) for row in rows)


def _simple(search: str) -> str:
    return " ".join(search.split())[:MAX_SEARCH]


@lru_cache(KEPT_STATEMENTS)
def _page_of(search: str) -> tuple[Executable, Executable]:
    """The statements that count those who are searched for, and list a page of them."""
    found = _holds(search)
    return _COUNT.where(found), _LISTED.where(found).limit(PAGE_SIZE).offset(bindparam("first"))


def _holds(text: str) -> ColumnElement[bool]:
    if not text:
        return true()
    # SQLite folds the case of ASCII letters alone: the capital of a name like Özil is tried as well.
    return or_(
        *(MembershipRequest.name.icontains(one, autoescape=True) for one in {text, text.title()}),
        MembershipRequest.email.contains(text.lower(), autoescape=True),
        MembershipRequest.employee_number.icontains(text, autoescape=True),
    )


# Statements, built once

_asker = aliased(User)
_WAITING_OF = (
    select(
        MembershipRequest.id,
        Organization.name,
        _asker.name,
        MembershipRequest.role,
        MembershipRequest.employee_number,
        MembershipRequest.job_title,
        MembershipRequest.department,
        MembershipRequest.site,
        MembershipRequest.requested_at,
        User.left_at.is_not(None),
    )
    .join(User, User.id == MembershipRequest.user_id)
    .join(Organization, Organization.id == MembershipRequest.organization_id)
    .join(_asker, _asker.id == MembershipRequest.requested_by_id)
    .where(
        MembershipRequest.user_id == bindparam("user_id"), MembershipRequest.answered_at.is_(None)
    )
    .order_by(MembershipRequest.id.desc())
)
_BELONGINGS_OF = (
    select(Organization.name, Membership.role, Membership.joined_at)
    .join(Organization, Organization.id == Membership.organization_id)
    .where(Membership.user_id == bindparam("user_id"), Membership.ended_at.is_(None))
    .order_by(Organization.name, Organization.id)
)
# Of somebody who declined, the last word counts: they may have been asked again, or belong here by now.
_DECLINED = (MembershipRequest.answer == "declined") & is_last_word() & ~has_member(IS_OF_THEM)
_IS_LISTED = (MembershipRequest.organization_id == bindparam("organization_id")) & or_(
    MembershipRequest.answered_at.is_(None), _DECLINED
)
_COUNT = select(func.count()).select_from(MembershipRequest).where(_IS_LISTED)
_LISTED = (
    select(
        MembershipRequest.id,
        MembershipRequest.name,
        MembershipRequest.email,
        MembershipRequest.employee_number,
        MembershipRequest.role,
        MembershipRequest.job_title,
        MembershipRequest.department,
        MembershipRequest.site,
        MembershipRequest.hired_on,
        MembershipRequest.requested_at,
        _asker.name,
        MembershipRequest.answered_at,
    )
    .join(_asker, _asker.id == MembershipRequest.requested_by_id)
    .where(_IS_LISTED)
    .order_by(
        MembershipRequest.answered_at.is_not(None),
        func.lower(MembershipRequest.name),
        MembershipRequest.id,
    )
)
