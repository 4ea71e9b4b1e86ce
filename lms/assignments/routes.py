"""Pages of assignments for managers: the list, who stands where under one, ending it, asking again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lms.accounts.access import Access, access
from lms.courses import current as courses
from lms.courses.catalogue import Catalogue, Course
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.foundation.wording import counted
from lms.organizations.choices import teams_of
from lms.organizations.current import whole_or_404
from lms.organizations.scopes import Scope

from . import assignments, lists, reassigning
from .counts import counts_of, counts_of_all, unfinished_of
from .current import Place, actor, ended_meanwhile, place_or_404, unended_or_404
from .demands import Demand, all_demands_of
from .errors import AssignmentOver
from .forms import AgainForm
from .lists import STATES
from .planning import State
from .words import STATE_WORDS

blueprint = Blueprint("assignments", __name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """One assignment of the list: its rule in words, and how many people stand where under it."""

    demand: Demand
    course: Course | None
    words: Mapping[str, str]
    counts: Mapping[State, int]

    @property
    def overdue(self) -> int:
        """How many are late."""
        return self.counts.get(State.OVERDUE, 0)

    @property
    def due(self) -> int:
        """How many are asked for it now, and not late."""
        return self.counts.get(State.DUE, 0)

    @property
    def compliant(self) -> int:
        """How many need do nothing now: completed, waived, or not asked yet."""
        return sum(self.counts.get(state, 0) for state in (State.OPEN, State.MET, State.WAIVED))


@blueprint.app_template_filter("state_words")
def state_words(state: State) -> str:
    """Where somebody stands, as every page and file says it."""
    return STATE_WORDS[state]


@blueprint.get("/organizations/<slug>/assignments")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """An organization's assignments, and how many people stand where under each."""
    scope = whole_or_404(slug)
    rows = listed(web.session(), scope, courses.catalogue(), web.now())
    return render_template("assignments/overview.html", organization=scope, rows=rows)


def listed(session: Session, scope: Scope, shelf: Catalogue, now: datetime) -> Sequence[Listed]:
    """The assignments of an organization as its page and its file list them."""
    demands = all_demands_of(session, scope.organization_id)
    today = in_zone(now, scope.time_zone).date()
    named = {id_ for demand in demands for id_ in demand.audience.team_ids}
    teams = teams_of(session, scope, named)
    counts = counts_of_all(session, scope, today) if demands else {}
    return [
        Listed(
            demand,
            shelf.course_by_id(demand.course_id),
            demand.in_words(teams),
            counts.get(demand.assignment_id or 0, {}),
        )
        for demand in demands
    ]


def state_asked() -> State | None:
    """The state of which the address asks for the people; None for all."""
    asked = request.args.get("state", "")
    return State(asked) if asked in set(State) else None


@blueprint.get("/organizations/<slug>/assignments/<int:assignment_id>")
@access(Access.MANAGER)
def show(slug: str, assignment_id: int) -> ResponseReturnValue:
    """An assignment: its rule in words, and its people by where they stand."""
    place, session = place_or_404(slug, assignment_id), web.session()
    counts = counts_of(session, place.demand, place.today)
    state = state_asked()
    page = lists.people_page(
        session,
        place.demand,
        state,
        count=sum(counts.values()) if state is None else counts.get(state, 0),
        page=request.args.get("page", 1, type=int),
        today=place.today,
    )
    return render_template(
        "assignments/show.html",
        organization=place.scope,
        place=place,
        words=place.demand.in_words(teams_of(session, place.scope, place.demand.audience.team_ids)),
        counts=counts,
        states=STATES,
        state=state,
        page=page,
    )


@blueprint.get("/organizations/<slug>/assignments/<int:assignment_id>/end")
@access(Access.MANAGER)
def ending(slug: str, assignment_id: int) -> ResponseReturnValue:
    """Ask whether an assignment shall end, and say what ends with it."""
    place = unended_or_404(slug, assignment_id)
    return render_template(
        "assignments/end.html",
        organization=place.scope,
        place=place,
        unfinished=unfinished_of(web.session(), place.demand),
    )


@blueprint.post("/organizations/<slug>/assignments/<int:assignment_id>/end")
@access(Access.MANAGER)
def end(slug: str, assignment_id: int) -> ResponseReturnValue:
    """End an assignment."""
    place, address = place_or_404(slug, assignment_id), url_for("assignments.overview", slug=slug)
    try:
        assignments.end(web.session(), assignment_id, by=actor(), now=web.now())
    except AssignmentOver:
        return web.done_already(address)
    web.commit()
    flash(f"{place.course.title} is not assigned any more. Its records stay.", "success")
    return redirect(address, code=303)


@blueprint.get("/organizations/<slug>/assignments/<int:assignment_id>/again")
@access(Access.MANAGER)
def again(slug: str, assignment_id: int) -> ResponseReturnValue:
    """Who completed an earlier revision of the course, and the form to ask them again."""
    return _again_page(unended_or_404(slug, assignment_id), AgainForm(formdata=None))


@blueprint.post("/organizations/<slug>/assignments/<int:assignment_id>/again")
@access(Access.MANAGER)
def reassign(slug: str, assignment_id: int) -> ResponseReturnValue:
    """Have those complete the course again who completed an earlier revision."""
    place, form = unended_or_404(slug, assignment_id), AgainForm()
    if not form.validate_on_submit():
        return _again_page(place, form), 422
    try:
        count = reassigning.reassign(
            web.session(),
            assignment_id,
            days=form.days.data or 0,
            reason=form.reason.data or "",
            by=actor(),
            now=web.now(),
        )
    except AssignmentOver:
        return ended_meanwhile(slug, assignment_id)
    web.commit()
    flash(f"Asked of {counted(count, 'person', 'people')}.", "success")
    return redirect(url_for("assignments.show", slug=slug, assignment_id=assignment_id), code=303)


def _again_page(place: Place, form: AgainForm) -> str:
    session = web.session()
    count = sum(1 for _person in reassigning.outdated(session, place.demand, web.now()))
    return render_template(
        "assignments/again.html", organization=place.scope, place=place, form=form, count=count
    )
