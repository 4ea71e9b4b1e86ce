"""The assignment that a request is about, as far as the signed-in person may see it."""

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import person
from lms.courses import current as courses
from lms.courses.catalogue import Course
from lms.foundation import web
from lms.foundation.audit import Actor
from lms.organizations.current import whole_or_404
from lms.organizations.scopes import Scope

from .demands import Demand, demand_of
from .errors import AssignmentOver


@dataclass(frozen=True, slots=True)
class Place:
    """An organization that the signed-in person manages whole, and one of its assignments."""

    scope: Scope
    demand: Demand
    assignment_id: int
    course: Course

    @property
    def today(self) -> date:
        """The day of the organization's calendar."""
        return self.demand.today(web.now())


def place_or_404(slug: str, assignment_id: int) -> Place:
    """The assignment with that id, if it is that organization's; any other is 404."""
    scope = whole_or_404(slug)
    demand = demand_of(web.session(), assignment_id)
    if demand is None or demand.organization_id != scope.organization_id:
        abort(404)
    course = courses.catalogue().course_by_id(demand.course_id)
    return Place(scope, demand, assignment_id, course or abort(404))


def ended_meanwhile(slug: str, assignment_id: int) -> ResponseReturnValue:
    """The answer to what came too late: the assignment's page, which says so."""
    flash(str(AssignmentOver()), "warning")
    return redirect(url_for("assignments.show", slug=slug, assignment_id=assignment_id), code=303)


def actor() -> Actor:
    """The signed-in person, as the audit trail names them."""
    who = person()
    return Actor(who.name, who.id)


def unended_or_404(slug: str, assignment_id: int) -> Place:
    """The same of one that has not ended: what has ended is not changed any more."""
    place = place_or_404(slug, assignment_id)
    if place.demand.has_ended:
        abort(404, "This assignment has ended: nothing about it can be changed any more.")
    return place
