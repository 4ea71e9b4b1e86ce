"""Pages for managers: who belongs to an organization, inviting people, a new link for a lost one."""

from collections.abc import Sequence

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
from .errors import AlreadyMember, LinkNotAllowed
from .forms import ROLES, InviteForm
from .models import Organization

blueprint = Blueprint("organizations", __name__)
blueprint.add_app_template_global(current.may_open)


@blueprint.get("/people")
@access(Access.MANAGER)
def people() -> ResponseReturnValue:
    """The people of one organization: the one chosen, or the first of those one manages."""
    managed = _managed()
    slug, search = request.args.get("organization"), request.args.get("q", "")
    chosen = _with_slug(managed, slug) if slug else next(iter(managed), None)
    page = None
    if chosen:
        number = request.args.get("page", 1, type=int)
        page = service.members_page(web.session(), chosen.id, search=search, page=number)
    return render_template(
        "organizations/people.html",
        organizations=managed,
        chosen=chosen,
        page=page,
        search=search,
    )


@blueprint.get("/organizations/<slug>/invite")
@access(Access.MANAGER)
def invite(slug: str) -> ResponseReturnValue:
    """The form to invite somebody with."""
    return _invite_page(InviteForm(), _with_slug(_managed(), slug))


@blueprint.post("/organizations/<slug>/invite")
@access(Access.MANAGER)
def send_invitation(slug: str) -> ResponseReturnValue:
    """Invite somebody: by a letter, or with a link for the manager to hand over."""
    organization = _with_slug(_managed(), slug)
    form = InviteForm()
    entry = _let_in(form, organization)
    if entry is None:
        return _invite_page(form, organization), 422
    email = form.named().email
    if email is None and entry.token:
        web.commit()
        return _hand_over(organization, entry.user, "invitation", entry.token)
    _tell(entry, organization)
    web.commit()
    # The same sentence whether the account is new or not: who has one elsewhere is not told.
    flash(f"Done. An e-mail is on its way to {email}.", "success")
    return _back_to(organization)


@blueprint.post("/organizations/<slug>/people/<int:user_id>/link")
@access(Access.MANAGER)
def make_link(slug: str, user_id: int) -> ResponseReturnValue:
    """Make a new link for a member who lost theirs."""
    organization = _with_slug(_managed(), slug)
    try:
        link = service.new_link(web.session(), organization.id, user_id, now=web.now())
    except LinkNotAllowed as error:
        abort(403, description=str(error))
    if link is None:
        abort(404)
    if not link.user.email:
        web.commit()
        return _hand_over(organization, link.user, link.purpose, link.token)
    text = render_template(
        "organizations/letter_link.txt",
        user=link.user,
        manager=person(),
        organization=organization,
        address=_address(link.purpose, link.token),
        span=_span(link.purpose),
    )
    web.post(Letter(link.user.email, "Your new sign-in link for Rounds", text))
    web.commit()
    flash(f"Done. A new link is on its way to {link.user.email}.", "success")
    return _back_to(organization)


def _managed() -> Sequence[Organization]:
    """What the signed-in person manages: the only way these pages come by an organization."""
    who = person()
    return service.managed_organizations(
        web.session(), who.id, is_administrator=who.is_administrator
    )


def _with_slug(managed: Sequence[Organization], slug: str) -> Organization:
    """The one of `managed` with that slug; any other is 404, whether it exists or not."""
    return next((item for item in managed if item.slug == slug), None) or abort(404)


def _let_in(form: InviteForm, organization: Organization) -> service.Entry | None:
    """Whoever the form names, now a member; None when the form now says what is wrong."""
    if not form.validate_on_submit():
        return None
    try:
        return service.invite(
            web.session(),
            organization.id,
            name=form.name.data or "",
            sign_in_name=form.named(),
            role=form.role.data or "",
            now=web.now(),
        )
    except AlreadyMember as error:
        form.sign_in_name.errors = [str(error)]
    except NameTaken:
        form.sign_in_name.errors = ["This user name is taken. Choose another one."]
    return None


def _tell(entry: service.Entry, organization: Organization) -> None:
    """Write to somebody who came in: with a link if the account is new, else that they belong here now."""
    user = entry.user
    if user.email is None or user.deactivated_at is not None:
        return
    if entry.token:
        subject, template = "Your invitation to Rounds", "organizations/letter_invitation.txt"
        address = _address("invitation", entry.token)
    else:
        subject, template = "You were added on Rounds", "organizations/letter_member.txt"
        address = web.services().settings.base_url
    text = render_template(
        template, user=user, manager=person(), organization=organization, address=address
    )
    web.post(Letter(user.email, subject, text))


def _address(purpose: Purpose, token: str) -> str:
    return link_address(web.services().settings.base_url, purpose, token)


def _span(purpose: Purpose) -> str:
    return "7 days" if purpose == "invitation" else "one hour"


def _hand_over(
    organization: Organization, user: User, purpose: Purpose, token: str
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


def _back_to(organization: Organization) -> ResponseReturnValue:
    return redirect(url_for("organizations.people", organization=organization.slug), code=303)


def _invite_page(form: InviteForm, organization: Organization) -> str:
    return render_template(
        "organizations/invite.html", form=form, organization=organization, roles=ROLES
    )
