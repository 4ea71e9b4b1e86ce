"""The application under measurement, and the floor beside it in the same process.

The floor is a bare Flask view: it loads the signed-in person with one indexed select and answers with
a page of the size asked for. Whatever a page of the product costs beyond that is the product's own.
"""

import os

from flask import Flask, Response, session
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from lms.accounts.models import SignInSession, User
from lms.accounts.tokens import digest_of
from lms.app import create_app, settle
from lms.foundation.database import Database
from lms.foundation.settings import load_settings


def _floor(database: Database, key: str) -> Flask:
    floor = Flask("floor")
    floor.config.update(SECRET_KEY=key, SESSION_COOKIE_NAME="rounds")

    @floor.get("/<int:size>")
    def page(size: int) -> Response:
        with database.reading_session() as reading:
            person = reading.execute(
                select(User.id, User.name)
                .join(SignInSession, SignInSession.user_id == User.id)
                .where(SignInSession.token_digest == digest_of(session["_user_id"]))
            ).one()
        head = f"<!doctype html><title>{person.name}</title>"
        return Response(head + "x" * (size - len(head)), mimetype="text/html")

    return floor


def application() -> DispatcherMiddleware:
    """Both, as one WSGI application."""
    settings = load_settings(os.environ)
    database = Database(settings.database)
    product = create_app(settings, database=database)
    both = DispatcherMiddleware(product, {"/floor": _floor(database, settings.cookie_key())})
    settle()
    return both
