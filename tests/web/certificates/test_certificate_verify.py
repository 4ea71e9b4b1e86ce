"""The public check: what anyone may learn of a certificate by its number, and no more."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.foundation.database import Database
from tests.conftest import StandingClock
from tests.factories import make_user
from tests.service.certificates.completions import make_certificate

UNKNOWN = "RND-0000-0000-0000"


def issued(database: Database, **values: Any) -> str:
    """The number of a certificate of Ada Okafor."""
    with database.transaction() as session:
        user = make_user(session, email="ada.private@example.org", user_name="ada.private")
        return make_certificate(session, user, **values).number


def text_of(page: Any) -> str:
    return unescape(page.get_data(as_text=True)).replace("\xa0", " ")


# The form


def test_the_form_is_for_everyone(client: FlaskClient) -> None:
    page = client.get("/verify")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<label class="form-label" for="number">' in text_of(page)
    assert "aria-invalid" not in text_of(page)


@pytest.mark.parametrize(
    "typed", ["RND-7K3M-Q9TZ-4WX0", "rnd 7k3m q9tz 4wxo", " 7K3MQ9TZ4WX0 ", "RND–7K3M–Q9TZ–4WX0"]
)
def test_a_typed_number_leads_to_its_page(client: FlaskClient, typed: str) -> None:
    answer = client.get("/verify", query_string={"number": typed})
    assert answer.status_code == 303
    assert answer.location == "/verify/RND-7K3M-Q9TZ-4WX0"
    assert answer.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "Type the number that is printed on the certificate."),
        ("RND-7K3M", "this one has 4."),
        ("RND-7K3M-Q9TZ-4WU0", "never contains “U”."),
        ("RND-7K3M-Q9TZ-4XW0", "One character is wrong or two are swapped"),
        ('"><script>', "never contains"),
    ],
)
def test_an_impossible_number_stays_in_the_form_with_a_reason(
    client: FlaskClient, typed: str, fault: str
) -> None:
    page = client.get("/verify", query_string={"number": typed})
    assert page.status_code == 422
    assert page.headers["X-Robots-Tag"] == "noindex"
    text = text_of(page)
    assert fault in text
    assert f'value="{typed}"' in text
    assert 'aria-describedby="number-hint number-fault"' in text
    assert "<script>" not in page.get_data(as_text=True)


# The page of a number


def test_a_valid_certificate(client: FlaskClient, database: Database) -> None:
    number = issued(database, learner_name="<i>Zoë</i> O’Brien")
    page = client.get(f"/verify/{number}")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    text = text_of(page)
    for part in (
        "This certificate is valid",
        number,
        "<i>Zoë</i> O’Brien",
        "Patient care coordination",
        "5 January 2026",
        "5 January 2027",
        ">Valid<",
        "Rounds, 127.0.0.1:8000",
    ):
        assert part in text
    assert "<i>" not in page.get_data(as_text=True)


def test_it_tells_the_public_nothing_else(client: FlaskClient, database: Database) -> None:
    text = text_of(client.get(f"/verify/{issued(database)}"))
    for private in ("92%", "Score", "Skills", "Hours", "private", "example.org", "/certificates/"):
        assert private not in text


def test_a_certificate_expires_at_its_moment(
    client: FlaskClient, database: Database, clock: StandingClock
) -> None:
    number = issued(database, now=clock(), validity_months=1)
    expiry = clock().replace(month=4)
    clock.moment = expiry - timedelta(seconds=1)
    assert "This certificate is valid" in text_of(client.get(f"/verify/{number}"))
    clock.moment = expiry
    text = text_of(client.get(f"/verify/{number}"))
    assert "This certificate has expired" in text
    assert ">Expired<" in text
    assert ">Valid<" not in text


def test_a_certificate_without_expiry(client: FlaskClient, database: Database) -> None:
    text = text_of(client.get(f"/verify/{issued(database, validity_months=None)}"))
    assert "This certificate is valid" in text
    assert "Does not expire" in text


def test_a_number_that_is_not_known(client: FlaskClient, database: Database) -> None:
    issued(database)
    page = client.get(f"/verify/{UNKNOWN}")
    assert page.status_code == 404
    assert page.headers["X-Robots-Tag"] == "noindex"
    text = text_of(page)
    assert "This number is not known" in text
    assert "Check the typing" in text
    assert f'value="{UNKNOWN}"' in text


@pytest.mark.parametrize("number", ["RND-0000-0000-0001", "nonsense", "%22%3E%3Cscript%3E"])
def test_an_impossible_number_is_not_known_and_the_page_says_why(
    client: FlaskClient, number: str
) -> None:
    page = client.get(f"/verify/{number}")
    assert page.status_code == 404
    assert 'id="number-fault"' in text_of(page)
    assert "<script>" not in page.get_data(as_text=True)


def test_another_spelling_is_sent_to_the_printed_one(
    client: FlaskClient, database: Database
) -> None:
    number = issued(database)
    answer = client.get(f"/verify/{number.lower().replace('-', '')}")
    assert answer.status_code == 303
    assert answer.location == f"/verify/{number}"
    assert client.get(answer.location).status_code == 200


def test_a_check_asks_the_database_once(client: FlaskClient, database: Database) -> None:
    number = issued(database)
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    client.get("/verify")
    assert seen == []
    client.get(f"/verify/{number}")
    client.get(f"/verify/{UNKNOWN}")
    assert len(seen) == 2
