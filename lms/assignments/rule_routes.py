"""Pages on which an assignment is made and its rule is changed, with a preview of what that does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.accounts.models import User
from lms.courses import current as courses
from lms.foundation import web
from lms.foundation.downloads import KIND, Table, download
from lms.foundation.wording import MONTHS
from lms.foundation.workbook import Cell
from lms.organizations.choices import teams_of
from lms.organizations.current import whole_or_404

from . import assignments, named
from .current import Place, actor, ended_meanwhile, unended_or_404
from .demands import Demand
from .desk import Desk, desk_of, form_of_address
from .errors import AlreadyAssigned, AssignmentOver, RuleChanged
from .forms import COVERS, EARLIER, FIRST, RENEWAL, AssignmentForm
from .preview import every_touched
from .tally import Effect

blueprint = Blueprint("rules", __name__)
# What is asked for with a form, and is no part of the rule.
BUTTONS = ("do", "find", "csrf_token", "rule")
EFFECTS = {
    Effect.OPENED: "Has it to do",
    Effect.CREDITED: "Has completed it already",
    Effect.MOVED: "Gets other dates",
    Effect.ENDED: "Does not have to do it any more",
    Effect.OVERDUE: "Overdue at once",
}
PEOPLE = (*named.HEADINGS, "Covered", *EFFECTS.values())


@dataclass(frozen=True, slots=True)
class Newer:
    """The rule in force where it was changed after the form was opened: by whom, when, and what it says."""

    by: str
    at: datetime | None
    words: Mapping[str, str]


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
    if request.args.get("previewed") != demand.digest:
        return _page(desk, demand, is_unseen=True), 422
    try:
        is_changed = assignments.change(
            web.session(),
            assignment_id,
            number=request.form.get("rule", 0, type=int),
            audience=demand.audience,
            terms=demand.terms,
            by=actor(),
            now=web.now(),
        )
    except RuleChanged:
        web.session().rollback()
        place = unended_or_404(slug, assignment_id)
        return _page(desk_of(place.scope, desk.form, place), demand), 409
    except AssignmentOver:
        return ended_meanwhile(slug, assignment_id)
    web.commit()
    done = "The new rule is in force. What had ended stays as it was."
    flash(done if is_changed else "Nothing was changed.", "success")
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
    now, shelf, demand = web.now(), courses.catalogue(), desk.demand()
    if demand is None:
        return _page(desk), 422

    def rows(session: Session) -> Iterator[Sequence[Cell]]:
        for one in every_touched(session, demand, shelf, now):
            felt = (effect in one.effects for effect in EFFECTS)
            yield *one.person.cells, *("yes" if so else "no" for so in (one.is_covered, *felt))

    name = f"preview-{desk.scope.slug}-{desk.form.course.data}-{demand.today(now)}"
    return download(Table(name, "People", PEOPLE, rows), kind)


def _to(slug: str, assignment_id: int) -> ResponseReturnValue:
    return redirect(url_for("assignments.show", slug=slug, assignment_id=assignment_id), code=303)


def _asked(desk: Desk) -> ResponseReturnValue:
    """The page that an address asks for: with a preview, where it asks for one that can be."""
    if request.args.get("do") != "preview":
        return _page(desk)
    demand = desk.demand()
    if demand is None:
        return _page(desk), 422
    return _page(desk, demand)


def _newer(place: Place) -> Newer | None:
    """The rule in force, where the form was opened on an earlier one."""
    now_in_force = str(place.demand.rule_number)
    # A form that is sent without a number was opened on none that is known.
    if request.values.get("rule", "" if request.form else now_in_force) == now_in_force:
        return None
    by = web.session().get_one(User, place.demand.decided_by_id).name
    teams = teams_of(web.session(), place.scope, place.demand.audience.team_ids)
    return Newer(by, place.demand.decided_at, place.demand.in_words(teams))


def _page(desk: Desk, demand: Demand | None = None, *, is_unseen: bool = False) -> str:
    """The form; of a demand with what it would do, before which no rule is changed."""
    return render_template(
        "assignments/rule.html",
        organization=desk.scope,
        desk=desk,
        form=desk.form,
        words={"covers": COVERS, "first": FIRST, "renewal": RENEWAL, "earlier": EARLIER},
        months=MONTHS,
        asked=[pair for pair in _asked_with() if pair[0] not in BUTTONS],
        outlook=demand and desk.outlook(demand),
        previewed=demand and demand.digest,
        newer=desk.place and _newer(desk.place),
        is_unseen=is_unseen,
    )


def _asked_with() -> Sequence[tuple[str, str]]:
    """What the form says, wherever the request has it."""
    return list((request.form or request.args).items(multi=True))
