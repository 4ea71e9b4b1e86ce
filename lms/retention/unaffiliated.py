"""Accounts that belong to no organization and never did: no manager's list has them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.accounts.models import Erasure, User
from lms.foundation.database import stream
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
    listed = _listed(search)
    count = session.scalar(listed.with_only_columns(func.count()).order_by(None)) or 0
    number = nearest_page(page, count)
    rows = session.execute(listed.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([Account(*row) for row in rows], number, count)


def every_account(session: Session, *, search: str = "") -> Iterator[Account]:
    """All of them in the same order, read as they are asked for."""
    return (Account(*row) for row in stream(session, _listed(search)))


def _listed(search: str) -> Select[*tuple[Any, ...]]:
    erasure = aliased(Erasure)
    return (
        select(
            User.id,
            User.name,
            func.coalesce(User.email, User.user_name),
            User.role,
            User.created_at,
            erasure.erased_at,
        )
        .outerjoin(erasure, erasure.user_id == User.id)
        .where(belongs_nowhere(), erasure.finished_at.is_(None), _holds(search))
        .order_by(func.lower(User.name), User.id)
    )


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
