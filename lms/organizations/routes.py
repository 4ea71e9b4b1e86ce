"""Pages for managers: who belongs to an organization, inviting people, a new link for a lost one."""

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access, person
from lms.accounts.errors import NameTaken
from lms.accounts.models import User
from lms.accounts.service import Purpose
from lms.accounts.tokens import link_address
from lms.foundation import web
from lms.foundation.mail import Letter

from . import current, service
from . import people as listing
from .errors import AlreadyAsked, AlreadyMember, LinkNotAllowed
from .filters import chosen, filters_of
from .forms import ROLES, InviteForm
from .models import MembershipRequest
from .offered import offered
from .request_letters import letter_to
from .request_lists import count_of
from .scopes import Scope

blueprint = Blueprint("organizations", __name__)
blueprint.add_app_template_global(current.may_open)


@blueprint.get("/organizations")
@access(Access.TEAM_MANAGER)
def mine() -> ResponseReturnValue:
    """The organizations that one manages; where there is one, straight on to it."""
    managed = current.scopes()
    if len(managed) == 1:
        return redirect(url_for("compliance.overview", slug=managed[0].slug))
    return render_template("organizations/mine.html", organizations=managed)


@blueprint.get("/organizations/<slug>/people")
@access(Access.TEAM_MANAGER)
def people(slug: str) -> ResponseReturnValue:
    """The people of an organization, or of the teams one manages."""
    scope = current.scope_or_404(slug)
    filters = filters_of(request.args)
    number = request.args.get("page", 1, type=int)
    return render_template(
        "organizations/people.html",
        organization=scope,
        filters=filters,
        chosen=chosen(filters),
        choices=offered(scope, filters),
        page=listing.members_page(web.session(), scope, filters, number),
        asked=count_of(web.session(), scope.organization_id) if scope.is_whole else 0,
    )


@blueprint.get("/organizations/<slug>/invite")
@access(Access.MANAGER)
def invite(slug: str) -> ResponseReturnValue:
    """The form to invite somebody with."""
    return _invite_page(InviteForm(), current.whole_or_404(slug))


@blueprint.post("/organizations/<slug>/invite")
@access(Access.MANAGER)
def send_invitation(slug: str) -> ResponseReturnValue:
    """Invite somebody: by a letter, or with a link for the manager to hand over."""
    organization = current.whole_or_404(slug)
    form = InviteForm()
    try:
        found = _let_in(form, organization)
    except AlreadyAsked:
        flash(f"{form.name.data} is asked already.", "warning")
        return redirect(url_for("organizations.people", slug=slug), code=303)
    if found is None:
        return _invite_page(form, organization), 422
    if isinstance(found, MembershipRequest):
        tell_of_request(organization, found)
    else:
        who = ("membership", found.membership_id, found.user.name)
        current.record(organization, "membership.started", *who, role=form.role.data)
        _tell(found, organization)
    email = form.named().email
    if email is None and isinstance(found, service.Entry) and found.token:
        web.commit()
        return _hand_over(organization, found.user, "invitation", found.token)
    web.commit()
    # The same sentence whether the account is new or not: who has one elsewhere is not told.
    flash(f"Done. An e-mail is on its way to {email}.", "success")
    return redirect(url_for("organizations.people", slug=slug), code=303)


@blueprint.post("/organizations/<slug>/people/<int:membership_id>/link")
@access(Access.MANAGER)
def make_link(slug: str, membership_id: int) -> ResponseReturnValue:
    """Make a new link for a member who lost theirs."""
    organization = current.whole_or_404(slug)
    try:
        link = service.new_link(
            web.session(), organization.organization_id, membership_id, now=web.now()
        )
    except LinkNotAllowed as error:
        abort(403, description=str(error))
    if link is None:
        abort(404)
    current.record(organization, "link.made", "membership", membership_id, link.user.name)
    if not link.user.email:
        web.commit()
        return _hand_over(organization, link.user, link.purpose, link.token)
    _send(link, organization)
    web.commit()
    flash(f"Done. A new link is on its way to {link.user.email}.", "success")
    address = url_for("organizations.member", slug=slug, membership_id=membership_id)
    return redirect(address, code=303)


def tell_of_request(organization: Scope, request: MembershipRequest) -> None:
    """Put on record that somebody is asked to join, under the name that was typed, and write to them."""
    who = ("membership_request", request.id, request.name)
    current.record(organization, "request.made", *who, role=request.role)
    letter = letter_to(
        web.session().get_one(User, request.user_id),
        request,
        organization=organization.name,
        by=person().name,
        base_url=web.services().settings.base_url,
    )
    if letter is not None:
        web.post(letter)


def _let_in(form: InviteForm, organization: Scope) -> service.Entry | MembershipRequest | None:
    """Whoever the form names, now a member, or asked; None when the form now says what is wrong.

    Raises AlreadyAsked.
    """
    if not form.validate_on_submit():
        return None
    try:
        return service.invite(
            web.session(),
            organization.organization_id,
            name=form.name.data or "",
            sign_in_name=form.named(),
            role=form.role.data or "",
            by_id=person().id,
            now=web.now(),
        )
    except AlreadyMember as error:
        form.sign_in_name.errors = [str(error)]
    except NameTaken:
        form.sign_in_name.errors = ["This user name is taken. Choose another one."]
    return None


def _tell(entry: service.Entry, organization: Scope) -> None:
    """Write to somebody who came in: with a link if the account is new, else that they are back."""
    user = entry.user
    if user.email is None or user.deactivated_at is not None:
        return
    if entry.token:
        subject, template = "Your invitation to Rounds", "organizations/letter_invitation.txt"
        address = _address("invitation", entry.token)
    else:
        subject, template = "You are back on Rounds", "organizations/letter_member.txt"
        address = web.services().settings.base_url
    text = render_template(
        template, user=user, manager=person(), organization=organization, address=address
    )
    web.post(Letter(user.email, subject, text))


def _send(link: service.NewLink, organization: Scope) -> None:
    """Write to a member who gets a new link."""
    text = render_template(
        "organizations/letter_link.txt",
        user=link.user,
        manager=person(),
        organization=organization,
        address=_address(link.purpose, link.token),
        span=_span(link.purpose),
    )
    assert link.user.email
    web.post(Letter(link.user.email, "Your new sign-in link for Rounds", text))


def _address(purpose: Purpose, token: str) -> str:
    return link_address(web.services().settings.base_url, purpose, token)


def _span(purpose: Purpose) -> str:
    return "7 days" if purpose == "invitation" else "one hour"


def _hand_over(
    organization: Scope, user: User, purpose: Purpose, token: str
) -> ResponseReturnValue:
    """The page that shows a link this once: it is in no address, no cookie and no cache."""
    page = render_template(
        "organizations/hand_over.html",
        organization=organization,
        user=user,
        address=_address(purpose, token),
        span=_span(purpose),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _invite_page(form: InviteForm, organization: Scope) -> str:
    return render_template(
        "organizations/invite.html", form=form, organization=organization, roles=ROLES
    )
