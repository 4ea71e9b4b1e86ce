"""Pages of an organization's compliance: by course and team, the list of people, one person's record."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.organizations import people as listing
from lms.organizations.current import scope_or_404

from . import compliance, tables, transcript_document
from . import overview as overviews
from .charts import short, trend
from .compliance import Group, Selection
from .standing import SORT_CHOICES, STATE_CHOICES, Figures, chosen, filter_of, month_ends
from .transcript import Transcript
from .transcripts import read_transcript

blueprint = Blueprint("compliance", __name__, url_prefix="/organizations/<slug>")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The teams that are furthest behind; any other is found by the filter.
TEAMS = 20


@blueprint.get("/compliance")
@access(Access.TEAM_MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """How an organization, or what the filters leave of it, stands."""
    selection = _selection(slug)
    session = web.session()
    ends = month_ends(selection.today, selection.scope.time_zone)
    found = overviews.overview(session, selection, ends)
    figures = _sum(found.courses)
    months = [(end.day, count) for end, count in zip(ends, found.past, strict=True)]
    bars = [(f"{day:%b}", count) for day, count in months]
    return render_template(
        "reports/compliance.html",
        **_shared(selection),
        figures=figures,
        courses=found.courses,
        teams=sorted(found.teams, key=_behind)[:TEAMS],
        team_count=len(found.teams),
        nudges=found.nudges,
        months=months,
        chart=trend([*bars, ("Now", figures.overdue)]),
        short=short,
    )


@blueprint.get("/compliance/people")
@access(Access.TEAM_MANAGER)
def people(slug: str) -> ResponseReturnValue:
    """The list of people and courses that the filters leave."""
    selection = _selection(slug)
    figures = _sum(overviews.figures_by_course(web.session(), selection))
    count = sum(figures.of.get(state, 0) for state in selection.filter.states)
    number = request.args.get("page", 1, type=int)
    return render_template(
        "reports/compliance_people.html",
        **_shared(selection),
        figures=figures,
        page=compliance.rows_page(web.session(), selection, number, count),
        states=STATE_CHOICES,
        sortings=SORT_CHOICES,
    )


@blueprint.get("/compliance/people.csv")
@access(Access.TEAM_MANAGER)
def csv(slug: str) -> ResponseReturnValue:
    """The list as the filters leave it, sent row by row while it is read."""
    selection = _selection(slug)
    database = web.services().database

    def text() -> Iterator[str]:
        # The request's own session is closed before the last row is sent.
        with closing(database.reading_session()) as session:
            rows = compliance.every_row(session, selection)
            yield from tables.csv_text(tables.HEADINGS, map(tables.cells, rows))

    response = Response(text(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{_file(selection)}.csv"'
    return _private(response)


@blueprint.get("/compliance/people.xlsx")
@access(Access.TEAM_MANAGER)
def xlsx(slug: str) -> ResponseReturnValue:
    """The same rows as a workbook, which has to be whole before it can be sent."""
    selection = _selection(slug)
    rows = compliance.every_row(web.session(), selection)
    # The response closes it, and with that it is gone.
    file = TemporaryFile()  # noqa: SIM115
    tables.write_workbook(file, "People", tables.HEADINGS, map(tables.cells, rows), web.now())
    file.seek(0)
    return _private(
        send_file(file, XLSX, as_attachment=True, download_name=f"{_file(selection)}.xlsx")
    )


@blueprint.get("/people/<int:membership_id>/record")
@access(Access.TEAM_MANAGER)
def record(slug: str, membership_id: int) -> ResponseReturnValue:
    """One member's record."""
    selection = _selection(slug)
    return render_template(
        "reports/record.html",
        organization=selection.scope,
        membership_id=membership_id,
        transcript=_transcript_or_404(selection, membership_id),
    )


@blueprint.get("/people/<int:membership_id>/record.pdf")
@access(Access.TEAM_MANAGER)
def transcript(slug: str, membership_id: int) -> ResponseReturnValue:
    """One member's record to print and to keep."""
    found = _transcript_or_404(_selection(slug), membership_id)
    pdf = transcript_document.render_pdf(found, web.now())
    response = Response(pdf, mimetype="application/pdf")
    name = f"transcript-{slug}-{membership_id}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return _private(response)


def _file(selection: Selection) -> str:
    """What the list is called as a file, without its ending."""
    return f"compliance-{selection.scope.slug}-{selection.today}"


def _private(response: Response) -> Response:
    """Nobody but the reader's own browser may keep it."""
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
    return Selection(
        scope=scope,
        filter=filter_of(request.args),
        today=in_zone(web.now(), scope.time_zone).date(),
        courses=compliance.assigned_courses(web.session(), scope),
    )


def _shared(selection: Selection) -> dict[str, Any]:
    """What every page with filters shows."""
    return {
        "organization": selection.scope,
        "chosen": chosen(selection.filter),
        "choices": listing.choices(web.session(), selection.scope),
        "course_choices": {one.slug: one.title for one in selection.courses.values()},
        "today": selection.today,
    }


def _sum(groups: Sequence[Group]) -> Figures:
    figures = Figures()
    for group in groups:
        for state, count in group.figures.of.items():
            figures.add(state, count)
    return figures


def _behind(team: Group) -> tuple[float, str]:
    """Sorts by the share that is overdue, most first."""
    return (-team.figures.overdue / (team.figures.total or 1), team.name.lower())
