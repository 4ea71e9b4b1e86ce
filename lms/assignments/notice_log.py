"""The log of notices: what was sent to whom, what waits, what failed and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.database import stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page

from .models import Notice
from .reminders import Kind

MAX_SEARCH = 100
STATES = {
    "waiting": "Waiting",
    "sending": "Being sent",
    "sent": "Sent",
    "failed": "Failed",
    "dropped": "Not needed any more",
}
KINDS = {
    Kind.ASSIGNED: "Assigned",
    Kind.BEFORE_DUE: "Due soon",
    Kind.DUE_TODAY: "Due today",
    Kind.OVERDUE: "Overdue",
    Kind.DIGEST: "Digest for a manager",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which notices to show: those that meet all that is given."""

    kind: str = ""
    state: str = ""
    search: str = ""

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Filters":
        """The filters in an address; what makes no sense there is as if it were not there."""
        kind, state = values.get("kind", ""), values.get("state", "")
        return cls(
            kind if kind in set(Kind) else "",
            state if state in STATES else "",
            " ".join(values.get("q", "").split())[:MAX_SEARCH],
        )

    def chosen(self) -> dict[str, str]:
        """What an address must hold for these filters."""
        values = {"kind": self.kind, "state": self.state, "q": self.search}
        return {key: value for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """A notice. `at` is when its letter left, or when it became what it is."""

    kind: Kind
    state: str
    name: str
    subject: str
    fault: str
    at: datetime


def log_page(session: Session, organization_id: int, filters: Filters, *, page: int) -> Page[Entry]:
    """The organization's notices, the newest first, in two queries."""
    condition = _condition(organization_id, filters)
    counted = select(func.count()).select_from(Notice)
    if filters.search:
        counted = counted.join(User, User.id == Notice.user_id)
    count = session.scalar(counted.where(condition)) or 0
    number = nearest_page(page, count)
    rows = session.execute(_entries(condition).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return Page([Entry(Kind(row[0]), *row[1:]) for row in rows], number, count)


def every_entry(session: Session, organization_id: int, filters: Filters) -> Iterator[Entry]:
    """All of them in the same order, read as they are asked for."""
    rows = stream(session, _entries(_condition(organization_id, filters)))
    return (Entry(Kind(row[0]), *row[1:]) for row in rows)


def _entries(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Notice.kind,
            Notice.state,
            User.name,
            Notice.subject,
            Notice.fault,
            func.coalesce(Notice.settled_at, Notice.send_after).label("at"),
        )
        .join(User, User.id == Notice.user_id)
        .where(condition)
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    )


def _condition(organization_id: int, filters: Filters) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Notice.organization_id == organization_id]
    if filters.kind:
        conditions.append(Notice.kind == filters.kind)
    if filters.state:
        conditions.append(Notice.state == filters.state)
    if filters.search:
        conditions.append(User.name.icontains(filters.search, autoescape=True))
    return and_(*conditions)
