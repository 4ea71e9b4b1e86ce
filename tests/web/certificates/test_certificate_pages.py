"""Certificates on the web: one's own, one as a page, one as PDF."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import event

from lms.accounts.models import User
from lms.foundation.database import Database
from tests.conftest import StandingClock
from tests.factories import BEGINNING, make_member, make_organization, make_user
from tests.service.certificates.completions import make_certificate

SignIn = Callable[[int], FlaskClient]
UNKNOWN = "RND-0000-0000-0000"
PAGES = ("/certificates/{}", "/certificates/{}.pdf")


def owned(database: Database, **values: Any) -> tuple[int, str]:
    """A person with a certificate: their id and its number."""
    with database.transaction() as session:
        user = make_user(session)
        return user.id, make_certificate(session, user, **values).number


def reader(database: Database, **values: Any) -> int:
    with database.transaction() as session:
        return make_user(session, **values).id


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that passes through the database in the block."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in database.engines:
            event.remove(engine, "before_cursor_execute", note)


def text_of(page: Any) -> str:
    return unescape(page.get_data(as_text=True)).replace("\xa0", " ")


@pytest.mark.parametrize("address", ["/certificates", *PAGES])
def test_a_visitor_is_asked_to_sign_in(
    client: FlaskClient, database: Database, address: str
) -> None:
    _, number = owned(database)
    answer = client.get(address.format(number))
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?")


# The list


def test_without_certificates_the_list_invites(database: Database, sign_in: SignIn) -> None:
    page = sign_in(reader(database)).get("/certificates")
    assert page.status_code == 200
    assert "its certificate appears here" in text_of(page)
    assert 'href="/"' in text_of(page)


def test_the_list_has_the_persons_own_with_their_status(
    database: Database, sign_in: SignIn, clock: StandingClock
) -> None:
    with database.transaction() as session:
        user, other = make_user(session), make_user(session)
        old = clock() - timedelta(days=400)
        make_certificate(session, user, now=old, title="Hand hygiene")
        recent = make_certificate(session, user, now=clock(), title="<b>Falls</b>").number
        foreign = make_certificate(session, other, now=clock()).number
        user_id = user.id
    page = sign_in(user_id).get("/certificates")
    raw, text = page.get_data(as_text=True), text_of(page)
    assert "&lt;b&gt;Falls" in raw
    assert text.index(recent) < text.index("Hand hygiene")
    assert text.index(">Valid<") < text.index(">Expired<")
    assert "expires <time" in text
    assert "expired <time" in text
    assert foreign not in text
    assert f'href="/certificates/{recent}"' in text
    assert f'href="/certificates/{recent}.pdf"' in text


# One certificate


def test_the_page_shows_all_that_the_certificate_says(database: Database, sign_in: SignIn) -> None:
    user_id, number = owned(database, learner_name="<i>Zoë</i> O’Brien")
    page = sign_in(user_id).get(f"/certificates/{number}")
    assert page.status_code == 200
    text = text_of(page)
    for part in (
        "<i>Zoë</i> O’Brien",
        "Patient care coordination",
        "Course revision 1",
        "Role overview",
        "revision 2",
        "92%",
        "2.5",
        "5 January 2026",
        "5 January 2027",
        f"http://127.0.0.1:8000/verify/{number}",
        ">Valid<",
        "All your certificates",
    ):
        assert part in text
    assert "<i>" not in page.get_data(as_text=True)
    assert f'href="/certificates/{number}.pdf"' in text
    assert f'href="/verify/{number}"' in text
    assert 'src="data:image/svg+xml' in text
    assert page.headers["Cache-Control"] == "no-store"


def test_a_page_without_score_and_expiry(database: Database, sign_in: SignIn) -> None:
    user_id, number = owned(database, score=None, validity_months=None)
    text = text_of(sign_in(user_id).get(f"/certificates/{number}"))
    assert "<dt>Score</dt>" not in text
    assert "<dd>Does not expire</dd>" in text


def test_the_pdf_is_shown_in_the_browser_under_its_name(
    database: Database, sign_in: SignIn
) -> None:
    user_id, number = owned(database)
    answer = sign_in(user_id).get(f"/certificates/{number}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="certificate-{number}.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    (page,) = PdfReader(io.BytesIO(answer.data)).pages
    assert "Ada Okafor" in page.extract_text()
    assert number in page.extract_text()


def test_a_pdf_that_the_browser_has_is_not_sent_again(database: Database, sign_in: SignIn) -> None:
    user_id, number = owned(database)
    client = sign_in(user_id)
    first = client.get(f"/certificates/{number}.pdf")
    again = client.get(
        f"/certificates/{number}.pdf", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""
    other = client.get(f"/certificates/{number}.pdf", headers={"If-None-Match": '"another"'})
    assert other.status_code == 200
    assert other.data == first.data


# Who may see it


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", ["learner", "instructor"])
def test_someone_elses_certificate_is_not_there(
    database: Database, sign_in: SignIn, address: str, role: str
) -> None:
    _, number = owned(database)
    client = sign_in(reader(database, role=role))
    foreign, unknown = client.get(address.format(number)), client.get(address.format(UNKNOWN))
    assert foreign.status_code == unknown.status_code == 404
    assert text_of(foreign) == text_of(unknown)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("spelling", ["nonsense", "rnd-0000-0000-0000", "%00", "RND"])
def test_an_impossible_number_is_not_there(
    database: Database, sign_in: SignIn, address: str, spelling: str
) -> None:
    user_id, _ = owned(database)
    assert sign_in(user_id).get(address.format(spelling)).status_code == 404


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("place", "status"), [("same", 200), ("another", 404), ("left", 404)])
def test_a_manager_sees_the_certificates_of_current_members(
    database: Database, sign_in: SignIn, address: str, place: str, status: int
) -> None:
    with database.transaction() as session:
        owner, manager = make_user(session), make_user(session)
        here, there = make_organization(session), make_organization(session)
        membership = make_member(session, here, owner)
        membership.ended_at = BEGINNING if place == "left" else None
        make_member(session, there if place == "another" else here, manager, role="manager")
        number, manager_id = make_certificate(session, owner).number, manager.id
    answer = sign_in(manager_id).get(address.format(number))
    assert answer.status_code == status
    assert b"All your certificates" not in answer.data


@pytest.mark.parametrize("address", PAGES)
def test_an_administrator_sees_every_certificate(
    database: Database, sign_in: SignIn, address: str
) -> None:
    _, number = owned(database)
    client = sign_in(reader(database, role="administrator"))
    assert client.get(address.format(number)).status_code == 200


# Work per page


@pytest.mark.parametrize("address", ["/certificates", *PAGES])
def test_a_page_asks_one_question_however_many_certificates(
    database: Database, sign_in: SignIn, address: str
) -> None:
    user_id, number = owned(database)
    client = sign_in(user_id)
    with statements(database) as few:
        assert client.get(address.format(number)).status_code == 200
    with database.transaction() as session:
        user = session.get_one(User, user_id)
        for _ in range(5):
            make_certificate(session, user)
    with statements(database) as many:
        assert client.get(address.format(number)).status_code == 200
    # One for the signed-in person, one for the page.
    assert len(few) == len(many) == 2
