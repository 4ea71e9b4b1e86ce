"""Assignments, who stands where under one, reminders to come and their log, as files for a spreadsheet."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.courses import current as courses
from lms.foundation import web
from lms.foundation.clock import in_zone, sortable
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell
from lms.organizations.current import whole_or_404

from . import lists, named, notice_log, outlook, reassigning
from .current import place_or_404, unended_or_404
from .lists import History
from .notice_log import KINDS, STATES, Filters
from .obligation_routes import PERSON, seat_or_404
from .obligation_routes import blueprint as obligations
from .reminder_routes import blueprint as reminders
from .reminder_routes import day_asked_or_404, employer_or_404
from .routes import blueprint, listed, state_asked
from .words import STATE_WORDS

PEOPLE = ("Name", "Job title", "Department", "State", "Due", "Completed")
OUTDATED = (*named.HEADINGS, "Completed")
CYCLES = (
    "Cycle",
    "What",
    "State",
    "Opens",
    "Due",
    "Set by hand",
    "Due before",
    "Completed",
    "Ended or moved on",
    "Decided by",
    "Decided on",
    "Reason",
)
EXPECTED = ("Goes out on", "Name", "Course", "Due", "Kind")
# What is not in force any more has no figures, as on the page.
ASSIGNMENTS = (
    "Course",
    "Ended",
    "For whom",
    "First due",
    "Due again",
    "Earlier completions",
    "Overdue",
    "Due",
    "Compliant",
)


@blueprint.get(f"/organizations/<slug>/assignments.{KIND}")
@access(Access.MANAGER)
def assignments_file(slug: str, kind: str) -> ResponseReturnValue:
    """The assignments of an organization, with how many people stand where under each."""
    scope, shelf, now = whole_or_404(slug), courses.catalogue(), web.now()

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in listed(session, scope, shelf, now):
            ended = one.demand.has_ended
            words = (one.words[part] for part in ("audience", "first", "renewal", "credit"))
            figures = (None,) * 3 if ended else (one.overdue, one.due, one.compliant)
            title = one.course.title if one.course else None
            yield title, "yes" if ended else "no", *words, *figures

    name = f"assignments-{slug}-{in_zone(now, scope.time_zone).date()}"
    return download(Table(name, "Assignments", ASSIGNMENTS, rows), kind)


@blueprint.get(f"/organizations/<slug>/assignments/<int:assignment_id>/people.{KIND}")
@access(Access.MANAGER)
def people_file(slug: str, assignment_id: int, kind: str) -> ResponseReturnValue:
    """The people under an assignment, in the state that the page shows."""
    place = place_or_404(slug, assignment_id)
    # What a file is read with is settled before its first row: then the request is over.
    state, today, demand = state_asked(), place.today, place.demand

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in lists.every_person(session, demand, state, today):
            words = STATE_WORDS[one.state]
            yield one.name, one.job_title, one.department, words, one.due_on, one.completed_on

    name = f"assignment-{slug}-{place.course.slug}-{today}"
    return download(Table(name, "People", PEOPLE, rows), kind)


@blueprint.get(f"/organizations/<slug>/assignments/<int:assignment_id>/again.{KIND}")
@access(Access.MANAGER)
def outdated_file(slug: str, assignment_id: int, kind: str) -> ResponseReturnValue:
    """Those who completed an earlier revision of the course and can be asked again, as a file."""
    place = unended_or_404(slug, assignment_id)
    now, demand = web.now(), place.demand

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in reassigning.every_outdated(session, demand, now):
            yield *one.person.cells, one.completed_on

    name = f"earlier-revision-{slug}-{place.course.slug}-{place.today}"
    return download(Table(name, "People", OUTDATED, rows), kind)


@obligations.get(f"{PERSON}/cycles.{KIND}")
@access(Access.MANAGER)
def cycles_file(
    slug: str, assignment_id: int, membership_id: int, kind: str
) -> ResponseReturnValue:
    """What a person owes and owed under an assignment, with each move of a date, as a file."""
    seat = seat_or_404(slug, assignment_id, membership_id)
    place, history = seat.place, seat.person.history

    def rows(_session: Session) -> Iterator[Sequence[Cell]]:
        return (row for one in history for row in _cycle(one, place.scope.time_zone))

    name = f"cycles-{slug}-{place.course.slug}-{membership_id}-{place.today}"
    return download(Table(name, "Cycles", CYCLES, rows), kind)


def _cycle(one: History, zone: str) -> Iterator[Sequence[Cell]]:
    """The rows of a cycle under `CYCLES`: what it is now, and what was moved."""
    owed = one.obligation

    def settled(by: str | None, moment: datetime | None, why: str | None) -> Sequence[Cell]:
        day = moment and in_zone(moment, zone).date()
        return day, by, day if by else None, why

    dates = owed.opens_on, owed.due_on, "yes" if owed.set_by_hand else "no"
    ended = settled(one.closed_by, owed.closed_at, owed.reason)
    yield owed.cycle, "Owed", STATE_WORDS[one.state], *dates, None, owed.completed_on, *ended
    for move, mover in one.moves:
        unsaid = (None,) * 4
        moved = settled(mover, move.moved_at, move.reason)
        yield owed.cycle, "Moved", *unsaid, move.due_on, None, *moved


@reminders.get(f"/organizations/<slug>/reminders.{KIND}")
@access(Access.MANAGER)
def outlook_file(slug: str, kind: str) -> ResponseReturnValue:
    """What goes out on the day that the address names, or else on any of the days that can be looked at."""
    _scope, employer = employer_or_404(slug)
    shelf, days = courses.catalogue(), outlook.days_ahead(employer, web.now())
    day = day_asked_or_404(days)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in outlook.every_expected(session, employer, [day] if day else days, shelf):
            yield one.goes_on, one.name, one.course, one.due_on, KINDS[one.kind]

    name = f"reminders-ahead-{slug}-{day or days[0]}"
    return download(Table(name, "Reminders", EXPECTED, rows), kind)


@reminders.get(f"/organizations/<slug>/reminders/log.{KIND}")
@access(Access.MANAGER)
def log_file(slug: str, kind: str) -> ResponseReturnValue:
    """The log of reminders as the filters leave it."""
    scope = whole_or_404(slug)
    filters = Filters.of(request.args)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in notice_log.every_entry(session, scope.organization_id, filters):
            at = sortable(one.at, scope.time_zone)
            yield at, one.name, KINDS[one.kind], one.subject, STATES[one.state], one.fault

    headings = (f"When ({scope.time_zone})", "Name", "Kind", "Subject", "State", "Fault")
    today = in_zone(web.now(), scope.time_zone).date()
    return download(Table(f"reminders-{slug}-{today}", "Reminders", headings, rows), kind)
