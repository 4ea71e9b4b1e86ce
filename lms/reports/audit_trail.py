"""What may be read of the audit trail, newest first: an organization's own entries, or all of the site's."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, and_, cast, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.assignments.models import Assignment
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import AuditEntry
from lms.foundation.clock import in_zone
from lms.foundation.database import stream
from lms.organizations.models import Organization

from .audit_words import ASSIGNMENT, Filters, Titles

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Trail:
    """The entries of an organization, of the whole site where it is None, by the days of a zone."""

    organization_id: int | None
    zone: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as a page shows it: an assignment by the title that its course has now.

    The organization has the name of now too, on the trail of the site; none where there is none.
    """

    number: int
    at: datetime
    organization_name: str
    actor_name: str
    action: str
    subject_name: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some entries, newest first, and the numbers to go on from: None where there is nothing further."""

    entries: Sequence[Entry]
    older_than: int | None
    newer_than: int | None


def titles_of(session: Session, organization_id: int | None, shelf: Catalogue) -> Titles:
    """What an organization's assignments, or all of them, and the quizzes are called now, by one query."""
    statement = select(Assignment.id, Assignment.course_id).order_by(Assignment.id)
    if organization_id is not None:
        statement = statement.where(Assignment.organization_id == organization_id)
    rows = session.execute(statement)
    return Titles.of(
        {row.id: row.course_id for row in rows},
        {course.id: course.title for course in shelf.courses.values()},
        {slug: module.title for slug, module in shelf.modules.items()},
    )


def entries_page(
    session: Session,
    trail: Trail,
    filters: Filters,
    titles: Titles,
    *,
    before: int | None = None,
    after: int | None = None,
) -> EntryPage:
    """The newest entries that meet `filters`; with `before` those older than that number, with `after`
    the next newer ones.

    A page is found by the number where it begins, however long the trail: none is counted or skipped.
    """
    query = _entries(trail, filters, titles).limit(PAGE_SIZE + 1)
    if after is not None:
        query = query.where(AuditEntry.number > after).order_by(AuditEntry.number)
    else:
        query = query.order_by(AuditEntry.number.desc())
        if before is not None:
            query = query.where(AuditEntry.number < before)
    rows = [_entry(row, titles) for row in session.execute(query)]
    has_more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    if after is not None:
        rows.reverse()
    goes_back = has_more if after is None else bool(rows)
    goes_on = has_more if after is not None else before is not None and bool(rows)
    return EntryPage(
        rows,
        older_than=rows[-1].number if goes_back else None,
        newer_than=rows[0].number if goes_on else None,
    )


def every_entry(
    session: Session, trail: Trail, filters: Filters, titles: Titles
) -> Iterator[Entry]:
    """All entries that meet `filters`, newest first, read as they are asked for."""
    query = _entries(trail, filters, titles).order_by(AuditEntry.number.desc())
    return (_entry(row, titles) for row in stream(session, query))


def _entry(row: Any, titles: Titles) -> Entry:
    subject = titles.subject(row.subject_kind, row.subject_id, row.subject_name)
    return Entry(
        number=row.number,
        at=row.at,
        organization_name=row.organization_name or "",
        actor_name=row.actor_name,
        action=row.action,
        subject_name=subject,
        details=row.details,
    )


def _entries(trail: Trail, filters: Filters, titles: Titles) -> Select[*tuple[Any, ...]]:
    is_site = trail.organization_id is None
    name = Organization.name if is_site else literal("")
    found = select(
        AuditEntry.number,
        AuditEntry.at,
        AuditEntry.actor_name,
        AuditEntry.action,
        AuditEntry.subject_kind,
        AuditEntry.subject_id,
        AuditEntry.subject_name,
        AuditEntry.details,
        name.label("organization_name"),
    ).where(*_conditions(filters, trail.zone, titles))
    if is_site:
        return found.outerjoin(Organization, Organization.id == AuditEntry.organization_id)
    return found.where(AuditEntry.organization_id == trail.organization_id)


def _conditions(filters: Filters, zone: str, titles: Titles) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.action:
        found.append(AuditEntry.action == filters.action)
    if filters.by:
        found.append(_holds(AuditEntry.actor_name, filters.by))
    if filters.about:
        # What the page calls by a title is found by it.
        is_one = and_(
            AuditEntry.subject_kind == ASSIGNMENT,
            AuditEntry.subject_id.in_(titles.assignments_with(filters.about)),
        )
        is_named = or_(
            _holds(AuditEntry.subject_name, filters.about), _names_somebody(filters.about)
        )
        found.append(or_(is_named, is_one))
    if filters.since:
        found.append(AuditEntry.at >= start_of(filters.since, zone))
    if filters.until:
        found.append(AuditEntry.at < start_of(filters.until + timedelta(days=1), zone))
    return found


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII letters alone: the capital of a name like Özil is tried as well.
    return or_(*(column.icontains(one, autoescape=True) for one in {text, text.title()}))


def _names_somebody(text: str) -> ColumnElement[bool]:
    """Whether the people whom an entry names among its details hold such a name.

    They are the last of its lists, so that nothing else stands between `people` and the last bracket.
    JSON writes the letters that are not ASCII as numbers, which have no case.
    """
    details = cast(AuditEntry.details, Text)
    spellings = {json.dumps(one)[1:-1] for one in (text, text.title())}
    for sign in ("/", "%", "_"):
        spellings = {one.replace(sign, f"/{sign}") for one in spellings}
    return or_(*(details.ilike(f'%"people": %{one}%]%', escape="/") for one in spellings))


def start_of(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    known = in_zone(datetime.combine(day, time(12), ZoneInfo("UTC")), zone).tzinfo
    return datetime.combine(day, time(), known)
