"""Inviting people, and a new link for a member who lost theirs."""

import re
from collections.abc import Callable
from email import message_from_string, policy
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lms.accounts.models import AccountLink, User
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization
from tests.factories import make_member, make_user

SignIn = Callable[[int], FlaskClient]
Letters = Callable[[], list[str]]
Invite = Callable[..., TestResponse]
Add = Callable[..., int]
Count = Callable[[type], int]
LINK = re.compile(r"http://127\.0\.0\.1:8000(/(?:invitation|reset)/[\w-]{43})")


# Inviting


def test_the_form_asks_for_name_and_role(house: Any, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get("/organizations/riverside/invite").text
    assert '<label class="form-label" for="sign_in_name">E-mail or user name</label>' in page
    assert re.search(r'value="member" checked', page)
    assert not re.search(r'value="manager" checked', page)


def test_somebody_new_with_an_email_gets_a_letter_that_lets_them_in(
    *,
    house: Any,
    database: Database,
    client: FlaskClient,
    sign_in: SignIn,
    letters: Letters,
    invite: Invite,
) -> None:
    answer = invite(sign_in(house.manager), " Ada@Example.org ", role="manager")
    assert (answer.status_code, answer.location) == (303, "/organizations/riverside/people")
    (text,) = letters()
    letter = message_from_string(text, policy=policy.default)
    assert letter["To"] == "ada@example.org"
    body = letter.get_content()
    assert "Grace Manager has invited you to Rounds" in body
    assert "Riverside Clinic" in body
    found = LINK.search(body)
    assert found
    client.get(found[1])
    assert "Welcome, Ada" in client.get("/choose-password").text
    chosen = {"new": "four words for the door", "repeat": "four words for the door"}
    assert client.post("/choose-password", data=chosen).status_code == 303
    assert "Ada Okafor" in client.get("/organizations/riverside/people").text
    with database.reading_session() as session:
        rows = session.execute(
            sa.select(User.email, Membership.role).join(User).where(User.name == "Ada Okafor")
        ).all()
    assert rows == [("ada@example.org", "manager")]


def test_the_manager_cannot_tell_a_new_account_from_one_that_was_there(
    house: Any, sign_in: SignIn, letters: Letters, invite: Invite
) -> None:
    client, pages = sign_in(house.manager), []
    for email in ("nora@example.org", "anew@example.org"):
        answer = invite(client, email)
        assert answer.status_code == 303
        shown = re.search(r'role="status">([^<]+)</div>', client.get(answer.location).text)
        assert shown
        pages.append((answer.text, shown[1].replace(email, "ADDRESS")))
    assert pages[0] == pages[1]
    to_the_new, to_nora = sorted(letters(), key=lambda text: "nora@example.org" in text)
    assert "asks you to join Riverside Clinic" in to_nora
    assert not LINK.search(to_nora)
    assert LINK.search(to_the_new)


def test_an_account_that_was_there_keeps_its_password_and_its_organization(
    house: Any, database: Database, sign_in: SignIn, invite: Invite
) -> None:
    invite(sign_in(house.manager), "nora@example.org")
    with database.reading_session() as session:
        assert session.get_one(User, house.other_member).password_hash == "h"
    assert "Nora Other" not in sign_in(house.manager).get("/organizations/riverside/people").text
    assert "Nora Other" in sign_in(house.other_manager).get("/organizations/hillside/people").text


def test_a_deactivated_account_gets_no_letter(
    *, house: Any, database: Database, sign_in: SignIn, letters: Letters, clock: Any, invite: Invite
) -> None:
    with database.transaction() as session:
        make_user(session, email="off@example.org", deactivated_at=clock())
    assert invite(sign_in(house.manager), "off@example.org").status_code == 303
    assert letters() == []


def test_somebody_without_email_gets_a_link_that_is_shown_once(
    *, house: Any, client: FlaskClient, sign_in: SignIn, letters: Letters, invite: Invite
) -> None:
    manager = sign_in(house.manager)
    answer = invite(manager, "Ada.O")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ada.o" in answer.text
    found = LINK.search(answer.text)
    assert found
    for address in (
        "/organizations/riverside/people",
        "/organizations/riverside/invite",
        "/account",
    ):
        assert not LINK.search(manager.get(address).text)
    with manager.session_transaction() as cookie:
        assert found[1].rsplit("/", 1)[1] not in str(dict(cookie))
    assert letters() == []
    client.get(found[1])
    assert 'value="ada.o"' in client.get("/choose-password").text


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "Type the person&#39;s name."),
        ({"name": "  "}, "Type the person&#39;s name."),
        ({"name": "n" * 201}, "Use 200 characters or fewer."),
        ({"name": "Ada\x1b"}, "cannot be shown"),
        ({"sign_in_name": ""}, "Type an e-mail address or a user name."),
        ({"sign_in_name": "ada@home"}, "looks like name@example.org"),
        ({"sign_in_name": "a"}, "3 to 100 characters"),
        ({"sign_in_name": "taken.name"}, "This user name is taken."),
        ({"sign_in_name": "mia@example.org"}, "already belongs"),
        ({"role": "administrator"}, "Choose one of the roles."),
    ],
)
def test_what_cannot_be_used_is_asked_again(
    *,
    house: Any,
    database: Database,
    sign_in: SignIn,
    letters: Letters,
    fields: dict[str, str],
    message: str,
    count: Count,
) -> None:
    with database.transaction() as session:
        make_user(session, user_name="taken.name")
    people, members = count(User), count(Membership)
    form = {"name": "Ada Okafor", "sign_in_name": "ada@example.org", "role": "manager", **fields}
    answer = sign_in(house.manager).post("/organizations/riverside/invite", data=form)
    assert answer.status_code == 422
    assert message in answer.text
    # What was typed is still there.
    for name in ("name", "sign_in_name"):
        if form[name].isprintable() and form[name].strip():
            assert f'value="{form[name]}"' in answer.text
    assert ('value="manager" checked' in answer.text) is ("role" not in fields)
    assert (count(User), count(Membership)) == (people, members)
    assert letters() == []


def test_no_letter_leaves_when_the_transaction_fails(
    house: Any, sign_in: SignIn, letters: Letters, invite: Invite, count: Count
) -> None:
    client = sign_in(house.manager)

    def fail(_session: Session) -> None:
        raise OperationalError("COMMIT", {}, OSError("the disk is full"))

    event.listen(Session, "before_commit", fail)
    try:
        answer = invite(client, "ada@example.org")
    finally:
        event.remove(Session, "before_commit", fail)
    assert answer.status_code == 500
    assert letters() == []
    assert count(User) == 6


# New links


def test_a_member_with_an_email_is_sent_a_new_link(
    house: Any, client: FlaskClient, sign_in: SignIn, letters: Letters
) -> None:
    manager = sign_in(house.manager)
    answer = manager.post(f"/organizations/riverside/people/{house.membership}/link")
    page = f"/organizations/riverside/people/{house.membership}"
    assert (answer.status_code, answer.location) == (303, page)
    assert "A new link is on its way to mia@example.org." in manager.get(answer.location).text
    (text,) = letters()
    letter = message_from_string(text, policy=policy.default)
    assert letter["To"] == "mia@example.org"
    found = LINK.search(letter.get_content())
    assert found
    assert found[1].startswith("/reset/")
    assert "within one hour" in letter.get_content()
    client.get(found[1])
    assert "For the account of Mia Member." in client.get("/choose-password").text


@pytest.mark.parametrize(
    ("password_hash", "path", "span"),
    [(None, "/invitation/", "within 7 days"), ("h", "/reset/", "within one hour")],
)
def test_a_member_without_email_gets_a_link_that_is_shown_once(
    *,
    house: Any,
    sign_in: SignIn,
    letters: Letters,
    password_hash: str | None,
    path: str,
    span: str,
    add: Add,
) -> None:
    membership_id = add("riverside", email=None, user_name="ivy.i", password_hash=password_hash)
    manager = sign_in(house.manager)
    answer = manager.post(f"/organizations/riverside/people/{membership_id}/link")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = LINK.search(answer.text)
    assert found
    assert found[1].startswith(path)
    assert span in answer.text
    assert not LINK.search(manager.get("/organizations/riverside/people").text)
    assert letters() == []


@pytest.mark.parametrize("kind", ["administrator", "instructor", "elsewhere", "deactivated"])
def test_a_manager_cannot_take_over_an_account_with_other_rights(
    *,
    house: Any,
    database: Database,
    sign_in: SignIn,
    letters: Letters,
    clock: Any,
    kind: str,
    add: Add,
    count: Count,
) -> None:
    values: dict[str, Any] = {"email": None, "user_name": "ivy.i"}
    if kind in ("administrator", "instructor"):
        values["role"] = kind
    if kind == "deactivated":
        values["deactivated_at"] = clock()
    membership_id = add("riverside", name="Ivy Other", **values)
    if kind == "elsewhere":
        with database.transaction() as session:
            hillside = session.scalars(
                sa.select(Organization).where(Organization.slug == "hillside")
            ).one()
            make_member(session, hillside, session.get_one(Membership, membership_id).user)
    manager = sign_in(house.manager)
    answer = manager.post(f"/organizations/riverside/people/{membership_id}/link")
    assert answer.status_code == 403
    assert "You cannot make a sign-in link for this account." in answer.text
    assert not LINK.search(answer.text)
    # The member's page does not offer it either.
    for one, offered in ((membership_id, False), (house.membership, True)):
        page = manager.get(f"/organizations/riverside/people/{one}").text
        assert (f"/people/{one}/link" in page) is offered
    assert count(AccountLink) == 0
    assert letters() == []
