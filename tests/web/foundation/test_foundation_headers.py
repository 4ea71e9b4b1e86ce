"""Security headers on every answer, whatever it is."""

from collections.abc import Callable

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient

from lms.accounts.access import Access, access
from lms.app import create_app
from lms.foundation.database import Database
from lms.foundation.settings import Settings
from tests.factories import make_user

ANSWERS = ["/sign-in", "/", "/nothing/of/the/kind", "/static/css/theme.css", "/verify"]


def policy(header: str) -> dict[str, list[str]]:
    """The directives of a content security policy."""
    words = [directive.split() for directive in header.split(";")]
    return {name: sources for name, *sources in words}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == "camera=(), geolocation=(), microphone=()"
    assert "Strict-Transport-Security" not in headers
    rules = policy(headers["Content-Security-Policy"])
    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == ["'none'"]
    assert rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    for name in ("script-src", "style-src", "font-src", "connect-src"):
        assert rules[name] == ["'self'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "http" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nothing/of/the/kind", "/verify"])
def test_no_cache_keeps_a_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_no_cache_keeps_a_signed_in_persons_page(
    database: Database, sign_in: Callable[[int], FlaskClient]
) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
    page = sign_in(user_id).get("/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept(client: FlaskClient) -> None:
    with client.get("/static/css/theme.css") as answer:
        assert answer.status_code == 200
        assert answer.cache_control.max_age == 86400
        assert not answer.cache_control.no_store


def test_a_view_may_say_otherwise(app: Flask, client: FlaskClient) -> None:
    def view() -> Response:
        headers = {"Content-Security-Policy": "sandbox", "Cache-Control": "private, max-age=60"}
        return Response("a picture", headers=headers)

    app.add_url_rule("/picture", "picture", access(Access.PUBLIC)(view))
    headers = client.get("/picture").headers
    assert headers["Content-Security-Policy"] == "sandbox"
    assert headers["Cache-Control"] == "private, max-age=60"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_over_https_browsers_stay_there_and_cookies_too(
    settings: Settings, database: Database
) -> None:
    app = create_app(
        settings.model_copy(update={"base_url": "https://learn.example.org"}), database=database
    )
    answer = app.test_client().get("/sign-in")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert part in cookie


# Who the visitor is, behind a proxy


@pytest.mark.parametrize(
    ("trusted", "address"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")]
)
def test_only_trusted_proxies_are_believed_about_the_visitor(
    settings: Settings, database: Database, trusted: int, address: str
) -> None:
    app = create_app(settings.model_copy(update={"trusted_proxies": trusted}), database=database)
    seen: list[str | None] = []

    @app.before_request
    def look() -> None:
        seen.append(request.remote_addr)

    headers = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9"}
    app.test_client().get("/sign-in", headers=headers)
    assert seen == [address]
