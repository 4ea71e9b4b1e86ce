"""The statement of a course on its page: who sees it, who signs it, what is said to them."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.certificates.models import Certificate
from lms.courses.catalogue import Catalogue
from lms.courses.models import Attestation
from lms.courses.service import EnrolmentRow
from lms.foundation.database import Database
from tests.factories import complete_course, enrol, finish_lessons, make_user, publish_sample
from tests.sample_content import PLEDGE, PLEDGE_FILE, STATEMENT
from tests.web.forms import text_of

SignIn = Callable[[int], FlaskClient]
ADDRESS = "/courses/pledge/statement"


@pytest.fixture
def shelf(database: Database) -> Catalogue:
    with database.transaction() as session:
        return publish_sample(session, {PLEDGE_FILE: PLEDGE})


@pytest.fixture
def row(database: Database, shelf: Catalogue) -> EnrolmentRow:
    """Somebody who has not begun."""
    with database.transaction() as session:
        return enrol(session, make_user(session).id, shelf.courses["pledge"])


@pytest.fixture
def ready(database: Database, shelf: Catalogue, row: EnrolmentRow, sign_in: SignIn) -> FlaskClient:
    """Somebody who has done all else."""
    with database.transaction() as session:
        complete_course(session, row, shelf)
    return sign_in(row.user_id)


def form_of(client: FlaskClient, **values: str) -> Mapping[str, str]:
    """What the page's form sends with `values` typed into it."""
    wording = re.search(r'name="wording" value="(\w+)"', text_of(client.get(ADDRESS)))
    assert wording is not None
    return {"wording": wording[1], **values}


def signed(database: Database) -> int:
    with database.reading_session() as session:
        return session.scalar(select(func.count()).select_from(Attestation)) or 0


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, row: EnrolmentRow) -> None:
    for answer in (client.get(ADDRESS), client.post(ADDRESS, data={"name": "Ada Okafor"})):
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize(
    "address", [ADDRESS, "/courses/onboarding/statement", "/courses/x/statement"]
)
def test_there_is_no_statement_for_who_takes_no_course_with_one(
    database: Database, row: EnrolmentRow, shelf: Catalogue, sign_in: SignIn, address: str
) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id
        enrol(session, user_id, shelf.courses["onboarding"])
    client = sign_in(user_id)
    assert client.get(address).status_code == 404
    assert client.post(address, data={"name": "Ada Okafor"}).status_code == 404
    assert signed(database) == 0


def test_it_opens_when_all_else_is_done(
    database: Database, shelf: Catalogue, row: EnrolmentRow, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        finish_lessons(session, row, shelf)
    client = sign_in(row.user_id)
    page = text_of(client.get(ADDRESS))
    assert "opens when all else is done: 1 step to go" in page
    assert "<p>I have read the lessons.</p><p>I keep to them.</p>" in page
    assert "wording" not in page
    course = text_of(client.get("/courses/pledge"))
    assert "3 of 5 steps done" in course
    assert "opens when all else is done" in course
    assert ADDRESS not in course
    wording = sha256(STATEMENT.encode()).hexdigest()
    answer = client.post(ADDRESS, data={"wording": wording, "name": "Ada Okafor"})
    assert (answer.status_code, answer.location) == (303, "/courses/pledge")
    assert signed(database) == 0


def test_home_and_the_course_lead_to_it(ready: FlaskClient) -> None:
    for address in ("/", "/courses/pledge"):
        page = text_of(ready.get(address))
        assert f'href="{ADDRESS}"' in page
        assert "Complete the course" not in page
    assert "and the statement is signed" in page


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Type your full name to sign."),
        ("Ada Okafur", "This differs from the name in your account, which is Ada Okafor."),
        ("A" * 201, "A name has 200 characters at most."),
    ],
)
def test_a_name_that_does_not_sign(
    ready: FlaskClient, database: Database, name: str, told: str
) -> None:
    answer = ready.post(ADDRESS, data=form_of(ready, name=name))
    assert answer.status_code == 422
    page = text_of(answer)
    assert told in page
    assert 'aria-invalid="true"' in page
    assert f'value="{name}"' in page
    assert signed(database) == 0


def test_who_saw_other_words_has_signed_nothing(ready: FlaskClient, database: Database) -> None:
    seen = form_of(ready, name="Ada Okafor")
    with database.transaction() as session:
        publish_sample(session, {PLEDGE_FILE: PLEDGE.replace("I keep", "I always keep")})
    answer = ready.post(ADDRESS, data=seen)
    assert answer.status_code == 422
    page = text_of(answer)
    assert "The statement has changed meanwhile" in page
    assert "I always keep to them" in page
    assert 'value="Ada Okafor"' in page
    assert signed(database) == 0
    assert ready.post(ADDRESS, data=form_of(ready, name="Ada Okafor")).status_code == 303
    assert signed(database) == 1


def test_signing_completes_the_course(ready: FlaskClient, database: Database) -> None:
    form = form_of(ready, name=" ada okafor")
    for _ in range(2):
        answer = ready.post(ADDRESS, data=form)
        assert (answer.status_code, answer.location) == (303, "/courses/pledge")
    assert signed(database) == 1
    course = text_of(ready.get("/courses/pledge"))
    assert course.count("You have signed the statement and completed the course.") == 1
    assert "See your certificate" in course
    assert "Your signed statement" in course
    page = text_of(ready.get(ADDRESS))
    assert "<bdi>ada okafor</bdi></strong> on 2 March 2026" in page
    assert "wording" not in page
    with database.reading_session() as session:
        number = session.scalars(select(Certificate.number)).one()
    certificate = text_of(ready.get(f"/certificates/{number}"))
    assert "<dt>Statement signed</dt><dd>2 March 2026</dd>" in certificate


def test_who_completed_the_course_before_has_nothing_to_sign(
    ready: FlaskClient, row: EnrolmentRow, database: Database
) -> None:
    with database.transaction() as session:
        without = PLEDGE.partition("attestation")[0] + "hours: 1\n---\n"
        publish_sample(session, {PLEDGE_FILE: without})
    ready.post("/courses/pledge/complete")
    with database.transaction() as session:
        publish_sample(session, {PLEDGE_FILE: PLEDGE})
    assert "nothing for you to sign" in text_of(ready.get(ADDRESS))
    course = text_of(ready.get("/courses/pledge"))
    assert "See your certificate" in course
    assert ADDRESS not in course
