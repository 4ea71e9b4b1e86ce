"""Who may use a route: every view declares its rule, and one without a rule never starts.

The rule decides by the kind of person; whether a record is theirs, the view's own query decides, and
someone else's is 404.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import LoginManager, current_user
from sqlalchemy import ColumnElement, Select, bindparam, select
from werkzeug.wrappers import Response

from lms.foundation import web
from lms.foundation.database import fetch

from .models import SignInSession, User
from .person import Person, Role
from .tokens import digest_of

ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class Access(StrEnum):
    """The rules there are."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    SUPERVISOR = "manager or instructor"
    MANAGER = "manager"
    TEAM_MANAGER = "manager of an organization or of a team"
    INSTRUCTOR = "instructor"
    ADMINISTRATOR = "administrator"


def access(rule: Access) -> Callable[[ViewT], ViewT]:
    """Declare who may use a view."""

    def declare(view: ViewT) -> ViewT:
        view.access_rule = rule  # pyright: ignore[reportFunctionMemberAccess]
        return view

    return declare


def rule_of(app: Flask, endpoint: str) -> Access:
    """The rule of an endpoint; raises LookupError when it declares none."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Access.PUBLIC
    rule = getattr(app.view_functions[endpoint], "access_rule", None)
    if rule is None:
        raise LookupError(f"the view {endpoint} declares no access rule")
    return rule


def install(app: Flask, person_columns: Mapping[str, ColumnElement[Any]]) -> None:
    """Check every request against its view's rule.

    `person_columns` are read together with the signed-in person, as their `facts`.
    """
    manager = LoginManager(app)
    # Phones change their address between two pages: a session is ended in the database, not by guess.
    app.config["SESSION_PROTECTION"] = None
    app.extensions["rounds_person"] = _person_statement(person_columns), tuple(person_columns)

    @manager.user_loader
    def load(token: str) -> Person | None:
        return find_person(token)

    @app.before_request
    def enforce() -> Response | None:
        endpoint = web.this_request().endpoint
        if endpoint is None:
            return None
        rule = rule_of(app, endpoint)
        if rule is Access.PUBLIC:
            return None
        who = person()
        if not who.is_authenticated:
            return _ask_to_sign_in()
        if not allows(rule, who):
            abort(403)
        return None


def person() -> Person:
    """The signed-in person; only for views that are not public."""
    # The person, and not the proxy: that would look the person up again for each thing it is asked.
    return cast("Person", current_user._get_current_object())


def allows(rule: Access, who: Person) -> bool:
    """Whether `rule` lets `who` in."""
    if rule is Access.SUPERVISOR:
        return allows(Access.MANAGER, who) or allows(Access.INSTRUCTOR, who)
    if rule is Access.TEAM_MANAGER:
        return allows(Access.MANAGER, who) or bool(who.facts.get("is_team_manager"))
    if rule is Access.MANAGER:
        return bool(who.facts.get("is_manager")) or who.is_administrator
    if rule is Access.INSTRUCTOR:
        return who.role in (Role.INSTRUCTOR, Role.ADMINISTRATOR)
    if rule is Access.ADMINISTRATOR:
        return who.role is Role.ADMINISTRATOR
    return True


def find_person(token: str) -> Person | None:
    """Whoever the token of a live session belongs to: one query, with the other rooms' facts in it."""
    statement, names = current_app.extensions["rounds_person"]
    rows = fetch(web.session(), statement, token_digest=digest_of(token), now=web.now())
    if not rows:
        return None
    user_id, name, role, time_zone, session_id, *facts = rows[0]
    return Person(
        id=user_id,
        name=name,
        role=Role(role),
        time_zone=time_zone,
        session_id=session_id,
        token=token,
        facts=dict(zip(names, facts, strict=True)),
    )


def _person_statement(columns: Mapping[str, ColumnElement[Any]]) -> Select[Any]:
    return (
        select(
            User.id,
            User.name,
            User.role,
            User.time_zone,
            SignInSession.id,
            *(column.label(name) for name, column in columns.items()),
        )
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(
            SignInSession.token_digest == bindparam("token_digest"),
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > bindparam("now"),
            User.deactivated_at.is_(None),
        )
    )


def _ask_to_sign_in() -> Response:
    """Send a visitor to sign in and, for a page, back to it afterwards."""
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=wanted if wanted != "/" else None))
