"""Pages on which an assignment is made and its rule is changed, with a preview of what that does."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.wording import MONTHS
from lms.organizations.current import whole_or_404

from . import assignments
from .current import actor, unended_or_404
from .desk import Desk, desk_of, form_of_address
from .errors import AlreadyAssigned
from .forms import COVERS, EARLIER, FIRST, RENEWAL, AssignmentForm

blueprint = Blueprint("rules", __name__)


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
    place = unended_or_404(slug, assignment_id)
    form = form_of_address()
    if not request.args:
        form.put(place.demand.audience, place.demand.terms)
    return _asked(desk_of(place.scope, form, place))


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
        **values,
    )
