"""Assignments, who stands where under one, reminders to come and their log, as files for a spreadsheet."""

from collections.abc import Iterator, Sequence

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

from . import lists, notice_log, outlook
from .current import place_or_404
from .notice_log import KINDS, STATES, Filters
from .reminder_routes import blueprint as reminders
from .reminder_routes import day_asked_or_404, employer_or_404
from .routes import blueprint, listed, state_asked
from .words import STATE_WORDS

PEOPLE = ("Name", "Job title", "Department", "State", "Due", "Completed")
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
