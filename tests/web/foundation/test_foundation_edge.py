"""The edge of a request: one session, one `now`, one commit, and the letters that follow it."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from lms.accounts.access import Access, access
from lms.accounts.models import User
from lms.app import create_app
from lms.foundation import filters, web
from lms.foundation.database import Database
from lms.foundation.mail import Letter, Mailer, SmtpMailer
from lms.foundation.settings import Settings
from tests.conftest import StandingClock
from tests.factories import make_user
from tests.mail_server import mail_server
from tests.ports import held_port

LETTER = Letter("ada.private@example.org", "Your sign-in link", "Dear Ada")


def add_view(app: Flask, view: Callable[[], Any], method: str = "POST") -> None:
    app.add_url_rule("/tried", "tried", access(Access.PUBLIC)(view), methods=[method])


def wait_for_letters() -> None:
    for thread in threading.enumerate():
        if thread.name == "letters":
            thread.join()


@dataclass
class Witness:
    """A mailer that notes, for each letter, how many people the database held as it was sent."""

    database: Database
    seen: list[tuple[str, int | None]] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        with self.database.reading_session() as session:
            people = session.scalar(sa.select(sa.func.count(User.id)))
        self.seen.append((letter.subject, people))


@pytest.fixture
def build(settings: Settings, database: Database) -> Callable[[Mailer], Flask]:
    """A function that gives an application whose letters go through a mailer."""

    def built(mailer: Mailer) -> Flask:
        app = create_app(settings, database=database, mailer=mailer)
        app.config.update(WTF_CSRF_ENABLED=False)
        return app

    return built


# The session


def test_a_get_cannot_write(app: Flask, client: FlaskClient, database: Database) -> None:
    def view() -> str:
        with pytest.raises(DBAPIError):
            make_user(web.session())
        return "refused"

    add_view(app, view, "GET")
    assert client.get("/tried").get_data(as_text=True) == "refused"
    with database.reading_session() as session:
        assert session.scalar(sa.select(sa.func.count(User.id))) == 0


def test_a_post_writes_once_it_commits(app: Flask, client: FlaskClient, database: Database) -> None:
    def view() -> str:
        make_user(web.session())
        assert web.session() is web.session()
        web.commit()
        return ""

    add_view(app, view)
    assert client.post("/tried").status_code == 200
    with database.reading_session() as session:
        assert session.scalar(sa.select(sa.func.count(User.id))) == 1


@pytest.mark.parametrize("fails", [True, False])
def test_a_post_that_does_not_commit_leaves_nothing(
    app: Flask, client: FlaskClient, database: Database, fails: bool
) -> None:
    def view() -> str:
        make_user(web.session())
        if fails:
            raise RuntimeError("no")
        return ""

    add_view(app, view)
    assert client.post("/tried").status_code == (500 if fails else 200)
    with database.transaction() as session:
        assert session.scalar(sa.select(sa.func.count(User.id))) == 0


def test_now_is_the_same_through_a_request_and_moves_between_two(
    app: Flask, client: FlaskClient, clock: StandingClock
) -> None:
    seen: list[datetime] = []

    def view() -> str:
        seen.append(web.now())
        clock.advance(minutes=1)
        seen.append(web.now())
        return ""

    beginning = clock.moment
    add_view(app, view, "GET")
    client.get("/tried")
    client.get("/tried")
    assert seen[0] == seen[1] == beginning
    assert seen[2] == seen[3] > seen[1]


def test_times_are_shown_in_the_zone_of_whoever_is_signed_in(
    app: Flask, database: Database, sign_in: Callable[[int], FlaskClient], clock: StandingClock
) -> None:
    clock.moment = clock.moment.replace(hour=22)
    with database.transaction() as session:
        user_id = make_user(session, time_zone="Asia/Tokyo").id

    add_view(app, lambda: f"{filters.moment(web.now())} / {filters.day(web.now())}", "GET")
    page = sign_in(user_id).get("/tried").get_data(as_text=True).replace("\xa0", " ")
    assert page == "3 March 2026, 07:00 JST / 3 March 2026"
    page = app.test_client().get("/tried").get_data(as_text=True).replace("\xa0", " ")
    assert page == "2 March 2026, 22:00 UTC / 2 March 2026"


# What no address and no form may hold


def test_a_nul_is_refused_before_any_database_sees_it(
    client: FlaskClient, app: Flask, database: Database
) -> None:
    assert client.get("/verify/a%00b").status_code == 404
    assert client.get("/verify?number=%00").status_code == 400
    assert client.get("/verify?number=a&number=%00").status_code == 400
    assert client.post("/sign-in", data={"name": "a\0b", "password": "x"}).status_code == 400
    assert client.post("/sign-in?next=%00", data={"name": "ab"}).status_code == 400


def test_a_number_larger_than_any_row_has_no_page(app: Flask, client: FlaskClient) -> None:
    def view(number: int) -> str:
        return str(number)

    app.add_url_rule("/rows/<int:number>", "rows", access(Access.PUBLIC)(view))
    assert client.get(f"/rows/{2**63 - 1}").get_data(as_text=True) == str(2**63 - 1)
    assert client.get(f"/rows/{2**63}").status_code == 404


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_token_serves_its_own_session_alone(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    ours, theirs = app.test_client(), app.test_client()
    tokens = [token_in(ours.get("/sign-in").get_data(as_text=True)) for _ in range(2)]
    other = token_in(theirs.get("/sign-in").get_data(as_text=True))
    for token in tokens:
        data = {"name": "nobody@example.org", "password": "x", "csrf_token": token}
        assert ours.post("/sign-in", data=data).status_code == 422
        assert theirs.post("/sign-in", data=data).status_code == 400
    assert other not in tokens


# Letters


def test_letters_leave_after_the_commit_in_their_order(
    build: Callable[[Mailer], Flask], database: Database
) -> None:
    witness = Witness(database)
    app = build(witness)

    def view() -> str:
        make_user(web.session())
        web.post(Letter("a@example.org", "first", ""))
        web.post(Letter("b@example.org", "second", ""))
        web.commit()
        # A second commit has no letters left to send.
        web.commit()
        return ""

    add_view(app, view)
    assert app.test_client().post("/tried").status_code == 200
    wait_for_letters()
    assert witness.seen == [("first", 1), ("second", 1)]


def test_without_a_commit_no_letter_leaves(
    build: Callable[[Mailer], Flask], database: Database
) -> None:
    witness = Witness(database)
    app = build(witness)

    def view() -> str:
        web.post(LETTER)
        return ""

    add_view(app, view)
    assert app.test_client().post("/tried").status_code == 200
    wait_for_letters()
    assert witness.seen == []


def test_a_commit_that_fails_sends_no_letter(
    build: Callable[[Mailer], Flask], database: Database
) -> None:
    witness = Witness(database)
    app = build(witness)

    def view() -> str:
        web.post(LETTER)
        web.session().add(User(name="Nobody", email="Not@Lower.Case", created_at=web.now()))
        web.commit()
        return ""

    add_view(app, view)
    assert app.test_client().post("/tried").status_code == 500
    wait_for_letters()
    assert witness.seen == []


class Refusing:
    """A mail server that has no mailboxes and repeats each address that it refuses."""

    async def handle_RCPT(self, *given: Any) -> str:  # noqa: N802 - aiosmtpd's name.
        return f"550 no mailbox of {given[3]} here"


@pytest.fixture
def refusing_server() -> Iterator[Controller]:
    with mail_server(Refusing()) as server:
        yield server


def post_letter(app: Flask, letter: Letter = LETTER) -> int:
    """The status of a request that posts `letter`, once it has been tried."""

    def view() -> str:
        web.post(letter)
        web.commit()
        return ""

    add_view(app, view)
    status = app.test_client().post("/tried").status_code
    wait_for_letters()
    return status


def test_a_letter_that_is_refused_is_logged_without_the_address(
    build: Callable[[Mailer], Flask],
    refusing_server: Controller,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mailer = SmtpMailer("127.0.0.1", refusing_server.port, "none", "", "", "rounds@example.org")
    with pytest.raises(OSError, match=r"ada\.private"):
        mailer.send(LETTER)
    caplog.clear()
    assert post_letter(build(mailer)) == 200
    ours = [record for record in caplog.records if record.name == "lms.foundation.web"]
    (text,) = [caplog.handler.format(record) for record in ours]
    assert "Your sign-in link" in text
    assert "LetterRefused" in text
    assert "ada.private" not in text
    assert "Dear Ada" not in text


def test_a_mail_server_that_is_away_does_not_fail_the_request(
    build: Callable[[Mailer], Flask], caplog: pytest.LogCaptureFixture
) -> None:
    with held_port() as port:
        mailer = SmtpMailer("127.0.0.1", port, "none", "", "", "a@example.org")
        assert post_letter(build(mailer)) == 200
    assert "A letter could not be sent (LetterDelayed): Your sign-in link" in caplog.text
    assert "ada.private" not in caplog.text


def test_a_letter_that_cannot_be_written_does_not_keep_the_others(
    app: Flask, letters: Callable[[], list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    def view() -> str:
        web.post(Letter("ada.private@example.org", "A subject of\ntwo lines", ""))
        web.post(Letter("b@example.org", "the other", ""))
        web.commit()
        return ""

    add_view(app, view)
    assert app.test_client().post("/tried").status_code == 200
    (sent,) = letters()
    assert "Subject: the other" in sent
    assert "A letter could not be sent (ValueError)" in caplog.text
    assert "ada.private" not in caplog.text
