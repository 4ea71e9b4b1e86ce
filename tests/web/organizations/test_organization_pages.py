"""The manager's pages: the list of people, inviting, new links; and nothing of another organization."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from tests.factories import make_member, make_organization, make_user

SignIn = Callable[[int], FlaskClient]
Letters = Callable[[], list[str]]
LINK = re.compile(r"http://127\.0\.0\.1:8000(/(?:invitation|reset)/[\w-]{43})")


@dataclass(frozen=True)
class House:
    """Two organizations, a manager and a member of each, and people who manage nothing."""

    manager: int
    member: int
    other_manager: int
    other_member: int
    administrator: int
    instructor: int


@pytest.fixture
def house(database: Database) -> House:
    """`riverside` is Grace's, `hillside` is Hugo's."""
    with database.transaction() as session:
        riverside = make_organization(session, slug="riverside", name="Riverside Clinic")
        hillside = make_organization(session, slug="hillside", name="Hillside Hospice")
        grace = make_user(session, name="Grace Manager", password_hash="h")
        mia = make_user(session, name="Mia Member", email="mia@example.org", password_hash="h")
        hugo = make_user(session, name="Hugo Other", password_hash="h")
        nora = make_user(session, name="Nora Other", email="nora@example.org", password_hash="h")
        make_member(session, riverside, grace, "manager")
        make_member(session, riverside, mia)
        make_member(session, hillside, hugo, "manager")
        make_member(session, hillside, nora)
        return House(
            manager=grace.id,
            member=mia.id,
            other_manager=hugo.id,
            other_member=nora.id,
            administrator=make_user(session, role="administrator").id,
            instructor=make_user(session, role="instructor").id,
        )


def add(database: Database, slug: str, **values: Any) -> int:
    """A new person in the organization with that slug; their id."""
    with database.transaction() as session:
        organization = session.scalars(
            sa.select(Organization).where(Organization.slug == slug)
        ).one()
        user = make_user(session, **values)
        make_member(session, organization, user)
        return user.id


def invite(
    client: FlaskClient, sign_in_name: str, slug: str = "riverside", **fields: str
) -> TestResponse:
    form = {"name": "Ada Okafor", "sign_in_name": sign_in_name, "role": "member", **fields}
    return client.post(f"/organizations/{slug}/invite", data=form)


def count(database: Database, table: type) -> int:
    with database.reading_session() as session:
        return session.scalars(sa.select(sa.func.count()).select_from(table)).one()


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The SELECT statements of the block."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", note)


ROUTES = [
    ("GET", "/people"),
    ("GET", "/organizations/riverside/invite"),
    ("POST", "/organizations/riverside/invite"),
    ("POST", "/organizations/riverside/people/{member}/link"),
]


# Who may


@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_a_visitor_is_asked_to_sign_in(
    house: House, client: FlaskClient, method: str, address: str
) -> None:
    answer = client.open(address.format(member=house.member), method=method)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("role", ["member", "instructor"])
@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_whoever_manages_nothing_is_refused(
    *, house: House, sign_in: SignIn, role: str, method: str, address: str
) -> None:
    client = sign_in(getattr(house, role))
    assert client.open(address.format(member=house.member), method=method).status_code == 403


def test_a_former_manager_is_refused(
    house: House, database: Database, sign_in: SignIn, clock: Any
) -> None:
    client = sign_in(house.manager)
    assert client.get("/people").status_code == 200
    with database.transaction() as session:
        session.execute(
            sa.update(Membership)
            .where(Membership.user_id == house.manager)
            .values(ended_at=clock())
        )
    assert client.get("/people").status_code == 403


@pytest.mark.parametrize("slug", ["hillside", "nowhere", "..", "RIVERSIDE"])
def test_no_address_leads_into_another_organization(
    *, house: House, database: Database, sign_in: SignIn, letters: Letters, slug: str
) -> None:
    client = sign_in(house.manager)
    assert client.get("/people", query_string=f"organization={slug}").status_code == 404
    assert client.get(f"/organizations/{slug}/invite").status_code == 404
    assert invite(client, "new@example.org", slug).status_code == 404
    for user_id in (house.member, house.other_member, house.other_manager):
        answer = client.post(f"/organizations/{slug}/people/{user_id}/link")
        assert answer.status_code == 404
    assert count(database, User) == 6
    assert count(database, Membership) == 4
    assert count(database, AccountLink) == 0
    assert letters() == []


def test_no_id_leads_to_the_person_of_another_organization(
    house: House, database: Database, sign_in: SignIn, letters: Letters
) -> None:
    client = sign_in(house.manager)
    strangers = (house.other_member, house.other_manager, house.administrator, 0, 4711, 2**63 - 1)
    for user_id in (*strangers, 2**63, 10**40):
        answer = client.post(f"/organizations/riverside/people/{user_id}/link")
        assert answer.status_code == 404
    assert count(database, AccountLink) == 0
    assert letters() == []


def test_no_page_shows_anybody_of_another_organization(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.manager)
    for address in ("/people", "/people?q=Other", "/people?q=nora@example.org", "/people?page=2"):
        page = client.get(address).text
        for hidden in ("Nora", "Hugo", "Hillside", "hillside"):
            assert hidden not in page
    assert "Mia Member" in client.get("/people").text


def test_an_administrator_reaches_every_organization(house: House, sign_in: SignIn) -> None:
    client = sign_in(house.administrator)
    page = client.get("/people").text
    assert "Nora Other" in page
    assert "Mia Member" not in page
    assert '<option value="riverside">Riverside Clinic</option>' in page
    assert "Mia Member" in client.get("/people?organization=riverside").text
    assert client.get("/organizations/riverside/invite").status_code == 200


def test_without_any_organization_the_page_says_so(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        user_id = make_user(session, role="administrator").id
    assert "There is no organization yet." in sign_in(user_id).get("/people").text


# The list


def test_the_list_says_who_everyone_is(house: House, database: Database, sign_in: SignIn) -> None:
    add(database, "riverside", name="Ivy Invited", email=None, user_name="ivy.i")
    page = sign_in(house.manager).get("/people").text
    names = re.findall(r'<h2 class="h6 mb-0">([^<]+)</h2>', page)
    assert names == ["Grace Manager", "Ivy Invited", "Mia Member"]
    assert "ivy.i" in page
    assert page.count("Invited, not yet signed in") == 1
    assert page.count("Manager since") == 1
    assert page.count("Member since") == 2
    assert "5\N{NO-BREAK SPACE}January\N{NO-BREAK SPACE}2026" in page
    assert "3 people" in page


def test_a_search_stays_in_the_address(house: House, database: Database, sign_in: SignIn) -> None:
    for number in range(60):
        add(database, "riverside", name=f"Robin {number:02}")
    client = sign_in(house.manager)
    page = client.get("/people?q=robin").text
    assert 'value="robin"' in page
    assert "Mia Member" not in page
    assert "60 people found." in page
    assert "Page 1 of 2" in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    second = client.get(following[1].replace("&amp;", "&")).text
    assert "Robin 59" in second
    assert "Robin 00" not in second
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert "0 people found." in client.get("/people?q=%25").text


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999999", "x", ""])
def test_a_page_that_does_not_exist_is_the_nearest(
    house: House, sign_in: SignIn, number: str
) -> None:
    answer = sign_in(house.manager).get(f"/people?page={number}")
    assert answer.status_code == 200
    assert "Mia Member" in answer.text


def test_what_is_searched_for_is_shown_as_text(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get('/people?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_the_list_takes_a_fixed_number_of_queries(
    house: House, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    with counted(database) as few:
        client.get("/people")
    for _ in range(40):
        add(database, "riverside")
    with counted(database) as many:
        assert client.get("/people").text.count("Member since") == 41
    # Who asks, what they manage, how many there are, and the page of them.
    assert len(few) == len(many) == 4


# Inviting


def test_the_form_asks_for_name_and_role(house: House, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get("/organizations/riverside/invite").text
    assert '<label class="form-label" for="sign_in_name">E-mail or user name</label>' in page
    assert re.search(r'value="member" checked', page)
    assert not re.search(r'value="manager" checked', page)


def test_somebody_new_with_an_email_gets_a_letter_that_lets_them_in(
    *, house: House, database: Database, client: FlaskClient, sign_in: SignIn, letters: Letters
) -> None:
    answer = invite(sign_in(house.manager), " Ada@Example.org ", role="manager")
    assert (answer.status_code, answer.location) == (303, "/people?organization=riverside")
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
    assert "Ada Okafor" in client.get("/people").text
    with database.reading_session() as session:
        rows = session.execute(
            sa.select(User.email, Membership.role).join(User).where(User.name == "Ada Okafor")
        ).all()
    assert rows == [("ada@example.org", "manager")]


def test_the_manager_cannot_tell_a_new_account_from_one_that_was_there(
    house: House, sign_in: SignIn, letters: Letters
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
    assert "has added your Rounds account to Riverside Clinic" in to_nora
    assert not LINK.search(to_nora)
    assert LINK.search(to_the_new)


def test_an_account_that_was_there_keeps_its_password_and_its_organization(
    house: House, database: Database, sign_in: SignIn
) -> None:
    invite(sign_in(house.manager), "nora@example.org")
    with database.reading_session() as session:
        assert session.get_one(User, house.other_member).password_hash == "h"
    assert "Nora Other" in sign_in(house.manager).get("/people").text
    assert "Nora Other" in sign_in(house.other_manager).get("/people").text


def test_a_deactivated_account_gets_no_letter(
    house: House, database: Database, sign_in: SignIn, letters: Letters, clock: Any
) -> None:
    with database.transaction() as session:
        make_user(session, email="off@example.org", deactivated_at=clock())
    assert invite(sign_in(house.manager), "off@example.org").status_code == 303
    assert letters() == []


def test_somebody_without_email_gets_a_link_that_is_shown_once(
    *, house: House, client: FlaskClient, sign_in: SignIn, letters: Letters
) -> None:
    manager = sign_in(house.manager)
    answer = invite(manager, "Ada.O")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ada.o" in answer.text
    found = LINK.search(answer.text)
    assert found
    for address in ("/people", "/organizations/riverside/invite", "/account"):
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
        ({"name": "n" * 201}, "longer than 200"),
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
    house: House,
    database: Database,
    sign_in: SignIn,
    letters: Letters,
    fields: dict[str, str],
    message: str,
) -> None:
    with database.transaction() as session:
        make_user(session, user_name="taken.name")
    people, members = count(database, User), count(database, Membership)
    form = {"name": "Ada Okafor", "sign_in_name": "ada@example.org", "role": "manager", **fields}
    answer = sign_in(house.manager).post("/organizations/riverside/invite", data=form)
    assert answer.status_code == 422
    assert message in answer.text
    # What was typed is still there.
    for name in ("name", "sign_in_name"):
        if form[name].isprintable() and form[name].strip():
            assert f'value="{form[name]}"' in answer.text
    assert ('value="manager" checked' in answer.text) is ("role" not in fields)
    assert (count(database, User), count(database, Membership)) == (people, members)
    assert letters() == []


def test_no_letter_leaves_when_the_transaction_fails(
    house: House, database: Database, sign_in: SignIn, letters: Letters
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
    assert count(database, User) == 6


# New links


def test_a_member_with_an_email_is_sent_a_new_link(
    house: House, client: FlaskClient, sign_in: SignIn, letters: Letters
) -> None:
    manager = sign_in(house.manager)
    answer = manager.post(f"/organizations/riverside/people/{house.member}/link")
    assert (answer.status_code, answer.location) == (303, "/people?organization=riverside")
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
    house: House,
    database: Database,
    sign_in: SignIn,
    letters: Letters,
    password_hash: str | None,
    path: str,
    span: str,
) -> None:
    user_id = add(database, "riverside", email=None, user_name="ivy.i", password_hash=password_hash)
    manager = sign_in(house.manager)
    answer = manager.post(f"/organizations/riverside/people/{user_id}/link")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = LINK.search(answer.text)
    assert found
    assert found[1].startswith(path)
    assert span in answer.text
    assert not LINK.search(manager.get("/people").text)
    assert letters() == []


@pytest.mark.parametrize("kind", ["administrator", "instructor", "elsewhere", "deactivated"])
def test_a_manager_cannot_take_over_an_account_with_other_rights(
    *,
    house: House,
    database: Database,
    sign_in: SignIn,
    letters: Letters,
    clock: Any,
    kind: str,
) -> None:
    values: dict[str, Any] = {"email": None, "user_name": "ivy.i"}
    if kind in ("administrator", "instructor"):
        values["role"] = kind
    if kind == "deactivated":
        values["deactivated_at"] = clock()
    user_id = add(database, "riverside", name="Ivy Other", **values)
    if kind == "elsewhere":
        with database.transaction() as session:
            hillside = session.scalars(
                sa.select(Organization).where(Organization.slug == "hillside")
            ).one()
            make_member(session, hillside, session.get_one(User, user_id))
    manager = sign_in(house.manager)
    answer = manager.post(f"/organizations/riverside/people/{user_id}/link")
    assert answer.status_code == 403
    assert "You cannot make a sign-in link for this account." in answer.text
    assert not LINK.search(answer.text)
    # The list does not offer it either.
    page = manager.get("/people").text
    assert f"/people/{user_id}/link" not in page
    assert f"/people/{house.member}/link" in page
    assert count(database, AccountLink) == 0
    assert letters() == []
