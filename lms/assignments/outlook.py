"""What goes out on a day to come, and to whom: what a manager looks at before it happens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.courses.catalogue import Catalogue
from lms.foundation.clock import in_zone
from lms.foundation.paging import PAGE_SIZE, Page, nearest_page

from . import owing, sending
from .letters import Written
from .models import Notice, Obligation
from .notices import managers
from .owing import Employer, Owing
from .reminders import Kind, reminder

DAYS_AHEAD = 14
MONDAY = 0


@dataclass(frozen=True, slots=True)
class Expected:
    """A reminder that goes out on a day, if nothing changes until then."""

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
    """What goes out on one of the `days_ahead`, by name, in two queries."""
    falling = owing.owing_statement().where(owing.falls_on(employer, day))
    count, digests, waiting = session.execute(
        select(
            select(func.count()).select_from(falling.subquery()).scalar_subquery(),
            select(func.count()).select_from(managers(employer).subquery()).scalar_subquery(),
            select(func.count())
            .select_from(Notice)
            .where(Notice.organization_id == employer.id, sending.is_in("waiting"))
            .scalar_subquery(),
        )
    ).one()
    number = nearest_page(page, count)
    rows = session.execute(
        falling.order_by(func.lower(User.name), User.id, Obligation.id)
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    owings = [owing.owing_of(row, {}, employer) for row in rows]
    expected = [_expected(one, employer, day, catalogue) for one in owings]
    is_digest_day = day.weekday() == MONDAY
    return Outlook(Page(expected, number, count), digests if is_digest_day else 0, waiting)


def _expected(one: Owing, employer: Employer, day: date, catalogue: Catalogue) -> Expected:
    course = catalogue.course_by_id(one.course_id)
    return Expected(
        obligation_id=one.owed.obligation_id,
        kind=_kind(one, employer, day),
        name=one.name,
        course=course.title if course else f"Course {one.course_id}",
        due_on=one.owed.due.due_on,
    )


def _kind(one: Owing, employer: Employer, day: date) -> Kind:
    found = reminder(one.owed, one.reader, employer.habits, noon(employer, day))
    # The query chooses as the rule does.
    assert found is not None
    return found.kind


def noon(employer: Employer, day: date) -> datetime:
    """Twelve o'clock of a day in the organization's zone."""
    zone = in_zone(datetime.combine(day, time(12), UTC), employer.habits.time_zone).tzinfo
    return datetime.combine(day, time(12), zone).astimezone(UTC)


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
    rows = session.execute(
        owing.owing_statement(with_moves=True).where(
            owing.falls_on(employer, day), Obligation.user_id == whose
        )
    ).all()
    owings = {row.id: owing.owing_of(row, {}, employer) for row in rows}
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
