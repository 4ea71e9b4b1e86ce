"""Accounts that belong to no organization and never did: no manager's list has them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.models import Erasure, User
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page
from lms.organizations.models import Membership

MAX_SEARCH = 100


class Account(NamedTuple):
    """One row of the list. `role` is the one on the site."""

    user_id: int
    name: str
    sign_in_name: str
    role: str
    created_at: datetime
    erased_at: datetime | None


def accounts_page(session: Session, *, search: str = "", page: int = 1) -> Page[Account]:
    """The accounts by name, 50 to a page; those of which only a number is left are not among them."""
    erasure = select(Erasure.user_id, Erasure.erased_at, Erasure.finished_at).subquery()
    condition = belongs_nowhere() & erasure.c.finished_at.is_(None) & _holds(search)
    joined = select(User).outerjoin(erasure, erasure.c.user_id == User.id).where(condition)
    count = session.scalar(joined.with_only_columns(func.count())) or 0
    number = nearest_page(page, count)
    rows = session.execute(
        joined.with_only_columns(
            User.id,
            User.name,
            func.coalesce(User.email, User.user_name),
            User.role,
            User.created_at,
            erasure.c.erased_at,
        )
        .order_by(func.lower(User.name), User.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    )
    return Page([Account(*row) for row in rows], number, count)


def find_account(session: Session, user_id: int) -> User | None:
    """The account with that id, if it is one of these."""
    return session.scalar(select(User).where(User.id == user_id, belongs_nowhere()))


def belongs_nowhere(account: InstrumentedAttribute[int] = User.id) -> ColumnElement[bool]:
    """Whether the account with that id in the enclosing query was never in an organization."""
    return ~select(Membership.id).where(Membership.user_id == account).exists()


def _holds(search: str) -> ColumnElement[bool]:
    text = " ".join(search.split())[:MAX_SEARCH]
    if not text:
        return true()
    # SQLite folds the case of ASCII letters alone: the capital of a name like Özil is tried as well.
    return or_(
        *(User.name.icontains(one, autoescape=True) for one in {text, text.title()}),
        User.email.contains(text.lower(), autoescape=True),
        User.user_name.contains(text.lower(), autoescape=True),
    )
