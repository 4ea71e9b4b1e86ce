"""Pages of teams: which there are, who is in them, who manages them."""

from collections.abc import Collection, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.access import Access, access
from lms.foundation import web
from lms.foundation.wording import counted

from . import current, people, teams
from .choices import few_teams, teams_called, typed_name
from .errors import NotAMember, TeamNameTaken
from .filters import Filters
from .forms import TeamForm, TeamMembersForm
from .models import Team
from .scopes import Scope

blueprint = Blueprint("teams", __name__)
# Where there are too many teams for a list, people are moved to the one of this name.
TO_NAME = "to_name"
NOBODY_TICKED = "Nothing was changed: tick the people first."
NOBODY_LEFT = "Nothing was changed: those ticked are not in the team any more, or were so already."


@blueprint.get("/organizations/<slug>/teams")
@access(Access.TEAM_MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """The teams of an organization, or those that one manages."""
    return _overview(current.scope_or_404(slug), TeamForm(formdata=None))


@blueprint.post("/organizations/<slug>/teams")
@access(Access.MANAGER)
def create(slug: str) -> ResponseReturnValue:
    """Add a team."""
    scope, form = current.whole_or_404(slug), TeamForm()
    if not form.validate_on_submit():
        return _overview(scope, form), 422
    name = form.name.data or ""
    try:
        team_id = teams.create_team(web.session(), scope.organization_id, name, now=web.now())
    except TeamNameTaken as error:
        form.name.errors = [str(error)]
        return _overview(scope, form), 422
    current.record(scope, "team.created", "team", team_id, name)
    web.commit()
    return redirect(url_for("teams.team", slug=slug, team_id=team_id), code=303)


@blueprint.get("/organizations/<slug>/teams/<int:team_id>")
@access(Access.TEAM_MANAGER)
def team(slug: str, team_id: int) -> ResponseReturnValue:
    """Who is in a team."""
    scope = current.scope_or_404(slug)
    return _team_page(scope, team_or_404(scope, team_id))


@blueprint.post("/organizations/<slug>/teams/<int:team_id>")
@access(Access.MANAGER)
def rename(slug: str, team_id: int) -> ResponseReturnValue:
    """Call a team something else."""
    scope, form = current.whole_or_404(slug), TeamForm()
    found = team_or_404(scope, team_id)
    before = found.name
    if not form.validate_on_submit():
        return _team_page(scope, found, team_form=form), 422
    try:
        teams.rename_team(web.session(), found, form.name.data or "")
    except TeamNameTaken as error:
        form.name.errors = [str(error)]
        return _team_page(scope, team_or_404(scope, team_id), team_form=form), 422
    if found.name != before:
        current.record(scope, "team.renamed", "team", team_id, found.name, before=before)
        web.commit()
    return _back_to(scope, found)


@blueprint.post("/organizations/<slug>/teams/<int:team_id>/end")
@access(Access.MANAGER)
def end(slug: str, team_id: int) -> ResponseReturnValue:
    """Close a team."""
    scope = current.whole_or_404(slug)
    found = teams.find_team(web.session(), scope, team_id, ever=True) or abort(404)
    out = teams.end_team(web.session(), found, now=web.now())
    if out is None:
        return web.done_already(url_for("teams.overview", slug=slug))
    who = people.told(web.session(), out)
    current.record(scope, "team.ended", "team", team_id, found.name, **who)
    web.commit()
    flash(f"{found.name} is closed. Who was in it stays on record.", "success")
    return redirect(url_for("teams.overview", slug=slug), code=303)


@blueprint.post("/organizations/<slug>/teams/<int:team_id>/join")
@access(Access.MANAGER)
def join(slug: str, team_id: int) -> ResponseReturnValue:
    """Let people into a team: those who were ticked, or those whose numbers were typed."""
    scope, form = current.whole_or_404(slug), TeamMembersForm()
    found = team_or_404(scope, team_id)
    chosen = _ticked() or _named(form, scope)
    if chosen is None:
        return _team_page(scope, found, members_form=form), 422
    entered = teams.join(web.session(), found, chosen, now=web.now())
    if entered:
        who = people.told(web.session(), entered)
        current.record(scope, "team.joined", "team", team_id, found.name, **who)
        web.commit()
    flash(f"{counted(len(entered), 'person', 'people')} added.", "success")
    return _back_to(scope, found)


@blueprint.post("/organizations/<slug>/teams/<int:team_id>/members")
@access(Access.MANAGER)
def change_members(slug: str, team_id: int) -> ResponseReturnValue:
    """Take the ticked people out, make them managers or not, or move them to another team."""
    scope = current.whole_or_404(slug)
    found, ticked, session = team_or_404(scope, team_id), _ticked(), web.session()
    action, details = request.form.get("do", ""), {}
    if action == "leave":
        changed = teams.leave(session, found, ticked, now=web.now())
    elif action in ("manager", "member"):
        changed = teams.set_role(session, found, ticked, action)
        details = {"role": action}
    elif action == "transfer":
        to = _named_team(scope)
        if to is None:
            return _team_page(scope, found, unmoved=ticked), 422
        changed = teams.transfer(session, found, to, ticked, now=web.now())
        details = {"to": to.name, "to_id": to.id}
    else:
        abort(400)
    if changed:
        # The people come last, where a search for a name looks for them.
        details |= people.told(session, changed)
        current.record(scope, _ACTIONS[action], "team", team_id, found.name, **details)
        web.commit()
        flash("Done.", "success")
    else:
        flash(NOBODY_LEFT if ticked else NOBODY_TICKED, "warning")
    return _back_to(scope, found)


_ACTIONS = {
    "leave": "team.left",
    "manager": "team.role-changed",
    "member": "team.role-changed",
    "transfer": "team.transferred",
}


def team_or_404(scope: Scope, team_id: int) -> Team:
    """The team with that id, as far as the scope reaches; any other is 404."""
    return teams.find_team(web.session(), scope, team_id) or abort(404)


def _named_team(scope: Scope) -> Team | None:
    """The team that people are to move to; None where none has the name that was typed.

    Where there are few, it was chosen from a list.
    """
    if TO_NAME not in request.form:
        return team_or_404(scope, request.form.get("to", 0, type=int))
    name = _typed_name()
    called = teams_called(web.session(), scope, name) if name else {}
    exact = [id_ for id_, other in called.items() if other.lower() == name.lower()]
    return team_or_404(scope, exact[0]) if exact else None


def _typed_name() -> str:
    return typed_name(request.form.get(TO_NAME, ""))


def _ticked() -> list[int]:
    """The memberships ticked in a list, as many as a page has at most."""
    values = request.form.getlist("membership", type=int)
    return [value for value in values if 0 < value < 2**63][:100]


def _named(form: TeamMembersForm, scope: Scope) -> Sequence[int] | None:
    """Those whom the form names; None when it now says who is unknown."""
    if not form.validate_on_submit():
        return None
    names = form.named()
    found = people.find_named(web.session(), scope.organization_id, names)
    if unknown := [name for name in names if name not in found]:
        form.names.errors = [str(NotAMember(*unknown))]
        return None
    return list(found.values())


def _back_to(scope: Scope, found: Team) -> ResponseReturnValue:
    return redirect(url_for("teams.team", slug=scope.slug, team_id=found.id), code=303)


def _overview(scope: Scope, form: TeamForm) -> str:
    search, number = request.args.get("q", ""), request.args.get("page", 1, type=int)
    return render_template(
        "organizations/teams.html",
        organization=scope,
        form=form,
        search=search,
        page=teams.teams_page(web.session(), scope, search=search, page=number),
    )


def _team_page(
    scope: Scope,
    found: Team,
    *,
    team_form: TeamForm | None = None,
    members_form: TeamMembersForm | None = None,
    unmoved: Collection[int] | None = None,
) -> str:
    """The team's page; a form that was sent shows what is wrong with it, the others are fresh."""
    session = web.session()
    search, wanted = request.args.get("q", ""), request.args.get("find", "").strip()
    number = request.args.get("page", 1, type=int)
    # People are moved between teams by whoever is over all of them.
    named = few_teams(session, scope) if scope.is_whole else {}
    return render_template(
        "organizations/team.html",
        organization=scope,
        team=found,
        search=search,
        wanted=wanted,
        page=teams.team_page(session, found, search=search, page=number),
        matches=people.members_page(session, scope, Filters(search=wanted), outside=found.id)
        if wanted
        else None,
        others=named and {id_: name for id_, name in named.items() if id_ != found.id},
        unmoved=unmoved,
        to_name=_typed_name(),
        team_form=team_form or TeamForm(formdata=None, obj=found),
        members_form=members_form or TeamMembersForm(formdata=None),
    )
