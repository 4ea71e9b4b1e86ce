"""The lists of an organization's people, as far as a scope reaches, and how one of them is found.

Statements are built once for each shape that a scope and filters have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    bindparam,
    case,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import User
from lms.accounts.person import Role
from lms.foundation.database import (
    KEPT_STATEMENTS,
    Writing,
    as_parameter,
    as_value,
    batches,
    fetch,
)
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page

from .filters import PLACES, Filters
from .models import Membership, Organization, TeamMembership, folded
from .scopes import Scope

MAX_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a list of people."""

    membership_id: int
    user_id: int
    name: str
    sign_in_name: str
    employee_number: str | None
    role: str
    job_title: str
    department: str
    site: str
    joined_at: datetime
    ended_at: datetime | None
    has_password: bool
    is_deactivated: bool

    @property
    def placed(self) -> str:
        """Where they work, such as `Nurse · Ward 3 · Riverside`."""
        return " · ".join(filter(None, (self.job_title, self.department, self.site)))


def members_page(
    session: Session,
    scope: Scope,
    filters: Filters,
    page: int = 1,
    *,
    outside: int | None = None,
) -> Page[Member]:
    """The people whom the filters leave, 50 to a page, by name; none who is in the team `outside`.

    A page outside the list is taken for the nearest one that exists.
    """
    counted, listed = _page_of(scope.shape, filters.shape, outside is not None)
    values = {**scope.values, **filters.values, "outside": outside}
    [(count,)] = fetch(session, counted, **values)
    number = nearest_page(page, count)
    rows = fetch(session, listed, **values, first=(number - 1) * PAGE_SIZE)
    return Page([Member(*row) for row in rows], number, count)


@lru_cache(KEPT_STATEMENTS)
def _page_of(scope: Scope, filters: Filters, has_outside: bool) -> tuple[Executable, Executable]:
    """The statements that count the people whom such filters leave, and list a page of them."""
    condition = condition_of(scope, filters, as_parameter)
    if has_outside:
        condition &= ~in_team(bindparam("outside"))
    # A count of memberships alone need not look up fifty thousand accounts.
    counted = select(func.count()).select_from(Membership).where(condition)
    if filters.search.strip() or filters.waiting:
        counted = counted.join(User, User.id == Membership.user_id)
    return counted, members(condition).limit(PAGE_SIZE).offset(bindparam("first"))


def members(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The rows of `Member` that meet a condition, by name."""
    return (
        select(
            Membership.id,
            User.id,
            User.name,
            sign_in_name(),
            Membership.employee_number,
            Membership.role,
            Membership.job_title,
            Membership.department,
            Membership.site,
            Membership.joined_at,
            Membership.ended_at,
            User.password_hash.is_not(None),
            User.deactivated_at.is_not(None),
        )
        .join(User, User.id == Membership.user_id)
        .where(condition)
        .order_by(Membership.sort_name, Membership.id)
    )


def sign_in_name() -> ColumnElement[str]:
    """What a member signs in with, "" where that is not the organization's to see."""
    return case((_is_seen(), func.coalesce(User.email, User.user_name)), else_="")


def _is_seen() -> ColumnElement[bool]:
    """Whether an organization sees what somebody signs in with.

    Of whoever has left and whose account is in use it does not: another employer may have changed it.
    """
    return Membership.ended_at.is_(None) | (User.deactivated_at == Membership.ended_at)


def condition_of(
    scope: Scope, filters: Filters, written: Writing = as_value
) -> ColumnElement[bool]:
    """The condition on `Membership`, joined with `User`, that the scope and the filters are together."""
    return _within(scope, filters, written) & meets(filters, written)


def condition_ever(
    scope: Scope, filters: Filters, written: Writing = as_value
) -> ColumnElement[bool]:
    """The same of those who are here and those who have left alike."""
    return _within(scope, filters, written) & _meets_ever(filters, written)


def _within(scope: Scope, filters: Filters, written: Writing) -> ColumnElement[bool]:
    # SQLite would go through everybody of the organization, and not through the few of a team.
    return scope.members(written, by_index=filters.team_id is None)


def meets(filters: Filters, written: Writing = as_value) -> ColumnElement[bool]:
    """The condition on `Membership`, joined with `User`, that the filters are."""
    ended = Membership.ended_at
    return (ended.is_not(None) if filters.left else ended.is_(None)) & _meets_ever(filters, written)


def _meets_ever(filters: Filters, written: Writing) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = true()
    for name in PLACES:
        if value := getattr(filters, name):
            condition &= folded(getattr(Membership, name)) == folded(written(name, value))
    if filters.team_id is not None:
        condition &= in_team(written("team_id", filters.team_id))
    if filters.waiting:
        condition &= User.password_hash.is_(None) & User.deactivated_at.is_(None)
    if text := " ".join(filters.search.split())[:MAX_SEARCH]:
        condition &= _holds(text)
    return condition


def in_team(team_id: Any) -> ColumnElement[bool]:
    """Whether the membership of the enclosing query is in that team now."""
    # Not an EXISTS: a query can begin with a list of a few, and not with a condition on everybody.
    return Membership.id.in_(
        select(TeamMembership.membership_id).where(
            TeamMembership.team_id == team_id, TeamMembership.ended_at.is_(None)
        )
    )


def find_membership(session: Session, scope: Scope, membership_id: int) -> Membership | None:
    """The membership with that id, here or ended, as far as the scope reaches."""
    return session.scalar(select(Membership).where(scope.members(), Membership.id == membership_id))


def find_named(session: Session, organization_id: int, names: Sequence[str]) -> dict[str, int]:
    """The ids of those who belong now, by what they were named with: number, e-mail or user name.

    Names that are nobody's are missing in it.
    """
    lowered = {name.lower() for name in names}
    rows = session.execute(
        select(Membership.id, Membership.employee_number, User.email, User.user_name)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organization_id == organization_id,
            Membership.ended_at.is_(None),
            or_(
                Membership.employee_number.in_(names),
                User.email.in_(lowered),
                User.user_name.in_(lowered),
            ),
        )
    ).all()
    by_number = {number: key for key, number, _, _ in rows if number}
    by_name = {name: key for key, _, *both in rows for name in both if name}
    found = {name: by_number.get(name) or by_name.get(name.lower()) for name in names}
    return {name: key for name, key in found.items() if key}


def told(session: Session, membership_ids: Sequence[int]) -> dict[str, Any]:
    """Who these are, as the details of an entry of the audit trail: ids, then names in the same order.

    The names are those of this moment; the trail is searched for them.
    """
    rows = [
        row
        for some in batches(membership_ids)
        for row in session.execute(
            select(Membership.id, User.name)
            .join(User, User.id == Membership.user_id)
            .where(Membership.id.in_(some))
        )
    ]
    rows.sort(key=lambda row: (row.name.casefold(), row.id))
    return {"members": [row.id for row in rows], "people": [row.name for row in rows]}


def find_by_number(session: Session, slug: str, employee_number: str) -> User | None:
    """Whoever belongs to the organization with that code under that number, in whatever case."""
    spellings = {employee_number, employee_number.upper(), employee_number.lower()}
    found = session.execute(
        select(User, Membership.employee_number)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Organization.slug == slug,
            Membership.employee_number.in_(spellings),
            Membership.ended_at.is_(None),
        )
    ).all()
    exact = [row[0] for row in found if row[1] == employee_number]
    # Where two numbers differ in case alone, it has to be typed as it is.
    return exact[0] if exact else found[0][0] if len(found) == 1 else None


def may_have_link() -> ColumnElement[bool]:
    """Whether an active account is of use in the organization of the membership it is joined to alone."""
    return is_only_here() & User.deactivated_at.is_(None)


def is_only_here() -> ColumnElement[bool]:
    """Whether an account has no rights and no membership outside of the one it is joined to."""
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
    return (User.role == Role.LEARNER.value) & ~elsewhere


def _holds(text: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII letters alone: the capital of a name like Özil is tried as well.
    spellings = {text, text.title()}
    return or_(
        *(User.name.icontains(spelling, autoescape=True) for spelling in spellings),
        _is_seen()
        & or_(
            User.email.contains(text.lower(), autoescape=True),
            User.user_name.contains(text.lower(), autoescape=True),
        ),
        Membership.employee_number.icontains(text, autoescape=True),
    )
