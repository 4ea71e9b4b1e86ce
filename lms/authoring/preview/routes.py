"""The pages of a preview. Nobody signs in: it answers the machine that it runs on."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lms.foundation import headers

from .desk import Desk, Glance
from .hosts import names_loopback
from .pages import page_of

preview = Blueprint("preview", __name__)

REASONS = {
    403: "This preview answers its own machine only: open it as http://127.0.0.1 or http://localhost.",
    404: "There is no such page in this preview.",
    500: "The page could not be made. The terminal in which the preview runs says why.",
}


def desk() -> Desk:
    """What the application that answers is a preview of."""
    return current_app.extensions["rounds_preview"]


@preview.before_app_request
def refuse_strangers() -> None:
    """Answer no page from elsewhere that had its own name lead here."""
    if current_app.config["LOOPBACK_ONLY"] and not names_loopback(request.headers.get("Host", "")):
        abort(403)


@preview.get("/")
def index() -> ResponseReturnValue:
    """Every course and module with its files and findings; of a single file, the file."""
    glance = desk().glance()
    if not desk().root.is_dir() and glance.look.sheets:
        return redirect(url_for("preview.sheet", name=next(iter(glance.look.sheets))))
    return _page("index", glance)


@preview.get("/files/<path:name>")
def sheet(name: str) -> ResponseReturnValue:
    """One lesson, quiz, course or module file, with what the check says about it."""
    glance = desk().glance()
    found = glance.look.sheets.get(name)
    if found is None:
        return _page("gone", glance, name=name), 404
    page = page_of(found)
    shelf = next((shelf for shelf in glance.look.modules if found in shelf.sheets), None)
    return _page(
        page.template, glance, sheet=found, shown=page.shown, listed=page.listed, shelf=shelf
    )


@preview.get("/figures/<digest>/<name>")
def figure(digest: str, name: str) -> ResponseReturnValue:
    """A picture of what is previewed, found by the digest of its bytes: no path is ever opened."""
    picture = desk().glance().look.pictures.get(digest)
    if picture is None:
        abort(404)
    response = Response(picture.body, mimetype=picture.media_type)
    response.headers["Content-Security-Policy"] = headers.PICTURE_POLICY
    return response


@preview.get("/changes")
def changes() -> ResponseReturnValue:
    """The state of the files: a page that was made of another one is out of date."""
    return Response(desk().state(), mimetype="text/plain")


@preview.app_errorhandler(HTTPException)
def explain(error: HTTPException) -> ResponseReturnValue:
    """A page with the reason in a sentence, which tells nothing of what is previewed."""
    code = error.code or 500
    return render_template("preview/error.html", text=REASONS.get(code, error.name)), code


def _page(template: str, glance: Glance, **values: Any) -> bytes:
    html = render_template(
        f"preview/{template}.html", look=glance.look, state=glance.state, root=desk().root, **values
    )
    # The name of a file may hold bytes that are no text.
    return html.encode("utf-8", "backslashreplace")
