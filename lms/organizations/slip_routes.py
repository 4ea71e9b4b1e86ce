"""Sign-in slips and invitations for those who have no password yet; a slip's link is shown on paper alone."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from lms.accounts import service as accounts
from lms.accounts.access import Access, access, person
from lms.accounts.service import LINK_SPANS
from lms.accounts.tokens import link_address
from lms.foundation import web
from lms.foundation.clock import in_zone
from lms.foundation.mail import Letter
from lms.foundation.wording import counted, date_in_full

from . import current, people
from .filters import Filters, chosen, filters_of
from .models import Membership
from .offered import offered
from .people import Member
from .scopes import Scope
from .slips import Slip, make_slips

blueprint = Blueprint("slips", __name__)

# Twenty-five pages; a link that nobody uses is a risk for as long as it works.
AT_ONCE = 200
NOBODY = "Nobody of them can be given a link: tick people who have not signed in yet."


@blueprint.get("/organizations/<slug>/slips")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """Those who have no password yet, to choose whom a slip is printed for."""
    scope = current.whole_or_404(slug)
    filters = waiting(filters_of(request.args))
    used = chosen(filters)
    used.pop("waiting")
    number = request.args.get("page", 1, type=int)
    return render_template(
        "organizations/slips.html",
        organization=scope,
        chosen=used,
        choices=offered(scope, filters),
        page=people.members_page(web.session(), scope, filters, number),
        at_once=AT_ONCE,
    )


@blueprint.post("/organizations/<slug>/slips")
@access(Access.MANAGER)
def make(slug: str) -> ResponseReturnValue:
    """Print slips, or send invitations, for those ticked or for all whom the filters leave."""
    scope = current.whole_or_404(slug)
    filters = waiting(filters_of(request.form))
    condition = people.condition_of(scope, filters)
    if request.form.get("who") != "all":
        ticked = [key for key in request.form.getlist("membership", type=int) if 0 < key < 2**63]
        condition &= Membership.id.in_(ticked[:AT_ONCE])
    found = _eligible(condition)
    if request.form.get("do") == "mail":
        found = [one for one in found if "@" in one.sign_in_name]
    if not found:
        flash(NOBODY, "warning")
        return redirect(url_for("slips.overview", slug=slug), code=303)
    if request.form.get("do") == "mail":
        return _send(scope, found)
    return _print(scope, found)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>/slip")
@access(Access.MANAGER)
def print_one(slug: str, membership_id: int) -> ResponseReturnValue:
    """Print one member's slip."""
    scope = current.whole_or_404(slug)
    condition = people.condition_of(scope, Filters(waiting=True)) & (Membership.id == membership_id)
    return _print(scope, _eligible(condition) or abort(404))


def waiting(filters: Filters) -> Filters:
    """The same filters, for those who are here and have no password."""
    return Filters(
        search=filters.search,
        team_id=filters.team_id,
        job_title=filters.job_title,
        department=filters.department,
        site=filters.site,
        waiting=True,
    )


def _eligible(condition: ColumnElement[bool]) -> Sequence[Member]:
    """Those for whose accounts a manager may make a link, the first of a long list."""
    statement = people.members(condition & people.may_have_link()).limit(AT_ONCE)
    return [Member(*row) for row in web.session().execute(statement)]


def _tokens(scope: Scope, found: Sequence[Member], action: str) -> dict[int, str]:
    """New links by account, on record and committed: what is printed or sent works."""
    tokens = accounts.issue_invitations(
        web.session(), [one.user_id for one in found], now=web.now()
    )
    current.record(
        scope,
        action,
        "organization",
        scope.organization_id,
        scope.name,
        members=[one.membership_id for one in found],
        people=[one.name for one in found],
    )
    return tokens


def _print(scope: Scope, found: Sequence[Member]) -> Response:
    tokens = _tokens(scope, found, "slips.printed")
    web.commit()
    base_url = web.services().settings.base_url
    until = in_zone(web.now() + LINK_SPANS["invitation"], scope.time_zone)
    slips = [
        Slip(
            name=one.name,
            code=scope.slug,
            number=one.employee_number,
            name_typed=one.sign_in_name,
            address=link_address(base_url, "invitation", tokens[one.user_id]),
            until=f"{date_in_full(until.date())}, {until:%H:%M}",
        )
        for one in found
    ]
    site = urlsplit(base_url).netloc
    document = make_slips(slips, organization=scope.name, site=site, made_at=web.now())
    response = Response(document, mimetype="application/pdf")
    name = f"sign-in-slips-{scope.slug}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _send(scope: Scope, found: Sequence[Member]) -> ResponseReturnValue:
    tokens = _tokens(scope, found, "invitations.sent")
    base_url = web.services().settings.base_url
    for one in found:
        text = render_template(
            "organizations/letter_invitation.txt",
            user={"name": one.name, "email": one.sign_in_name},
            manager=person(),
            organization=scope,
            address=link_address(base_url, "invitation", tokens[one.user_id]),
        )
        web.post(Letter(one.sign_in_name, "Your invitation to Rounds", text))
    web.commit()
    flash(f"Done. {counted(len(found), 'invitation')} on the way.", "success")
    return redirect(url_for("slips.overview", slug=scope.slug), code=303)
