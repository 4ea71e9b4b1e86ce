"""A person under an assignment: what they owe and owed, and what a manager decides about it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from lms.accounts.access import Access, access
from lms.foundation import web

from . import decisions
from .current import Place, actor, place_or_404
from .errors import AlreadyExempt, AssignmentError, DayNotUsable, ObligationOver, OwnTraining
from .forms import ExemptForm, ExtendForm, VouchForm, WaiveForm
from .lists import Person, person_under

blueprint = Blueprint("obligations", __name__)
PERSON = "/organizations/<slug>/assignments/<int:assignment_id>/people/<int:membership_id>"
OBLIGATION = f"{PERSON}/obligations/<int:obligation_id>"


@dataclass(frozen=True, slots=True)
class Seat:
    """A member under an assignment, both of an organization that the signed-in person manages whole."""

    place: Place
    person: Person

    @property
    def address(self) -> str:
        """The person's page under the assignment."""
        return url_for(
            "obligations.person",
            slug=self.place.scope.slug,
            assignment_id=self.place.assignment_id,
            membership_id=self.person.membership.id,
        )


def seat_or_404(slug: str, assignment_id: int, membership_id: int) -> Seat:
    """The member under the assignment; 404 where one of the three does not belong to the others."""
    place = place_or_404(slug, assignment_id)
    found = person_under(web.session(), place.demand, membership_id, place.today)
    return Seat(place, found or abort(404))


@blueprint.get(PERSON)
@access(Access.MANAGER)
def person(slug: str, assignment_id: int, membership_id: int) -> ResponseReturnValue:
    """What a person owes and owed under an assignment, with who decided what and why."""
    return _page(seat_or_404(slug, assignment_id, membership_id))


@blueprint.post(f"{OBLIGATION}/waive")
@access(Access.MANAGER)
def waive(
    slug: str, assignment_id: int, membership_id: int, obligation_id: int
) -> ResponseReturnValue:
    """Let a person off this once."""
    seat = seat_or_404(slug, assignment_id, membership_id)
    act = partial(decisions.waive, web.session(), _theirs(seat, obligation_id))
    done = "Waived. What follows counts as if it had been completed."
    return _decide(seat, WaiveForm(prefix="waive"), act, done)


@blueprint.post(f"{OBLIGATION}/vouch")
@access(Access.MANAGER)
def vouch(
    slug: str, assignment_id: int, membership_id: int, obligation_id: int
) -> ResponseReturnValue:
    """Note a completion elsewhere."""
    seat = seat_or_404(slug, assignment_id, membership_id)
    act = partial(decisions.vouch, web.session(), _theirs(seat, obligation_id))
    done = "Noted as completed. Your name stands beside it."
    return _decide(seat, VouchForm(prefix="vouch"), act, done)


@blueprint.post(f"{OBLIGATION}/extend")
@access(Access.MANAGER)
def extend(
    slug: str, assignment_id: int, membership_id: int, obligation_id: int
) -> ResponseReturnValue:
    """Give a person another due date."""
    seat = seat_or_404(slug, assignment_id, membership_id)
    act = partial(decisions.extend, web.session(), _theirs(seat, obligation_id))
    done = "The due date is changed. No rule moves it any more."
    return _decide(seat, ExtendForm(prefix="extend"), act, done)


@blueprint.post(f"{PERSON}/exempt")
@access(Access.MANAGER)
def exempt(slug: str, assignment_id: int, membership_id: int) -> ResponseReturnValue:
    """Except a person from the assignment."""
    seat = seat_or_404(slug, assignment_id, membership_id)
    act = partial(decisions.exempt, web.session(), assignment_id, seat.person.membership)
    return _decide(seat, ExemptForm(prefix="exempt"), act, "Exempt, until you withdraw it.")


@blueprint.post(f"{PERSON}/withdraw")
@access(Access.MANAGER)
def withdraw(slug: str, assignment_id: int, membership_id: int) -> ResponseReturnValue:
    """Let the assignment cover a person again."""
    seat = seat_or_404(slug, assignment_id, membership_id)
    membership = seat.person.membership
    try:
        withdrawn = decisions.withdraw_exemption(
            web.session(), assignment_id, membership, by=actor(), now=web.now()
        )
    except OwnTraining as error:
        flash(str(error), "warning")
        return redirect(seat.address, code=303)
    if not withdrawn:
        if not decisions.was_exempt(web.session(), assignment_id, membership):
            abort(404)
        return web.done_already(seat.address)
    web.commit()
    flash("The exemption is withdrawn.", "success")
    return redirect(seat.address, code=303)


def _theirs(seat: Seat, obligation_id: int) -> int:
    """The id, if it is one of this person's obligations under this assignment."""
    known = {one.obligation.id for one in seat.person.history}
    return obligation_id if obligation_id in known else abort(404)


def _decide(
    seat: Seat, form: FlaskForm, act: Callable[..., object], done: str
) -> ResponseReturnValue:
    """Decide with what the form says, or show the page again with what is wrong about it."""
    if not form.validate_on_submit():
        return _page(seat, form), 422
    said = {name: value for name, value in form.data.items() if name != "csrf_token"}
    try:
        act(**said, by=actor(), now=web.now())
    except (AlreadyExempt, ObligationOver, OwnTraining) as error:
        # The page has no such form any more, on which to say it.
        flash(str(error), "warning")
        return redirect(seat.address, code=303)
    except AssignmentError as error:
        web.session().rollback()
        if isinstance(error, DayNotUsable):
            form["completed_on" if "completed_on" in form else "due_on"].errors = [str(error)]
        else:
            form.form_errors.append(str(error))
        place, membership = seat.place, seat.person.membership
        again = seat_or_404(place.scope.slug, place.assignment_id, membership.id)
        return _page(again, form), 422
    web.commit()
    flash(done, "success")
    return redirect(seat.address, code=303)


def _page(seat: Seat, filled_in: FlaskForm | None = None) -> str:
    forms = {
        "waive": WaiveForm(prefix="waive", formdata=None),
        "vouch": VouchForm(prefix="vouch", formdata=None),
        "extend": ExtendForm(prefix="extend", formdata=None),
        "exempt": ExemptForm(prefix="exempt", formdata=None),
    }
    for name, empty in forms.items():
        if type(empty) is type(filled_in):
            forms[name] = filled_in
    return render_template(
        "assignments/person.html",
        organization=seat.place.scope,
        place=seat.place,
        person=seat.person,
        forms=forms,
        own_training=str(OwnTraining()) if seat.person.membership.user_id == actor().id else "",
    )
