"""Pages on which an assignment is made and its rule is changed, with a preview of what that does."""

from collections.abc import Iterator, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.wording import MONTHS
from lms.foundation.workbook import Cell
from lms.organizations.current import whole_or_404

from . import assignments
from .current import actor, unended_or_404
from .desk import Desk, desk_of, form_of_address
from .errors import AlreadyAssigned
from .forms import COVERS, EARLIER, FIRST, RENEWAL, AssignmentForm
from .preview import every_touched
from .tally import Effect

blueprint = Blueprint("rules", __name__)
# What is asked for with a form, and is no part of the rule.
BUTTONS = ("do", "find", "csrf_token")
EFFECTS = {
    Effect.OPENED: "Has it to do",
    Effect.CREDITED: "Has completed it already",
    Effect.MOVED: "Gets other dates",
    Effect.ENDED: "Does not have to do it any more",
    Effect.OVERDUE: "Overdue at once",
}
PEOPLE = ("Name", "Employee number", "Job title", "Department", "Site", "Covered")


@blueprint.get("/organizations/<slug>/assignments/new")
@access(Access.MANAGER)
def new(slug: str) -> ResponseReturnValue:
    """The form of a new assignment; asked for a preview, with what it would do."""
    return _asked(desk_of(whole_or_404(slug), form_of_address()))


@blueprint.post("/organizations/<slug>/assignments/new")
@access(Access.MANAGER)
def create(slug: str) -> ResponseReturnValue:
    """Assign a course."""
    desk = desk_of(whole_or_404(slug), AssignmentForm())
    demand = desk.demand()
    if demand is None:
        return _page(desk), 422
    try:
        assignment_id = assignments.create(
            web.session(),
            organization_id=demand.organization_id,
            course_id=demand.course_id,
            audience=demand.audience,
            terms=demand.terms,
            by=actor(),
            now=web.now(),
        )
    except AlreadyAssigned as error:
        flash(str(error), "warning")
        return _to(slug, error.assignment_id)
    web.commit()
    flash("Assigned. Whoever it covers finds it on their page from now on.", "success")
    return _to(slug, assignment_id)


@blueprint.get("/organizations/<slug>/assignments/<int:assignment_id>/change")
@access(Access.MANAGER)
def change(slug: str, assignment_id: int) -> ResponseReturnValue:
    """The form of another rule; asked for a preview, with what it would change."""
    return _asked(_changing(slug, assignment_id))


@blueprint.post("/organizations/<slug>/assignments/<int:assignment_id>/change")
@access(Access.MANAGER)
def save(slug: str, assignment_id: int) -> ResponseReturnValue:
    """Put another rule in force."""
    place = unended_or_404(slug, assignment_id)
    desk = desk_of(place.scope, AssignmentForm(), place)
    demand = desk.demand()
    if demand is None:
        return _page(desk), 422
    assignments.change(
        web.session(),
        assignment_id,
        audience=demand.audience,
        terms=demand.terms,
        by=actor(),
        now=web.now(),
    )
    web.commit()
    flash("The new rule is in force. What had ended stays as it was.", "success")
    return _to(slug, assignment_id)


@blueprint.get(f"/organizations/<slug>/assignments/new/people.{KIND}")
@access(Access.MANAGER)
def new_people_file(slug: str, kind: str) -> ResponseReturnValue:
    """Everybody whom the preview of a new assignment counts, as a file."""
    return _people_file(desk_of(whole_or_404(slug), form_of_address()), kind)


@blueprint.get(f"/organizations/<slug>/assignments/<int:assignment_id>/change/people.{KIND}")
@access(Access.MANAGER)
def change_people_file(slug: str, assignment_id: int, kind: str) -> ResponseReturnValue:
    """Everybody whom the preview of another rule counts, as a file."""
    return _people_file(_changing(slug, assignment_id), kind)


def _changing(slug: str, assignment_id: int) -> Desk:
    """The desk for another rule: the one that the address holds, or else the one in force."""
    place = unended_or_404(slug, assignment_id)
    form = form_of_address()
    if not request.args:
        form.put(place.demand.audience, place.demand.terms)
    return desk_of(place.scope, form, place)


def _people_file(desk: Desk, kind: str) -> ResponseReturnValue:
    now, demand = web.now(), desk.demand()
    if demand is None:
        return _page(desk), 422

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in every_touched(session, demand, now):
            felt = (effect in one.effects for effect in EFFECTS)
            place = (one.name, one.employee_number, one.job_title, one.department, one.site)
            yield *place, *("yes" if so else "no" for so in (one.is_covered, *felt))

    name = f"preview-{desk.scope.slug}-{desk.form.course.data}-{demand.today(now)}"
    return download(Table(name, "People", (*PEOPLE, *EFFECTS.values()), rows), kind)


def _to(slug: str, assignment_id: int) -> ResponseReturnValue:
    return redirect(url_for("assignments.show", slug=slug, assignment_id=assignment_id), code=303)


def _asked(desk: Desk) -> ResponseReturnValue:
    """The page that an address asks for: with a preview, where it asks for one that can be."""
    if request.args.get("do") != "preview":
        return _page(desk)
    demand = desk.demand()
    if demand is None:
        return _page(desk), 422
    return _page(desk, outlook=desk.outlook(demand))


def _page(desk: Desk, **values: object) -> str:
    return render_template(
        "assignments/rule.html",
        organization=desk.scope,
        desk=desk,
        form=desk.form,
        words={"covers": COVERS, "first": FIRST, "renewal": RENEWAL, "earlier": EARLIER},
        months=MONTHS,
        asked=[pair for pair in request.args.items(multi=True) if pair[0] not in BUTTONS],
        **values,
    )
