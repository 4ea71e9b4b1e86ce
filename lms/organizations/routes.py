"""Pages for managers: who belongs to an organization, inviting them, a new link for one who lost theirs."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access, person
from lms.accounts.errors import NameTaken
from lms.accounts.models import User
from lms.accounts.tokens import link_address
from lms.foundation import web
from lms.foundation.mail import Letter

from . import service
from .errors import AlreadyMember, LinkNotAllowed
from .forms import ROLES, InviteForm
from .models import Organization

blueprint = Blueprint("organizations", __name__)


@blueprint.get("/people")
@access(Access.MANAGER)
def people() -> ResponseReturnValue:
    """The people of one organization; of the first one that the person manages, unless they chose."""
    managed, search = _managed(), request.args.get("q", "")
    slug = request.args.get("organization")
    chosen = _chosen(slug) if slug else next(iter(managed), None)
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
