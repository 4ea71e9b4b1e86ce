"""Pages for errors: what happened, in plain words, and a way back."""

import logging

from flask import Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)

MESSAGES = {
    400: ("That could not be read", "The page sent something this site cannot use."),
    401: ("Please sign in", "Your session has ended. Sign in again: what was saved is kept."),
    403: ("Not for your role", "Your account does not include this page."),
    404: ("Nothing here", "The page does not exist, or it belongs to someone else."),
    405: ("Not this way", "This address does not answer that kind of request."),
    413: ("Too large", "What was sent is larger than this site accepts."),
    429: ("Too many tries", "Please wait a little before you try again."),
    500: (
        "Something broke here",
        "The fault is ours and has been written down. Nothing saved is lost.",
    ),
}


def install(app: Flask) -> None:
    """Show our own page for every error; to a script, the same words as JSON."""

    @app.errorhandler(CSRFError)
    def form_expired(_error: CSRFError) -> ResponseReturnValue:
        return _answer(
            400,
            "This form is out of date",
            "It was opened in an earlier session. Go back, reload the page and send it again.",
        )

    @app.errorhandler(HTTPException)
    def explain(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None:
            return error.get_response()
        code = error.code or 500
        title, text = MESSAGES.get(code, (error.name, "The request could not be answered."))
        # A view that has something better to say gives it as the description.
        said = error.description if error.description != type(error).description else None
        body, status = _answer(code, title, said or text)
        # What the error tells machines, such as Allow and Retry-After; the body is our own.
        told = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
        return body, status, told

    @app.errorhandler(Exception)
    def confess(error: Exception) -> ResponseReturnValue:
        # The rule instead of the path: a path may hold the token of a link.
        log.exception("Unhandled error at %s", request.url_rule, exc_info=error)
        return _answer(500, *MESSAGES[500])


def _answer(code: int, title: str, text: str) -> tuple[str | Response, int]:
    if request.accept_mimetypes.best == "application/json":
        return jsonify(error=title, message=text), code
    # A page that fails must not need the database to say so, so it is rendered without the context
    # processors: Flask-Login's would read the signed-in person.
    page = current_app.jinja_env.get_template("errors/error.html")
    return page.render(code=code, title=title, text=text), code
