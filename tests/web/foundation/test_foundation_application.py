"""What is remembered from page to page is never shown to somebody else, nor trusted for longer."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from lms.foundation.database import Database
from tests.factories import make_user


def test_everybody_has_the_head_of_their_own_page(
    database: Database, client: FlaskClient, sign_in: Callable[[int], FlaskClient]
) -> None:
    with database.transaction() as session:
        learner = make_user(session, name="Ada <Okafor>").id
        author = make_user(session, name="Ada <Okafor>", role="instructor").id
    pages = {who: sign_in(who).get("/courses").text for who in (learner, author, learner)}
    for page in pages.values():
        assert page.count("Ada &lt;Okafor&gt;") == 1
        assert '<a href="/courses" aria-current="page">Courses</a>' in page
    assert 'href="/content"' in pages[author]
    assert 'href="/content"' not in pages[learner]
    assert form_token(pages[learner]) != form_token(pages[author])
    visitor = client.get("/verify").text
    assert "Sign out" not in visitor
    assert "aria-current" not in sign_in(learner).get("/account").text


def form_token(page: str) -> str:
    """The token that the page's form to sign out holds."""
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_a_cookie_of_another_key_is_nobodys(
    app: Flask, database: Database, sign_in: Callable[[int], FlaskClient]
) -> None:
    with database.transaction() as session:
        learner = make_user(session).id
    client = sign_in(learner)
    assert client.get("/").status_code == 200
    app.secret_key = "another key, and what was signed with the first is void"
    assert client.get("/").status_code == 302
