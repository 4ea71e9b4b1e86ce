"""Error pages: plain words for people, the same words as JSON for scripts, and nothing that is secret."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.exceptions import Conflict, TooManyRequests

from lms.accounts.access import Access, access
from lms.app import create_app
from lms.foundation import errorpages, web
from lms.foundation.database import Database
from lms.foundation.settings import Settings


def add_view(
    app: Flask, view: Callable[..., str], rule: str = "/broken", **options: object
) -> None:
    app.add_url_rule(rule, "broken", access(Access.PUBLIC)(view), **options)  # pyright: ignore[reportArgumentType]


def fail() -> str:
    raise RuntimeError("the reason, with ada.private@example.org in it")


@pytest.mark.parametrize("code", sorted(errorpages.MESSAGES))
def test_each_error_has_a_page_in_plain_words(app: Flask, client: FlaskClient, code: int) -> None:
    add_view(app, lambda: abort(code))
    page = client.get("/broken")
    title, text = errorpages.MESSAGES[code]
    assert page.status_code == code
    assert page.mimetype == "text/html"
    body = page.get_data(as_text=True)
    assert f"<h1>{title}</h1>" in body
    assert text in body
    assert 'href="/"' in body
    assert '<html lang="en">' in body


def test_an_error_without_words_of_ours_has_a_page_too(app: Flask, client: FlaskClient) -> None:
    add_view(app, lambda: abort(418))
    page = client.get("/broken")
    assert page.status_code == 418
    assert "<h1>I&#39;m a teapot</h1>" in page.get_data(as_text=True)
    assert "The request could not be answered." in page.get_data(as_text=True)


def test_a_script_gets_the_same_words_as_json(app: Flask, client: FlaskClient) -> None:
    add_view(app, lambda: abort(404))
    answer = client.get("/broken", headers={"Accept": "application/json"})
    title, text = errorpages.MESSAGES[404]
    assert answer.status_code == 404
    assert answer.json == {"error": title, "message": text}


def test_what_a_view_has_to_say_takes_the_place_of_the_usual_words(
    app: Flask, client: FlaskClient
) -> None:
    add_view(app, lambda: abort(403, "This course is closed <b>."))
    page = client.get("/broken")
    assert page.status_code == 403
    assert "This course is closed &lt;b&gt;." in page.get_data(as_text=True)
    assert errorpages.MESSAGES[403][1] not in page.get_data(as_text=True)


def test_whoever_tries_too_often_is_told_how_long_to_wait(app: Flask, client: FlaskClient) -> None:
    def refuse() -> str:
        raise TooManyRequests(retry_after=30)

    add_view(app, refuse)
    page = client.get("/broken")
    assert page.status_code == 429
    assert page.headers["Retry-After"] == "30"


def test_an_answer_that_is_thrown_is_sent_as_it_is(app: Flask, client: FlaskClient) -> None:
    def throw() -> str:
        raise Conflict(response=app.response_class("as it is", status=409))

    add_view(app, throw)
    answer = client.get("/broken")
    assert answer.status_code == 409
    assert answer.get_data(as_text=True) == "as it is"


def test_an_unknown_address_is_nothing_here(client: FlaskClient) -> None:
    page = client.get("/nothing/of/the/kind")
    assert page.status_code == 404
    assert "Nothing here" in page.get_data(as_text=True)


def test_a_wrong_method_is_refused_with_the_right_ones(client: FlaskClient) -> None:
    page = client.delete("/sign-in")
    assert page.status_code == 405
    assert page.allow is not None
    assert {"GET", "POST"} <= set(page.allow)
    assert page.mimetype == "text/html"
    assert errorpages.MESSAGES[405][0] in page.get_data(as_text=True)


def test_a_form_without_its_token_is_out_of_date(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.post("/sign-in", data={"name": "ada@example.org"})
    assert page.status_code == 400
    assert "This form is out of date" in page.get_data(as_text=True)


def test_too_much_at_once_is_refused(app: Flask, client: FlaskClient) -> None:
    page = client.post("/sign-in", data={"name": "a" * (app.config["MAX_CONTENT_LENGTH"] + 1)})
    assert page.status_code == 413
    assert errorpages.MESSAGES[413][0] in page.get_data(as_text=True)


# What is our fault


def test_a_fault_is_written_down_and_shown_without_its_reason(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    add_view(app, fail)
    page = client.get("/broken")
    assert page.status_code == 500
    assert errorpages.MESSAGES[500][0] in page.get_data(as_text=True)
    assert "reason" not in page.get_data(as_text=True)
    assert "Traceback" not in page.get_data(as_text=True)
    (record,) = [item for item in caplog.records if item.name == "lms.foundation.errorpages"]
    assert record.levelno == logging.ERROR
    assert "/broken" in record.getMessage()
    assert record.exc_info


def test_a_script_learns_of_a_fault_as_json(app: Flask, client: FlaskClient) -> None:
    add_view(app, fail)
    answer = client.get("/broken", headers={"Accept": "application/json"})
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["error"] == errorpages.MESSAGES[500][0]


def test_the_log_holds_no_token_of_a_link(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    add_view(app, lambda token: fail(), rule="/reset-it/<token>")
    assert client.get("/reset-it/very-secret?key=hidden").status_code == 500
    assert "/reset-it/" in caplog.text
    assert "very-secret" not in caplog.text
    assert "hidden" not in caplog.text


def test_the_log_holds_no_value_of_a_statement_that_failed(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    # The lines of a traceback are in the log: the value must not stand on one of them.
    values = {"email": "ada.private@example.org"}

    def ask() -> str:
        web.session().execute(sa.text("SELECT 1 FROM nowhere WHERE email = :email"), values)
        return ""

    add_view(app, ask)
    assert client.get("/broken").status_code == 500
    assert "nowhere" in caplog.text
    assert "ada.private" not in caplog.text


@pytest.fixture
def broken_database(database: Database, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind that answers nothing."""
    (tmp_path / "nowhere").write_bytes(b"this is no database" * 100)
    name = str(tmp_path / "nowhere") if database.is_sqlite else "nowhere"
    url = database.url.set(database=name).render_as_string(hide_password=False)
    broken = Database(url)
    yield broken
    broken.dispose()


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize("path", ["/", "/nothing/of/the/kind", "/broken"])
def test_a_page_that_fails_does_not_need_the_database(
    settings: Settings, broken_database: Database, path: str, accept: str
) -> None:
    app = create_app(settings, database=broken_database)
    add_view(app, fail)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "the token of a session"
    page = client.get(path, headers={"Accept": accept})
    code = 404 if path.startswith("/nothing") else 500
    assert page.status_code == code
    assert errorpages.MESSAGES[code][0] in page.get_data(as_text=True)
