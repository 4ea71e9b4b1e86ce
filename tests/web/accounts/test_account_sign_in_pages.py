"""Signing in and out: what it takes, what it tells, what it leaves."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.accounts.models import SignInFailure, SignInSession, User
from lms.accounts.tokens import digest_of
from lms.foundation.database import Database
from tests.factories import make_user
from tests.threads import at_once

Enter = Callable[..., TestResponse]
NOT_MATCHED = "do not match an account"


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def without_form_token(page: str) -> str:
    """The page without the one thing in it that changes with the second."""
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", page)


def sessions(database: Database) -> list[SignInSession]:
    with database.reading_session() as session:
        return list(session.scalars(sa.select(SignInSession).order_by(SignInSession.id)))


def test_the_form_asks_for_a_name_and_a_password(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert '<label class="form-label" for="name">E-mail or user name</label>' in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert 'name="next"' not in page


def test_the_form_keeps_the_page_that_was_wanted(client: FlaskClient) -> None:
    wanted = client.get("/account").location
    assert wanted == "/sign-in?next=/account"
    assert re.search(r'name="next"[^>]*value="/account"', client.get(wanted).text)
    assert "evil" not in client.get("/sign-in?next=//evil.example").text


@pytest.mark.parametrize("name", ["ada@example.org", " ADA@Example.org ", "ada.o", "Ada.O"])
def test_either_name_in_any_case_signs_in(
    ada: Any, client: FlaskClient, enter: Enter, name: str
) -> None:
    answer = enter(name, ada.password)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/account", "/account"),
        ("/courses?page=2", "/courses?page=2"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_to_a_page_of_this_site(
    ada: Any, enter: Enter, wanted: str, leads_to: str
) -> None:
    assert enter(ada.email, ada.password, next=wanted).location == leads_to


def test_whoever_is_signed_in_goes_on(ada: Any, sign_in: Callable[[int], FlaskClient]) -> None:
    client = sign_in(ada.id)
    assert client.get("/sign-in").location == "/"
    assert client.get("/sign-in?next=/account").location == "/account"
    assert client.get("/sign-in?next=//evil.example").location == "/"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": "", "password": "x"}, "Type your e-mail or user name."),
        ({"name": "ada@example.org", "password": ""}, "Type your password."),
        ({"name": "a" * 255, "password": "x"}, "longer than 254"),
        ({}, "Type your password."),
    ],
)
def test_an_empty_form_says_what_is_missing(
    client: FlaskClient, database: Database, form: dict[str, str], message: str
) -> None:
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'aria-invalid="true"' in answer.text
    with database.reading_session() as session:
        assert session.scalars(sa.select(SignInFailure)).all() == []


def test_what_was_typed_stays_except_for_the_password(ada: Any, enter: Enter) -> None:
    answer = enter("Ada.O", "not the kettle", next="/account", keep="y")
    assert answer.status_code == 422
    assert 'value="Ada.O"' in answer.text
    assert 'value="/account"' in answer.text
    assert re.search(r"<input checked[^>]*name=\"keep\"", answer.text)
    assert "not the kettle" not in answer.text


def test_every_reason_gives_the_same_page(
    ada: Any, database: Database, enter: Enter, clock: Any
) -> None:
    """A wrong password, an unknown name, an invited and a deactivated person: none can be told apart."""
    with database.transaction() as session:
        make_user(session, email="new@example.org")
        active = session.get_one(User, ada.id)
        make_user(
            session,
            email="off@example.org",
            password_hash=active.password_hash,
            deactivated_at=clock(),
        )
    pages = set()
    for name, password in (
        ("ada@example.org", "not the kettle"),
        ("eve@example.org", ada.password),
        ("new@example.org", ada.password),
        ("off@example.org", ada.password),
        ("no name at all", ada.password),
    ):
        answer = enter(name, password)
        assert answer.status_code == 422
        pages.add(without_form_token(answer.text).replace(name, "NAME"))
    assert len(pages) == 1
    assert NOT_MATCHED in pages.pop()
    assert sessions(database) == []


def test_the_cookie_holds_a_token_and_the_table_its_digest(
    ada: Any, client: FlaskClient, database: Database, enter: Enter
) -> None:
    enter(ada.email, ada.password)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    (row,) = sessions(database)
    assert (row.user_id, row.token_digest) == (ada.id, digest_of(token))


@pytest.mark.parametrize(
    ("fields", "span"), [({}, timedelta(hours=12)), ({"keep": "y"}, timedelta(days=30))]
)
def test_a_session_ends_by_itself(
    *,
    ada: Any,
    client: FlaskClient,
    enter: Enter,
    clock: Any,
    fields: dict[str, str],
    span: timedelta,
) -> None:
    answer = enter(ada.email, ada.password, **fields)
    # Without a date the browser forgets the cookie when it is closed.
    assert ("Expires=" in answer.headers["Set-Cookie"]) is bool(fields)
    clock.advance(seconds=span.total_seconds() - 1)
    assert is_signed_in(client)
    clock.advance(seconds=1)
    assert client.get("/account").location == "/sign-in?next=/account"


def test_nothing_of_the_former_cookie_is_left(
    ada: Any, client: FlaskClient, database: Database, enter: Enter
) -> None:
    """Whoever planted a cookie, or was signed in here before, has no part in the new session."""
    with client.session_transaction() as cookie:
        cookie["planted"] = "by someone else"
        cookie["link"] = "a token"
    enter(ada.email, ada.password)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert "link" not in cookie
        first = cookie["_user_id"]
    enter(ada.email, ada.password)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first
    former, present = sessions(database)
    assert former.ended_at is not None
    assert present.ended_at is None


def test_a_hash_with_old_parameters_is_replaced(ada: Any, database: Database, enter: Enter) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=1024).hash(ada.password)
    with database.transaction() as session:
        session.get_one(User, ada.id).password_hash = old
    assert enter(ada.email, ada.password).status_code == 303
    with database.reading_session() as session:
        kept = session.get_one(User, ada.id).password_hash
    assert kept is not None
    assert kept != old
    assert not PasswordHasher().check_needs_rehash(kept)
    assert enter(ada.email, ada.password).status_code == 303


@pytest.mark.parametrize("name", ["ada@example.org", "nobody@example.org"])
def test_five_failures_close_an_account_known_or_not(
    ada: Any, enter: Enter, clock: Any, name: str
) -> None:
    for _ in range(5):
        assert enter(name, "not the kettle").status_code == 422
        clock.advance(minutes=1)
    answer = enter(name, ada.password)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Please wait 10 minutes, then try again." in answer.text
    clock.advance(minutes=10)
    assert enter(name, ada.password).status_code == (303 if name == ada.email else 422)


def test_success_forgets_the_accounts_failures(
    ada: Any, fail: Callable[..., None], enter: Enter
) -> None:
    fail(ada.email, 4)
    assert enter(ada.email, ada.password).status_code == 303
    fail(ada.email, 4)
    assert enter(ada.email, ada.password).status_code == 303
    fail(ada.email, 5)
    assert enter(ada.email, ada.password).status_code == 429


def test_thirty_failures_close_an_address(
    ada: Any, fail: Callable[..., None], enter: Enter, clock: Any
) -> None:
    for number in range(6):
        fail(f"guess-{number}", 5)
    assert enter(ada.email, ada.password).status_code == 429
    clock.advance(minutes=15)
    assert enter(ada.email, ada.password).status_code == 303


def test_tries_at_the_same_moment_get_no_more_than_five_answers(
    ada: Any, app: Flask, enter: Enter
) -> None:
    """All of them pass the first look at the limit; the second one counts."""

    def attempt() -> int:
        return enter(ada.email, "not the kettle", via=app.test_client()).status_code

    statuses = at_once([attempt] * 8)
    assert sorted(statuses) == [422] * 5 + [429] * 3


def test_a_form_of_another_site_is_refused(ada: Any, app: Flask, database: Database) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    form = {"name": ada.email, "password": ada.password}
    assert client.post("/sign-in", data=form).status_code == 400
    assert sessions(database) == []
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    assert client.post("/sign-in", data={**form, "csrf_token": token[1]}).status_code == 303


def test_signing_out_ends_the_session_for_good(
    ada: Any, client: FlaskClient, database: Database, enter: Enter
) -> None:
    enter(ada.email, ada.password)
    with client.session_transaction() as cookie:
        stolen = dict(cookie)
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "You are signed out." in client.get("/sign-in").text
    assert not is_signed_in(client)
    assert [row.ended_at is None for row in sessions(database)] == [False]
    with client.session_transaction() as cookie:
        cookie.update(stolen)
    assert not is_signed_in(client)


def test_signing_out_is_a_post_of_somebody_signed_in(
    ada: Any, client: FlaskClient, sign_in: Callable[[int], FlaskClient]
) -> None:
    assert client.post("/sign-out").location == "/sign-in"
    signed_in = sign_in(ada.id)
    assert signed_in.get("/sign-out").status_code == 405
    assert is_signed_in(signed_in)


def test_a_deactivated_person_is_signed_out(
    ada: Any, database: Database, sign_in: Callable[[int], FlaskClient], clock: Any
) -> None:
    client = sign_in(ada.id)
    assert is_signed_in(client)
    with database.transaction() as session:
        session.get_one(User, ada.id).deactivated_at = clock()
    assert not is_signed_in(client)
