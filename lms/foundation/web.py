"""The edge of a request: one session, one commit, one `now`, and the letters that follow a commit.

A request that only reads (GET, HEAD) gets a session that the database lets read only; any other gets
a writing one. Services flush; the route calls `commit` once.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Flask, Request, abort, current_app, flash, g, redirect, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy
from werkzeug.routing import IntegerConverter, Map

from .clock import Clock
from .database import Database
from .mail import Letter, Mailer
from .settings import Settings

log = logging.getLogger(__name__)

# The request itself: what is asked of Flask's proxy looks the request up each time, at a price.
this_request: Callable[[], Request] = cast("LocalProxy[Request]", request)._get_current_object

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Services:
    """What one application is made of, handed to it at the start."""

    settings: Settings
    database: Database
    clock: Clock
    mailer: Mailer


class RowNumber(IntegerConverter):
    """A number in an address, no larger than a row's id can be: PostgreSQL refuses to look for more."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)


def install(app: Flask, services: Services) -> None:
    """Give `app` its services, and close each request's session when the request ends."""
    app.extensions["rounds"] = services
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def let_files_in() -> None:
        view = app.view_functions.get(request.endpoint or "")
        # Whoever is not signed in would have a long body read for nothing.
        if (limit := getattr(view, "max_bytes", None)) and "_user_id" in cookie:
            request.max_content_length = limit

    @app.before_request
    def refuse_nul() -> None:
        # No text that a person types holds it, and PostgreSQL cannot store it.
        asked = this_request()
        if "\0" in asked.path:
            abort(404)
        values = asked.values.items(multi=True) if asked.query_string or not _only_reads() else ()
        if any("\0" in value for _name, value in values):
            abort(400)

    @app.teardown_request
    def close_session(_error: BaseException | None) -> None:
        opened: Session | None = g.pop("session", None)
        if opened is not None:
            opened.close()


def takes_up_to(max_bytes: int) -> Callable[[ViewT], ViewT]:
    """Let a view's request be larger than others may be: for one that takes a file."""

    def declare(view: ViewT) -> ViewT:
        view.max_bytes = max_bytes  # pyright: ignore[reportFunctionMemberAccess]
        return view

    return declare


def services() -> Services:
    """The services of the application that answers."""
    return current_app.extensions["rounds"]


def settings_of(app: Flask) -> Settings:
    """The settings of `app`, for what is set up before any request."""
    installed: Services = app.extensions["rounds"]
    return installed.settings


def session() -> Session:
    """This request's session; a GET's cannot write."""
    opened: Session | None = g.get("session")
    if opened is None:
        database = services().database
        opened = database.reading_session() if _only_reads() else database.writing_session()
        g.session = opened
    return opened


def _only_reads() -> bool:
    return this_request().method in READING_METHODS


def now() -> datetime:
    """The moment of this request, the same however often it is asked."""
    if "now" not in g:
        g.now = services().clock()
    return g.now


def post(letter: Letter) -> None:
    """Send `letter` once this request has committed; not at all if it does not."""
    g.setdefault("letters", []).append(letter)


def commit() -> None:
    """Make this request's changes lasting, then send its letters.

    Letters leave on a thread of their own, so that the time of the answer does not tell whether one
    was sent: whoever asks for a reset must not learn which addresses exist.
    """
    session().commit()
    letters: list[Letter] = g.pop("letters", [])
    if letters:
        mailer = services().mailer
        threading.Thread(target=_deliver, args=(mailer, letters), name="letters").start()


def done_already(address: str) -> ResponseReturnValue:
    """The answer to what is asked for a second time, as by a double click: it leads where the first one did."""
    flash("That was done already.", "warning")
    return redirect(address, code=303)


def _deliver(mailer: Mailer, letters: list[Letter]) -> None:
    for letter in letters:
        try:
            mailer.send(letter)
        # One letter that fails, for whatever reason, does not keep the others.
        except Exception as error:
            # The address stays out of the log, so the error's own text does too: a mail server that
            # refuses repeats it. The subject tells which kind of letter is missing.
            log.error("A letter could not be sent (%s): %s", type(error).__name__, letter.subject)
