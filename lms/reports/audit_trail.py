"""What one organization may read of the audit trail: its own entries, newest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.foundation.audit import AuditEntry
from lms.foundation.clock import in_zone
from lms.foundation.database import stream

from .audit_words import Filters

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, as a page shows it."""

    number: int
    at: datetime
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


def entries_page(
    session: Session,
    organization_id: int,
    zone: str,
    filters: Filters,
    *,
    before: int | None = None,
    after: int | None = None,
) -> EntryPage:
    """The newest entries that meet `filters`; with `before` those older than that number, with `after`
    the next newer ones.

    A page is found by the number where it begins, however long the trail: none is counted or skipped.
    """
    query = _entries(organization_id, zone, filters).limit(PAGE_SIZE + 1)
    if after is not None:
        query = query.where(AuditEntry.number > after).order_by(AuditEntry.number)
    else:
        query = query.order_by(AuditEntry.number.desc())
        if before is not None:
            query = query.where(AuditEntry.number < before)
    rows = [Entry(*row) for row in session.execute(query)]
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
    session: Session, organization_id: int, zone: str, filters: Filters
) -> Iterator[Entry]:
    """All entries that meet `filters`, newest first, read as they are asked for."""
    query = _entries(organization_id, zone, filters).order_by(AuditEntry.number.desc())
    return (Entry(*row) for row in stream(session, query))


def _entries(organization_id: int, zone: str, filters: Filters) -> Select[*tuple[Any, ...]]:
    return select(
        AuditEntry.number,
        AuditEntry.at,
        AuditEntry.actor_name,
        AuditEntry.action,
        AuditEntry.subject_name,
        AuditEntry.details,
    ).where(AuditEntry.organization_id == organization_id, *_conditions(filters, zone))


def _conditions(filters: Filters, zone: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.action:
        found.append(AuditEntry.action == filters.action)
    if filters.by:
        found.append(_holds(AuditEntry.actor_name, filters.by))
    if filters.about:
        found.append(_holds(AuditEntry.subject_name, filters.about))
    if filters.since:
        found.append(AuditEntry.at >= start_of(filters.since, zone))
    if filters.until:
        found.append(AuditEntry.at < start_of(filters.until + timedelta(days=1), zone))
    return found


def _holds(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII letters alone: the capital of a name like Özil is tried as well.
    return or_(*(column.icontains(one, autoescape=True) for one in {text, text.title()}))


def start_of(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a zone."""
    known = in_zone(datetime.combine(day, time(12), ZoneInfo("UTC")), zone).tzinfo
    return datetime.combine(day, time(), known)
