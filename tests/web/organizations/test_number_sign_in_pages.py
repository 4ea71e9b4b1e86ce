"""Signing in with code and number: what it takes, and that it tells nobody who exists."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.accounts.passwords import choose
from lms.foundation.database import Database
from lms.organizations import positions
from lms.organizations.models import Membership
from lms.organizations.placements import Placement

PASSWORD = "seven quiet hallways"
HASH = choose(PASSWORD, names=())


@pytest.fixture
def enter(client: FlaskClient) -> Callable[..., TestResponse]:
    """A function that tries to sign in."""

    def send(code: str, number: str, password: str = PASSWORD, **more: str) -> TestResponse:
        form = {"code": code, "number": number, "password": password, **more}
        return client.post("/sign-in/number", data=form)

    return send


@pytest.fixture
def mia(house: Any, database: Database, clock: Any) -> int:
    """Mia, of riverside, with a number and a password; her membership."""
    with database.transaction() as session:
        membership = session.get_one(Membership, house.membership)
        membership.user.password_hash = HASH
        positions.place(session, membership, Placement("E-10"), now=clock())
    return house.membership


@pytest.mark.usefixtures("mia")
@pytest.mark.parametrize(("code", "number"), [("riverside", "E-10"), (" Riverside ", " e-10 ")])
def test_code_and_number_sign_in(
    client: FlaskClient, enter: Callable[..., TestResponse], code: str, number: str
) -> None:
    answer = enter(code, number, next="/account")
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Mia Member" in client.get("/account").text
    assert client.get("/sign-in/number").status_code == 302


def test_the_pages_lead_to_each_other_and_keep_what_was_wanted(client: FlaskClient) -> None:
    page = client.get("/sign-in?next=/account").text
    assert 'href="/sign-in/number?next=/account"' in page
    form = client.get("/sign-in/number?next=/account&code=riverside").text
    assert 'value="riverside"' in form
    assert 'href="/sign-in?next=/account"' in form
    assert "evil" not in client.get("/sign-in/number?next=//evil.example").text


@pytest.mark.usefixtures("mia")
def test_every_failure_looks_the_same(enter: Callable[..., TestResponse]) -> None:
    tries = [
        ("riverside", "E-10", "wrong password"),
        ("riverside", "E-11", PASSWORD),
        ("hillside", "E-10", PASSWORD),
        ("nowhere", "E-10", PASSWORD),
    ]
    pages = set()
    for code, number, password in tries:
        answer = enter(code, number, password)
        assert answer.status_code == 422
        page = re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", answer.text)
        pages.add(page.replace(f'value="{code}"', "").replace(f'value="{number}"', ""))
    assert len(pages) == 1
    assert "do not match an account" in pages.pop()
    assert enter("", "").status_code == 422


def test_tries_are_limited_whether_the_number_exists_or_not(
    mia: int, database: Database, enter: Callable[..., TestResponse]
) -> None:
    for number in ("E-10", "E-99"):
        codes = [enter("riverside", number, "wrong").status_code for _ in range(6)]
        assert codes == [422] * 5 + [429]
    answer = enter("riverside", "E-10")
    assert answer.status_code == 429
    assert "Retry-After" in answer.headers


def test_whoever_left_does_not_sign_in(
    mia: int, database: Database, clock: Any, enter: Callable[..., TestResponse]
) -> None:
    with database.transaction() as session:
        organization_id = session.get_one(Membership, mia).organization_id
        positions.end_memberships(session, organization_id, [mia], now=clock())
    assert enter("riverside", "E-10").status_code == 422


def test_numbers_that_differ_in_case_alone_are_typed_as_they_are(
    *,
    house: Any,
    mia: int,
    database: Database,
    clock: Any,
    client: FlaskClient,
    enter: Callable[..., TestResponse],
    add: Callable[..., int],
) -> None:
    other = add("riverside", name="Eve", password_hash=HASH)
    with database.transaction() as session:
        positions.place(session, session.get_one(Membership, other), Placement("e-10"), now=clock())
    assert enter("riverside", "e-10").status_code == 303
    assert "Eve" in client.get("/account").text
