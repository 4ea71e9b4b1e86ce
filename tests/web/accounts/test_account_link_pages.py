"""Invitations and resets: asking for a link, and what it does."""

import re
from collections.abc import Callable
from email import message_from_string, policy
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts import passwords, service
from lms.accounts.models import AccountLink, User
from lms.accounts.tokens import digest_of, link_address
from lms.foundation.database import Database
from tests.factories import make_user
from tests.threads import at_once

Enter = Callable[..., TestResponse]
Letters = Callable[[], list[str]]
NEW = "four words for the door"
# Longer than a cookie can be, even when it is compressed.
TOO_LONG = "".join(digest_of(str(number)) for number in range(200))


@pytest.fixture
def link(database: Database, clock: Any) -> Callable[..., str]:
    """A function that makes a link's path for a person."""

    def make(user_id: int, purpose: service.Purpose = "reset") -> str:
        with database.transaction() as session:
            token = service.issue_link(session, user_id, purpose, now=clock())
        return link_address("", purpose, token)

    return make


def choose(client: FlaskClient, new: str = NEW, repeat: str | None = None) -> TestResponse:
    form = {"new": new, "repeat": new if repeat is None else repeat}
    return client.post("/choose-password", data=form)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def links(database: Database) -> int:
    with database.reading_session() as session:
        return session.scalars(sa.select(sa.func.count()).select_from(AccountLink)).one()


# Asking


def test_a_letter_with_a_working_link_is_sent(
    ada: Any, client: FlaskClient, letters: Letters, enter: Enter
) -> None:
    answer = client.post("/forgotten", data={"name": " ADA@example.org "})
    assert (answer.status_code, answer.location) == (303, "/forgotten/sent")
    (text,) = letters()
    letter = message_from_string(text, policy=policy.default)
    assert letter["To"] == "ada@example.org"
    found = re.search(r"http://127\.0\.0\.1:8000(/reset/\S+)", letter.get_content())
    assert found
    assert client.get(found[1]).location == "/choose-password"
    assert choose(client).status_code == 303
    client.post("/sign-out")
    assert enter(ada.email, NEW).status_code == 303


def test_the_answer_is_the_same_for_every_name(
    ada: Any, client: FlaskClient, database: Database, letters: Letters, clock: Any
) -> None:
    with database.transaction() as session:
        make_user(session, email=None, user_name="no.mail")
        make_user(session, email="off@example.org", deactivated_at=clock())
    pages = set()
    for name in (
        "ada@example.org",
        "ada.o",
        "eve@example.org",
        "no.mail",
        "off@example.org",
        "no name at all",
    ):
        answer = client.post("/forgotten", data={"name": name})
        pages.add((answer.status_code, answer.location, answer.text))
    assert len(pages) == 1
    sent = client.get("/forgotten/sent").text
    assert "If that account exists and has an e-mail address, a letter is on its way." in sent
    assert "ask your manager" in sent.lower()
    # Two of the names were Ada's, and she alone can be written to.
    assert links(database) == len(letters()) == 2


def test_an_empty_request_is_asked_again(client: FlaskClient) -> None:
    assert client.get("/forgotten").status_code == 200
    answer = client.post("/forgotten", data={"name": " "})
    assert answer.status_code == 422
    assert "Type your e-mail or user name." in answer.text


@pytest.mark.parametrize("name", ["ada@example.org", "nobody@example.org"])
def test_five_requests_are_the_limit_known_or_not(
    *, ada: Any, client: FlaskClient, letters: Letters, enter: Enter, clock: Any, name: str
) -> None:
    for _ in range(5):
        assert client.post("/forgotten", data={"name": name}).status_code == 303
    answer = client.post("/forgotten", data={"name": name})
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert len(letters()) == (5 if name == ada.email else 0)
    # Who asks for another's resets does not keep them from signing in.
    assert enter(ada.email, ada.password).status_code == 303
    clock.advance(minutes=15)
    assert client.post("/forgotten", data={"name": name}).status_code == 303


def test_no_letter_leaves_when_the_transaction_fails(
    ada: Any, client: FlaskClient, database: Database, letters: Letters
) -> None:
    def fail(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, OSError("the disk is full"))

    event.listen(Session, "before_commit", fail)
    try:
        answer = client.post("/forgotten", data={"name": ada.email})
    finally:
        event.remove(Session, "before_commit", fail)
    assert answer.status_code == 500
    assert letters() == []
    assert links(database) == 0


# Using


@pytest.mark.parametrize("purpose", ["invitation", "reset"])
def test_the_token_moves_from_the_address_into_the_cookie(
    ada: Any, client: FlaskClient, link: Callable[..., str], purpose: str
) -> None:
    path = link(ada.id, purpose)
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (303, "/choose-password")
    page = client.get("/choose-password").text
    assert path.rsplit("/", 1)[1] not in page
    assert 'value="ada@example.org"' in page
    assert 'autocomplete="new-password"' in page
    assert ("Welcome, Ada" in page) is (purpose == "invitation")
    assert ("For the account of Ada Okafor." in page) is (purpose == "reset")


def test_an_invited_person_chooses_a_password_and_is_in(
    client: FlaskClient, database: Database, enter: Enter, clock: Any
) -> None:
    with database.transaction() as session:
        _user, token = service.invite(
            session, name="Ada Okafor", email=None, user_name="ada.o", now=clock()
        )
    client.get(f"/invitation/{token}")
    answer = choose(client)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Your password is set and you are signed in." in client.get("/account").text
    with client.session_transaction() as cookie:
        assert "link" not in cookie
    client.post("/sign-out")
    assert enter("ada.o", NEW).status_code == 303


def test_a_used_link_ends_everything_older(
    *,
    ada: Any,
    client: FlaskClient,
    link: Callable[..., str],
    sign_in: Callable[[int], FlaskClient],
    app: Flask,
    fail: Callable[..., None],
    enter: Enter,
) -> None:
    thief, other = sign_in(ada.id), link(ada.id, "reset")
    fail(ada.email, 5)
    client.get(link(ada.id))
    choose(client)
    assert is_signed_in(client)
    assert not is_signed_in(thief)
    late = app.test_client()
    late.get(other)
    assert late.get("/choose-password").status_code == 410
    # The failures that led here no longer count.
    assert enter(ada.email, NEW, via=late).status_code == 303


def test_a_link_signs_out_whoever_used_the_browser_before(
    ada: Any,
    database: Database,
    link: Callable[..., str],
    sign_in: Callable[[int], FlaskClient],
    clock: Any,
) -> None:
    with database.transaction() as session:
        eve = make_user(session, name="Eve Adams").id
    browser = sign_in(eve)
    browser.get(link(ada.id))
    assert "Eve Adams" in browser.get("/account").text
    choose(browser)
    assert "Ada Okafor" in browser.get("/account").text
    with database.reading_session() as session:
        assert list(service.live_sessions(session, eve, now=clock())) == []


@pytest.mark.parametrize(
    ("new", "repeat", "message"),
    [
        ("", "", "Choose a password."),
        ("short", "short", "Use 10 characters or more."),
        ("Ada.O@x" * 40, "Ada.O@x" * 40, "Use 200 characters or fewer."),
        ("qwertyuiop", "qwertyuiop", "guessed first"),
        ("ADA@example.org", "ADA@example.org", "your own name"),
        (NEW, "something else", "The two new passwords differ."),
    ],
)
def test_a_password_that_cannot_be_used_leaves_the_link_unused(
    *, ada: Any, client: FlaskClient, link: Callable[..., str], new: str, repeat: str, message: str
) -> None:
    client.get(link(ada.id))
    answer = choose(client, new, repeat)
    assert answer.status_code == 422
    assert message in answer.text
    assert not is_signed_in(client)
    assert choose(client).status_code == 303


@pytest.mark.parametrize(
    "path", ["/invitation/unknown", "/reset/" + "x" * 43, f"/reset/{TOO_LONG}"]
)
def test_an_unknown_link_says_what_to_do(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 303
    for answer in (client.get("/choose-password"), choose(client)):
        assert answer.status_code == 410
        assert "This link no longer works" in answer.text
        assert 'href="/forgotten"' in answer.text
        assert "ask your manager" in answer.text


def test_no_link_at_all_says_the_same(client: FlaskClient) -> None:
    assert client.get("/choose-password").status_code == 410
    assert choose(client).status_code == 410


@pytest.mark.parametrize(("purpose", "hours"), [("reset", 1), ("invitation", 7 * 24)])
def test_a_link_runs_out_between_the_form_and_the_answer(
    *,
    ada: Any,
    client: FlaskClient,
    link: Callable[..., str],
    clock: Any,
    purpose: str,
    hours: int,
    enter: Enter,
) -> None:
    client.get(link(ada.id, purpose))
    clock.advance(hours=hours, seconds=-1)
    assert client.get("/choose-password").status_code == 200
    clock.advance(seconds=1)
    assert client.get("/choose-password").status_code == 410
    assert choose(client).status_code == 410
    assert enter(ada.email, ada.password).status_code == 303


def test_a_link_works_once(ada: Any, app: Flask, link: Callable[..., str], enter: Enter) -> None:
    path = link(ada.id)
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        client.get(path)
    assert choose(first).status_code == 303
    assert choose(second, "another set of words").status_code == 410
    assert not is_signed_in(second)
    assert enter(ada.email, NEW).status_code == 303


def test_two_uses_at_the_same_moment_set_one_password(
    ada: Any, app: Flask, database: Database, link: Callable[..., str]
) -> None:
    path = link(ada.id)
    chosen = ("the words of the first", "the words of the second")
    uses = []
    for password in chosen:
        client = app.test_client()
        client.get(path)
        uses.append(partial(choose, client, password))
    statuses = [answer.status_code for answer in at_once(uses)]
    assert sorted(statuses) == [303, 410]
    with database.reading_session() as session:
        kept = session.get_one(User, ada.id).password_hash
    right = [passwords.check(kept, password).is_right for password in chosen]
    assert right == [status == 303 for status in statuses]


def test_a_deactivated_persons_link_is_over(
    ada: Any, client: FlaskClient, database: Database, link: Callable[..., str], clock: Any
) -> None:
    client.get(link(ada.id))
    with database.transaction() as session:
        session.get_one(User, ada.id).deactivated_at = clock()
    assert client.get("/choose-password").status_code == 410
    assert choose(client).status_code == 410
