"""What goes out on a day to come, and to whom: what a manager looks at before it happens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.foundation.database import stream
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page

from . import owing, sending
from .letters import Written
from .models import Notice, Obligation
from .notices import managers
from .owing import Employer, Owing
from .reminders import MONDAY, Kind, reminder
from .returning import Returns, noon, returns

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class Expected:
    """A reminder that goes out on a day, if nothing changes until then."""

    goes_on: date
    obligation_id: int
    kind: Kind
    name: str
    course: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """A day to come. `digests` are the managers who are written to, `waiting` what is to leave today."""

    page: Page[Expected]
    digests: int
    waiting: int


def days_ahead(employer: Employer, now: datetime) -> Sequence[date]:
    """The days that can be looked at, tomorrow first."""
    today = employer.today(now)
    return [today + timedelta(days=days) for days in range(1, DAYS_AHEAD + 1)]


def outlook(
    session: Session, employer: Employer, day: date, catalogue: Catalogue, *, page: int
) -> Outlook:
    """What goes out on one of the `days_ahead`, by name, in three queries."""
    back = returns(session, employer, [day])
    falling = _falling(employer, [day], back)
    count, digests, waiting = session.execute(
        select(
            select(func.count()).select_from(falling).scalar_subquery(),
            select(func.count()).select_from(managers(employer).subquery()).scalar_subquery(),
            select(func.count())
            .select_from(Notice)
            .where(Notice.organization_id == employer.id, sending.is_in("waiting"))
            .scalar_subquery(),
        )
    ).one()
    number = nearest_page(page, count)
    rows = session.execute(
        _in_order(falling).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    ).all()
    expected = [_expected(row, employer, catalogue, back) for row in rows]
    is_digest_day = day.weekday() == MONDAY
    return Outlook(Page(expected, number, count), digests if is_digest_day else 0, waiting)


def every_expected(
    session: Session, employer: Employer, days: Sequence[date], catalogue: Catalogue
) -> Iterator[Expected]:
    """What goes out on some of the `days_ahead`, day by day in the order of the page, as it is read."""
    back = returns(session, employer, days)
    for row in stream(session, _in_order(_falling(employer, days, back))):
        yield _expected(row, employer, catalogue, back)


def _falls(employer: Employer, day: date, back: Returns) -> ColumnElement[bool]:
    """Whether a reminder goes out on a day, as it always does or because somebody is back."""
    is_heard = and_(
        Obligation.id.in_(back.obligations.get(day, ())), owing.can_be_told(employer, day)
    )
    return or_(owing.falls_on(employer, day), is_heard)


def _falling(employer: Employer, days: Sequence[date], back: Returns) -> Subquery:
    """The rows of `owing_statement` of which a reminder falls on one of the days, once for each day."""
    parts = [
        owing.owing_statement()
        .add_columns(literal(day).label("goes_on"))
        .where(_falls(employer, day, back))
        for day in days
    ]
    return union_all(*parts).subquery()


def _in_order(falling: Subquery) -> Select[*tuple[Any, ...]]:
    c = falling.c
    return select(falling).order_by(c.goes_on, func.lower(c.name), c.user_id, c.id)


def _expected(row: Any, employer: Employer, catalogue: Catalogue, back: Returns) -> Expected:
    one = owing.owing_of(row, back.leaves, employer)
    course = catalogue.course_by_id(one.course_id)
    return Expected(
        goes_on=row.goes_on,
        obligation_id=one.owed.obligation_id,
        kind=_kind(one, employer, row.goes_on),
        name=one.name,
        course=course.title if course else f"Course {one.course_id}",
        due_on=one.owed.due.due_on,
    )


def _kind(one: Owing, employer: Employer, day: date) -> Kind:
    found = reminder(one.owed, one.reader, employer.habits, noon(employer, day))
    # The query chooses as the rule does.
    assert found is not None
    return found.kind


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as it would read, with what is needed to say to whom it goes."""

    kind: Kind
    name: str
    email: str
    written: Written


def preview(
    session: Session,
    employer: Employer,
    obligation_id: int,
    day: date,
    catalogue: Catalogue,
    base_url: str,
) -> Preview | None:
    """The letter in which a day's reminder of an obligation leaves; None where there is none that day."""
    whose = select(Obligation.user_id).where(Obligation.id == obligation_id).scalar_subquery()
    back = returns(session, employer, [day])
    rows = session.execute(
        owing.owing_statement(with_moves=True).where(
            _falls(employer, day, back), Obligation.user_id == whose
        )
    ).all()
    owings = {row.id: owing.owing_of(row, back.leaves, employer) for row in rows}
    asked = owings.get(obligation_id)
    if asked is None:
        return None
    kind = _kind(asked, employer, day)
    together = [one for one in owings.values() if _kind(one, employer, day) is kind]
    written = sending.write_reminder(
        kind,
        sorted(together, key=lambda one: one is not asked),
        employer,
        catalogue,
        base_url,
        noon(employer, day),
    )
    return Preview(kind, asked.name, asked.email or "", written)
