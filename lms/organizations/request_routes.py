"""Pages of requests: what one is asked, to answer it; whom an organization has asked."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access, person
from lms.foundation import audit, web
from lms.foundation.filters import day, day_in
from lms.foundation.wording import counted

from . import answers, current, request_letters, request_lists, requests
from .errors import RequestChanged
from .models import MembershipRequest
from .routes import tell_of_request
from .scopes import Scope

blueprint = Blueprint("requests", __name__)
# As many as slips are printed: each is a letter.
AT_ONCE = 200
NOBODY_TICKED = "Nothing was changed: tick the people first, or choose the whole list."
NOBODY_LEFT = (
    "Nothing was changed: they have answered, were asked a moment ago, or are not asked any more."
)
OTHERS = "The others have answered, were asked a moment ago, or are not asked any more."
SIGNED_OUT = "You are signed out: since you left, your account is out of use. Your record is kept."


# For whoever is asked


@blueprint.get("/requests")
@access(Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """Which organizations ask one to join, and to which one belongs."""
    session, who = web.session(), person()
    return render_template(
        "organizations/requests_mine.html",
        requests=request_lists.waiting_of(session, who.id),
        belongings=request_lists.belongings_of(session, who.id),
    )


@blueprint.post("/requests/<int:request_id>/accept")
@access(Access.SIGNED_IN)
def accept(request_id: int) -> ResponseReturnValue:
    """Join the organization that asks."""
    one = _own_or_404(request_id)
    seen = request.form.get("seen", "")
    try:
        joined = answers.accept(web.session(), one, seen=seen, now=web.now())
    except RequestChanged as error:
        flash(str(error), "warning")
        return redirect(url_for("requests.mine"), code=303)
    if joined is None:
        return _told_own(one)
    _record_joined(joined)
    web.commit()
    flash(f"You belong to {one.organization.name} now.", "success")
    return redirect(url_for("requests.mine"), code=303)


@blueprint.post("/requests/<int:request_id>/decline")
@access(Access.SIGNED_IN)
def decline(request_id: int) -> ResponseReturnValue:
    """Stay out of the organization that asks."""
    found = _own_or_404(request_id)
    declined = answers.decline(web.session(), found, now=web.now())
    if declined is None:
        return _told_own(found)
    one = declined.request
    act = audit.Act("request.declined", "membership_request", one.id, one.name, one.organization_id)
    # The organization reads it, and does not learn what the account is called.
    audit.record(web.session(), audit.Actor(one.name, person().id), act, web.now())
    web.commit()
    told = f"You declined. {one.organization.name} learns that, and nothing else."
    if declined.is_signed_out:
        flash(f"{told} {SIGNED_OUT}", "success")
        return redirect(url_for("accounts.sign_in"), code=303)
    flash(told, "success")
    return redirect(url_for("requests.mine"), code=303)


def _record_joined(joined: answers.Joined) -> None:
    """Put on record that somebody came in, into which teams, and what could not be kept to."""
    who, one = person(), joined.request
    details: dict[str, object] = {"role": one.role}
    if entered := [name for name in one.teams or () if name not in joined.left_out]:
        details["teams"] = entered
    if not joined.has_number:
        details["number_taken"] = one.employee_number
    if joined.left_out:
        details["teams_left_out"] = list(joined.left_out)
    act = audit.Act(
        "request.accepted",
        "membership",
        joined.membership_id,
        who.name,
        one.organization_id,
        details,
    )
    audit.record(web.session(), audit.Actor(who.name, who.id), act, web.now())


def _told_own(one: MembershipRequest) -> ResponseReturnValue:
    """Say what was done about a request that one comes too late to answer."""
    session = web.session()
    session.refresh(one)
    assert one.answered_at
    asker, on = one.organization.name, day(one.answered_at)
    if requests.belongs(session, one):
        told = f"You belong to {asker} already."
    elif one.answer == "withdrawn":
        told = f"{asker} has withdrawn it on {on}, so there is nothing to answer."
    else:
        told = f"You {one.answer} this on {on}."
    flash(told, "warning")
    return redirect(url_for("requests.mine"), code=303)


# For the organization


@blueprint.get("/organizations/<slug>/requests")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """Those who were asked and have not answered, and those who declined."""
    scope = current.whole_or_404(slug)
    search, number = request.args.get("q", "").strip(), request.args.get("page", 1, type=int)
    return render_template(
        "organizations/requests.html",
        organization=scope,
        search=search,
        at_once=AT_ONCE,
        page=request_lists.requests_page(
            web.session(), scope.organization_id, search=search, page=number
        ),
    )


@blueprint.post("/organizations/<slug>/requests/<int:request_id>/again")
@access(Access.MANAGER)
def ask_again(slug: str, request_id: int) -> ResponseReturnValue:
    """Ask once more, with another letter."""
    scope = current.whole_or_404(slug)
    found = _request_or_404(scope, request_id)
    one = requests.ask_again(web.session(), found, by_id=person().id, now=web.now())
    if one is None:
        return _told(scope, found, is_asking=True)
    tell_of_request(scope, one)
    web.commit()
    flash(f"{one.name} is asked again.", "success")
    return redirect(_address(scope), code=303)


@blueprint.post("/organizations/<slug>/requests/<int:request_id>/withdraw")
@access(Access.MANAGER)
def withdraw(slug: str, request_id: int) -> ResponseReturnValue:
    """Ask no longer."""
    scope = current.whole_or_404(slug)
    found = _request_or_404(scope, request_id)
    one = requests.answer(web.session(), found, "withdrawn", now=web.now())
    if one is None:
        return _told(scope, found)
    current.record(scope, "request.withdrawn", "membership_request", one.id, one.name)
    web.commit()
    flash(f"{one.name} is not asked any more.", "success")
    return redirect(_address(scope), code=303)


@blueprint.post("/organizations/<slug>/requests")
@access(Access.MANAGER)
def change_several(slug: str) -> ResponseReturnValue:
    """Ask those ticked once more, or no longer; or all who have not answered, as far as the search goes."""
    scope, session, action = current.whole_or_404(slug), web.session(), request.form.get("do", "")
    if action not in _DONE:
        abort(400)
    found = _chosen(scope)
    if action == "again":
        names = requests.ask_all_again(session, found, by_id=person().id, now=web.now())
        request_letters.have_sent(session, scope.organization_id, web.now())
    else:
        names = requests.withdraw_all(session, [one.id for one in found], now=web.now())
    if not names:
        flash(NOBODY_LEFT if found else NOBODY_TICKED, "warning")
        return redirect(_address(scope), code=303)
    act, done = _DONE[action]
    about = ("organization", scope.organization_id, scope.name)
    current.record(scope, act, *about, people=sorted(names, key=str.casefold))
    web.commit()
    told = f"{counted(len(names), 'person is', 'people are')} {done}."
    flash(told if len(names) == len(found) else f"{told} {OTHERS}", "success")
    return redirect(_address(scope), code=303)


_DONE = {
    "again": ("requests.repeated", "asked again"),
    "withdraw": ("requests.withdrawn", "not asked any more"),
}


def _chosen(scope: Scope) -> Sequence[MembershipRequest]:
    """The requests that were ticked, or those of the list that are not answered."""
    ticked = None
    if request.form.get("who") != "all":
        values = request.form.getlist("request", type=int)
        ticked = [value for value in values if 0 < value < 2**63][:AT_ONCE]
    search = request.args.get("q", "")
    return request_lists.those(
        web.session(), scope.organization_id, ticked=ticked, search=search, most=AT_ONCE
    )


def _told(scope: Scope, one: MembershipRequest, *, is_asking: bool = False) -> ResponseReturnValue:
    """Say what was done about a request that cannot be asked again, or withdrawn, any more."""
    web.session().refresh(one)
    on = one.answered_at and day_in(one.answered_at, scope.time_zone)
    if on is None or (is_asking and one.answer == "declined"):
        is_here = requests.belongs(web.session(), one)
        told = f"{one.name} {'belongs here' if is_here else 'is asked'} already."
    elif one.answer == "withdrawn":
        told = f"What {one.name} was asked was withdrawn on {on}."
    else:
        told = f"{one.name} {one.answer} on {on}."
    flash(told, "warning")
    return redirect(_address(scope), code=303)


def _own_or_404(request_id: int) -> MembershipRequest:
    return requests.find_own(web.session(), person().id, request_id) or abort(404)


def _request_or_404(scope: Scope, request_id: int) -> MembershipRequest:
    return requests.find(web.session(), scope.organization_id, request_id) or abort(404)


def _address(scope: Scope) -> str:
    """The list as it was: each act comes with its search and page."""
    search, page = (request.args.get(name) or None for name in ("q", "page"))
    return url_for("requests.overview", slug=scope.slug, q=search, page=page)
