"""Pages of an organization's compliance: by course and team, the list of people, one person's record."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.assignments.month_ends import MonthEnd, month_ends
from lms.courses.current import catalogue
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.workbook import Cell
from lms.organizations.current import scope_or_404
from lms.organizations.offered import offered

from . import compliance, record_table, tables, transcript_document
from . import overview as overviews
from .behind import by_share
from .charts import short, trend
from .compliance import Group, Selection
from .overview import Overview
from .record_table import record_rows
from .standing import SORT_CHOICES, STATE_CHOICES, chosen, filter_of, total_of
from .transcript import Transcript
from .transcripts import read_transcript

blueprint = Blueprint("compliance", __name__, url_prefix="/organizations/<slug>")
# The teams that are furthest behind; any other is found by the filter.
TEAMS = 20


@blueprint.get("/compliance")
@access(Access.TEAM_MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """How an organization, or what the filters leave of it, stands."""
    selection = _selection(slug)
    shared = _shared(selection)
    ends = month_ends(selection.today, selection.scope.time_zone)
    found = overviews.overview(web.session(), selection, ends, most_teams=TEAMS)
    figures = total_of(group.figures for group in found.courses)
    months = _by_month(found, ends, (selection.today, figures.overdue))
    bars = [(f"{day:%b}", count) for day, count in months[:-1]]
    return render_template(
        "reports/compliance.html",
        **shared,
        figures=figures,
        courses=found.courses,
        teams=found.teams,
        team_count=found.team_count,
        nudges=found.nudges,
        nudged=compliance.NUDGED,
        months=months,
        chart=trend([*bars, ("Now", figures.overdue)]),
        short=short,
    )


@blueprint.get(f"/compliance/courses.{KIND}")
@access(Access.TEAM_MANAGER)
def courses_file(slug: str, kind: str) -> ResponseReturnValue:
    """The figures of each course, as a file."""
    return _figures_file(slug, kind, "Course", overviews.figures_by_course)


@blueprint.get(f"/compliance/teams.{KIND}")
@access(Access.TEAM_MANAGER)
def teams_file(slug: str, kind: str) -> ResponseReturnValue:
    """The figures of every team, those that are furthest behind first, as a file."""

    def ranked(session: Session, selection: Selection) -> Sequence[Group]:
        return sorted(overviews.figures_by_team(session, selection), key=by_share)

    return _figures_file(slug, kind, "Team", ranked)


@blueprint.get(f"/compliance/months.{KIND}")
@access(Access.TEAM_MANAGER)
def months_file(slug: str, kind: str) -> ResponseReturnValue:
    """How many were overdue at the ends of months, and are now, as a file."""
    selection = _selection(slug)
    ends = month_ends(selection.today, selection.scope.time_zone)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        found = overviews.overview(session, selection, ends, most_teams=0)
        figures = total_of(group.figures for group in found.courses)
        return iter(_by_month(found, ends, (selection.today, figures.overdue)))

    name = f"compliance-months-{slug}-{selection.today}"
    return download(Table(name, "Months", ("Day", "Overdue"), rows), kind)


@blueprint.get(f"/compliance/nudges.{KIND}")
@access(Access.TEAM_MANAGER)
def nudges_file(slug: str, kind: str) -> ResponseReturnValue:
    """Everybody who is overdue, those first who have been for longest, as a file."""
    selection = _selection(slug)
    name = f"overdue-{slug}-{selection.today}"

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        return compliance.everybody_overdue(session, selection)

    return download(Table(name, "Who to nudge", tables.NUDGES, rows), kind)


def _figures_file(
    slug: str, kind: str, of: str, groups_of: Callable[[Session, Selection], Sequence[Group]]
) -> Response:
    selection = _selection(slug)

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for group in groups_of(session, selection):
            yield tables.figure_cells(group.name, group.figures)

    name = f"compliance-{of.lower()}s-{slug}-{selection.today}"
    return download(Table(name, f"{of}s", (of, *tables.FIGURES), rows), kind)


@blueprint.get("/compliance/people")
@access(Access.TEAM_MANAGER)
def people(slug: str) -> ResponseReturnValue:
    """The list of people and courses that the filters leave."""
    selection = _selection(slug)
    shared = _shared(selection)
    figures = overviews.figures_of(web.session(), selection)
    count = sum(figures.of.get(state, 0) for state in selection.filter.states)
    number = request.args.get("page", 1, type=int)
    return render_template(
        "reports/compliance_people.html",
        **shared,
        figures=figures,
        page=compliance.rows_page(web.session(), selection, number, count),
        states=STATE_CHOICES,
        sortings=SORT_CHOICES,
    )


@blueprint.get(f"/compliance/people.{KIND}")
@access(Access.TEAM_MANAGER)
def people_file(slug: str, kind: str) -> ResponseReturnValue:
    """The list as the filters leave it, as a file."""
    selection = _selection(slug)
    name = f"compliance-{slug}-{selection.today}"

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        return map(tables.cells, compliance.every_row(session, selection))

    return download(Table(name, "People", tables.HEADINGS, rows), kind)


@blueprint.get("/people/<int:membership_id>/record")
@access(Access.TEAM_MANAGER)
def record(slug: str, membership_id: int) -> ResponseReturnValue:
    """One member's record; the address holds the filters of the list from which one came."""
    selection = _selection(slug)
    return render_template(
        "reports/record.html",
        organization=selection.scope,
        chosen=chosen(selection.filter),
        list_page=request.args.get("page", type=int),
        membership_id=membership_id,
        transcript=_transcript_or_404(selection, membership_id),
    )


@blueprint.get(f"/people/<int:membership_id>/record.{KIND}")
@access(Access.TEAM_MANAGER)
def record_file(slug: str, membership_id: int, kind: str) -> ResponseReturnValue:
    """One member's record as rows for another system, from the same reading as the page."""
    selection = _selection(slug)
    found = _transcript_or_404(selection, membership_id)
    name = f"record-{slug}-{membership_id}-{selection.today}"
    table = Table(name, "Record", record_table.HEADINGS, lambda _session: record_rows(found))
    return download(table, kind)


@blueprint.get("/people/<int:membership_id>/record.pdf")
@access(Access.TEAM_MANAGER)
def transcript(slug: str, membership_id: int) -> ResponseReturnValue:
    """One member's record to print and to keep."""
    found = _transcript_or_404(_selection(slug), membership_id)
    pdf = transcript_document.render_pdf(found, web.now())
    response = Response(pdf, mimetype="application/pdf")
    name = f"transcript-{slug}-{membership_id}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _transcript_or_404(selection: Selection, membership_id: int) -> Transcript:
    """The record of a member within the scope; any other is 404, whether there is one or not."""
    found = read_transcript(
        web.session(), selection.scope, membership_id, selection.courses, selection.today
    )
    return found or abort(404)


def _selection(slug: str) -> Selection:
    """What the address asks for, of the organization as far as the signed-in person may see it."""
    scope = scope_or_404(slug)
    titles = {course.id: course.title for course in catalogue().courses.values()}
    return Selection(
        scope=scope,
        filter=filter_of(request.args),
        today=in_zone(web.now(), scope.time_zone).date(),
        courses=compliance.assigned_courses(web.session(), scope, titles),
    )


def _shared(selection: Selection) -> dict[str, Any]:
    """What every page with filters shows."""
    return {
        "organization": selection.scope,
        "chosen": chosen(selection.filter),
        "choices": offered(selection.scope, selection.filter.people),
        "course_choices": {one.slug: one.title for one in selection.courses.values()},
        "today": selection.today,
    }


def _by_month(
    found: Overview, ends: Sequence[MonthEnd], now: tuple[date, int]
) -> Sequence[tuple[date, int]]:
    """How many were overdue at the end of each month, and at last how many are today."""
    return [*((end.day, count) for end, count in zip(ends, found.past, strict=True)), now]
