"""Pages of the roster: hand a file in, say what its columns hold, see what it would do, have it done."""

from datetime import timedelta

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
from lms.foundation import web
from lms.foundation.audit import Actor

from . import current, imports, roster_jobs
from .forms import RosterForm
from .imports import APPLY_JOB, CHECK_JOB
from .models import RosterImport
from .roster import FIELDS, Mapped, guessed
from .roster_file import MAX_BYTES, FileNotReadable, beginning_of
from .scopes import Scope

blueprint = Blueprint("rosters", __name__)

# What the form holds beside the file.
MAX_FORM_BYTES = MAX_BYTES + 1024 * 1024
# So many rows are checked and applied while the page is waited for.
AT_ONCE = 2_000
# Far more than that takes, so that a worker does not begin what the page is still doing.
TAKEN_UP_AFTER = timedelta(minutes=3)
REFRESH_SECONDS = 4
STATES = {
    "uploaded": "Columns to be checked",
    "checking": "Being read",
    "checked": "Not applied yet",
    "applying": "Being applied",
    "applied": "Applied",
    "failed": "Not done",
    "put_away": "Put away",
}
# In these an import says how many people it adds, changes and ends.
COUNTED = ("checked", "applied")


@blueprint.get("/organizations/<slug>/roster")
@access(Access.MANAGER)
def overview(slug: str) -> ResponseReturnValue:
    """Where a roster is handed in, and what became of the last ones."""
    return _overview(current.whole_or_404(slug), RosterForm(formdata=None))


@blueprint.post("/organizations/<slug>/roster")
@access(Access.MANAGER)
@web.takes_up_to(MAX_FORM_BYTES)
def upload(slug: str) -> ResponseReturnValue:
    """Take a file in."""
    scope, form = current.whole_or_404(slug), RosterForm()
    if not form.validate_on_submit():
        return _overview(scope, form), 422
    body = form.file.data.read(MAX_BYTES + 1)
    try:
        if len(body) > MAX_BYTES:
            raise FileNotReadable("The file is larger than 20 MB. Save the list alone, as CSV.")
        beginning = beginning_of(body, AT_ONCE)
    except FileNotReadable as error:
        form.file.errors = [str(error)]
        return _overview(scope, form), 422
    file_name = form.file.data.filename or "roster"
    import_id = imports.start(
        web.session(),
        scope.organization_id,
        file_name=file_name,
        body=body,
        mapped=guessed(beginning.header, beginning.samples),
        row_count=beginning.row_count,
        by_id=person().id,
        now=web.now(),
    )
    current.record(scope, "roster.handed_in", "roster", import_id, file_name)
    web.commit()
    return _to(scope, import_id)


@blueprint.get("/organizations/<slug>/roster/<int:import_id>")
@access(Access.MANAGER)
def show(slug: str, import_id: int) -> ResponseReturnValue:
    """How far an import is: its columns, what it would do, what it did."""
    scope = current.whole_or_404(slug)
    one = import_or_404(scope, import_id)
    response = make_response(_page(scope, one, Mapped.from_json(one.mapping)))
    if one.state in ("checking", "applying"):
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@blueprint.post("/organizations/<slug>/roster/<int:import_id>/check")
@access(Access.MANAGER)
def check(slug: str, import_id: int) -> ResponseReturnValue:
    """Find out what an import would do, with the columns chosen."""
    scope = current.whole_or_404(slug)
    one = import_or_404(scope, import_id)
    if one.state == "put_away":
        return _to(scope, import_id)
    mapped = Mapped.chosen(request.form, Mapped.from_json(one.mapping))
    if mapped.missing or mapped.twice:
        return _page(scope, one, mapped, is_refused=True), 422
    is_complete = request.form.get("complete") == "1"
    if imports.begin_check(
        web.session(), import_id, mapped=mapped, is_complete=is_complete, now=web.now()
    ):
        _do(CHECK_JOB, one)
    return _to(scope, import_id)


@blueprint.post("/organizations/<slug>/roster/<int:import_id>/apply")
@access(Access.MANAGER)
def apply(slug: str, import_id: int) -> ResponseReturnValue:
    """Have a checked import done."""
    scope = current.whole_or_404(slug)
    one = import_or_404(scope, import_id)
    seen = request.form.get("seen", "")
    if imports.begin_apply(web.session(), import_id, seen=seen, now=web.now()):
        _do(APPLY_JOB, one)
    elif one.state == "checked" and not one.problems:
        flash(
            "It was read again since you looked. Nothing was applied: look at it anew.", "warning"
        )
    return _to(scope, import_id)


@blueprint.post("/organizations/<slug>/roster/<int:import_id>/discard")
@access(Access.MANAGER)
def discard(slug: str, import_id: int) -> ResponseReturnValue:
    """Forget an import that was not applied."""
    scope = current.whole_or_404(slug)
    file_name = import_or_404(scope, import_id).file_name
    if not imports.discard(web.session(), import_id):
        return _to(scope, import_id)
    current.record(scope, "roster.forgotten", "roster", import_id, file_name)
    web.commit()
    flash("The file is forgotten. Nothing was changed.", "success")
    return redirect(url_for("rosters.overview", slug=slug), code=303)


def _do(kind: str, one: RosterImport) -> None:
    """Have it done by a worker or, where it is short, now that the request's transaction is over.

    A worker is asked in either case: it finds a short one done, unless this process was ended meanwhile.
    """
    actor = Actor(person().name, person().id)
    is_short = one.rows_total <= AT_ONCE
    run_at = web.now() + TAKEN_UP_AFTER if is_short else web.now()
    imports.ask(web.session(), kind, one.id, actor, run_at)
    web.commit()
    if is_short:
        payload = {"import_id": one.id, "actor_id": actor.id, "actor_name": actor.name}
        roster_jobs.HANDLERS[kind](web.services().database, payload, web.now())


def import_or_404(scope: Scope, import_id: int, *, with_body: bool = False) -> RosterImport:
    """The organization's import with that id; any other is 404."""
    found = imports.find(web.session(), scope.organization_id, import_id, with_body=with_body)
    return found or abort(404)


def _to(scope: Scope, import_id: int) -> ResponseReturnValue:
    return redirect(url_for("rosters.show", slug=scope.slug, import_id=import_id), code=303)


def _overview(scope: Scope, form: RosterForm) -> str:
    return render_template(
        "organizations/roster.html",
        organization=scope,
        form=form,
        imports=imports.recent(web.session(), scope.organization_id),
        listed=imports.LISTED,
        states=STATES,
        counted=COUNTED,
    )


def _page(scope: Scope, one: RosterImport, mapped: Mapped, *, is_refused: bool = False) -> str:
    return render_template(
        "organizations/roster_import.html",
        organization=scope,
        one=one,
        mapped=mapped,
        fields=FIELDS,
        untouched_days=imports.UNTOUCHED_DAYS,
        is_refused=is_refused,
    )
