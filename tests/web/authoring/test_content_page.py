"""The instructors' page: what is in force, and how it came to be."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lms.foundation.database import Database
from tests.factories import (
    BEGINNING,
    make_member,
    make_organization,
    make_user,
    publish_sample,
)
from tests.sample_content import LESSON
from tests.web.forms import text_of

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def instructor(database: Database, sign_in: SignIn) -> FlaskClient:
    with database.transaction() as session:
        user_id = make_user(session, role="instructor").id
    return sign_in(user_id)


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/content").location == "/sign-in?next=/content"


@pytest.mark.parametrize("manages", [False, True])
def test_a_learner_may_not_even_one_who_manages_people(
    database: Database, sign_in: SignIn, *, manages: bool
) -> None:
    with database.transaction() as session:
        user = make_user(session)
        if manages:
            make_member(session, make_organization(session), user, role="manager")
    client = sign_in(user.id)
    assert client.get("/content").status_code == 403
    assert 'href="/content"' not in text_of(client.get("/"))


@pytest.mark.parametrize("role", ["instructor", "administrator"])
def test_who_may(database: Database, sign_in: SignIn, role: str) -> None:
    with database.transaction() as session:
        user_id = make_user(session, role=role).id
    client = sign_in(user_id)
    assert client.get("/content").status_code == 200
    assert 'href="/content"' in text_of(client.get("/"))


def test_before_anything_is_published(instructor: FlaskClient) -> None:
    page = text_of(instructor.get("/content"))
    assert "Nothing is published yet" in page


def test_what_is_in_force_and_how_it_came_to_be(
    database: Database, instructor: FlaskClient
) -> None:
    with database.transaction() as session:
        publish_sample(session)
        publish_sample(
            session,
            {
                "modules/privacy/lessons/01-right-amount.md": LESSON + "\nMore.\n",
            },
            now=BEGINNING + timedelta(days=1),
            by_name="Priya <Nair>",
            note="The <b>law</b> changed",
            is_material=True,
        )
    answer = instructor.get("/content")
    page = text_of(answer)
    for title in ("Onboarding", "Privacy refresher", "Yearly review", "Handing over"):
        assert title in page
    assert "<td>2</td>" in page
    assert "no quiz" in page
    assert "privacy to revision 2 (material)" in page
    assert page.index("6 January 2026") < page.index("5 January 2026")
    # What a publisher wrote is text.
    assert "The &lt;b&gt;law&lt;/b&gt; changed" in answer.get_data(as_text=True)
    assert "Priya &lt;Nair&gt;" in answer.get_data(as_text=True)
