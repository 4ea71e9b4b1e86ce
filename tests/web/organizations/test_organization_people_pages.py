"""The list of people, who may see it, and nothing of another organization anywhere."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy import event
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


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The reading statements of the block."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in database.engines:
        event.remove(engine, "before_cursor_execute", note)


PEOPLE = "/organizations/riverside/people"
ROUTES = [
    ("GET", "/organizations"),
    ("GET", "/organizations/riverside/people"),
    ("GET", "/organizations/riverside/people/{member}"),
    ("GET", "/organizations/riverside/invite"),
    ("POST", "/organizations/riverside/invite"),
    ("POST", "/organizations/riverside/people/{member}/link"),
]


# Who may


@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_a_visitor_is_asked_to_sign_in(
    house: Any, client: FlaskClient, method: str, address: str
) -> None:
    answer = client.open(address.format(member=house.membership), method=method)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("role", ["member", "instructor"])
@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_whoever_manages_nothing_is_refused(
    *, house: Any, sign_in: SignIn, role: str, method: str, address: str
) -> None:
    client = sign_in(getattr(house, role))
    assert client.open(address.format(member=house.membership), method=method).status_code == 403


def test_a_former_manager_is_refused(
    house: Any, database: Database, sign_in: SignIn, clock: Any
) -> None:
    client = sign_in(house.manager)
    assert client.get(PEOPLE).status_code == 200
    with database.transaction() as session:
        session.execute(
            sa.update(Membership)
            .where(Membership.user_id == house.manager)
            .values(ended_at=clock())
        )
    assert client.get(PEOPLE).status_code == 403


@pytest.mark.parametrize("slug", ["hillside", "nowhere", "..", "RIVERSIDE"])
def test_no_address_leads_into_another_organization(
    *, house: Any, sign_in: SignIn, letters: Letters, slug: str, invite: Invite, count: Count
) -> None:
    client = sign_in(house.manager)
    assert client.get(f"/organizations/{slug}/people").status_code == 404
    assert client.get(f"/organizations/{slug}/invite").status_code == 404
    assert invite(client, "new@example.org", slug).status_code == 404
    for membership_id in (house.membership, house.other_membership):
        answer = client.post(f"/organizations/{slug}/people/{membership_id}/link")
        assert answer.status_code == 404
    assert count(User) == 6
    assert count(Membership) == 4
    assert count(AccountLink) == 0
    assert letters() == []


def test_no_id_leads_to_the_person_of_another_organization(
    house: Any, sign_in: SignIn, letters: Letters, count: Count
) -> None:
    client = sign_in(house.manager)
    strangers = (house.other_membership, 0, 4711, 2**63 - 1)
    for membership_id in (*strangers, 2**63, 10**40):
        answer = client.post(f"/organizations/riverside/people/{membership_id}/link")
        assert answer.status_code == 404
    assert count(AccountLink) == 0
    assert letters() == []


def test_no_page_shows_anybody_of_another_organization(house: Any, sign_in: SignIn) -> None:
    client = sign_in(house.manager)
    for address in ("", "?q=Other", "?q=nora@example.org", "?page=2"):
        page = client.get(f"{PEOPLE}{address}").text
        for hidden in ("Nora", "Hugo", "Hillside", "hillside"):
            assert hidden not in page
    assert "Mia Member" in client.get(PEOPLE).text


def test_an_administrator_reaches_every_organization(house: Any, sign_in: SignIn) -> None:
    client = sign_in(house.administrator)
    page = client.get("/organizations").text
    assert re.findall(r'href="/organizations/(\w+)/compliance"', page) == ["hillside", "riverside"]
    for slug, name in (("hillside", "Nora Other"), ("riverside", "Mia Member")):
        assert name in client.get(f"/organizations/{slug}/people").text
        assert client.get(f"/organizations/{slug}/invite").status_code == 200


def test_without_any_organization_the_page_says_so(database: Database, sign_in: SignIn) -> None:
    with database.transaction() as session:
        user_id = make_user(session, role="administrator").id
    assert "There is no organization yet." in sign_in(user_id).get("/organizations").text


# The list


def test_the_list_says_who_everyone_is(house: Any, sign_in: SignIn, add: Add) -> None:
    add("riverside", name="Ivy Invited", email=None, user_name="ivy.i")
    page = sign_in(house.manager).get(PEOPLE).text
    names = re.findall(r'<h2 class="h6 mb-0"><a href="[^"]+/people/\d+">([^<]+)<', page)
    assert names == ["Grace Manager", "Ivy Invited", "Mia Member"]
    assert "ivy.i" in page
    assert page.count('<span class="pill pill-soon">Not yet signed in') == 1
    assert page.count('<span class="pill pill-now">Manager') == 1
    assert "3 people" in page


def test_a_search_stays_in_the_address(house: Any, sign_in: SignIn, add: Add) -> None:
    for number in range(60):
        add("riverside", name=f"Robin {number:02}")
    client = sign_in(house.manager)
    page = client.get(f"{PEOPLE}?q=robin").text
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
    assert "0 people found." in client.get(f"{PEOPLE}?q=%25").text


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999999999999", "x", ""])
def test_a_page_that_does_not_exist_is_the_nearest(
    house: Any, sign_in: SignIn, number: str
) -> None:
    answer = sign_in(house.manager).get(f"{PEOPLE}?page={number}")
    assert answer.status_code == 200
    assert "Mia Member" in answer.text


def test_what_is_searched_for_is_shown_as_text(house: Any, sign_in: SignIn) -> None:
    page = sign_in(house.manager).get(PEOPLE + '?q="><script>alert(1)</script>').text
    assert "<script>alert" not in page


def test_the_list_takes_a_fixed_number_of_queries(
    house: Any, database: Database, sign_in: SignIn, add: Add, count: Count
) -> None:
    client = sign_in(house.manager)
    with counted(database) as few:
        client.get(PEOPLE)
    for _ in range(40):
        add("riverside")
    with counted(database) as many:
        assert client.get(PEOPLE).text.count("<h2") == 42
    # Who asks, what they manage, the choices, how many there are, the page of them, and how many are
    # asked to join.
    assert len(few) == len(many) == 6


def test_what_somebody_signs_in_with_elsewhere_is_not_told_to_whom_they_left(
    *, house: Any, database: Database, sign_in: SignIn
) -> None:
    manager, page = sign_in(house.manager), f"/organizations/riverside/people/{house.membership}"
    left = "/organizations/riverside/people?left=1"
    assert manager.post(f"{page}/end").status_code == 303
    # Nobody else can have changed the address of an account that is out of use.
    for address in (page, left, f"{left}&q=mia@"):
        assert "mia@example.org" in manager.get(address).text, address
    with database.transaction() as session:
        mia = session.get_one(User, house.member)
        mia.email, mia.deactivated_at = "mia@hillside.example", None
        there = sa.select(Organization).where(Organization.slug == "hillside")
        make_member(session, session.scalars(there).one(), mia)
    for address in (page, left, f"{left}&q=hillside", f"{left}&q=mia", left.replace("?", ".csv?")):
        assert "hillside.example" not in manager.get(address).text, address
    assert "Mia Member" in manager.get(f"{left}&q=mia").text
    assert "Mia Member" not in manager.get(f"{left}&q=hillside").text
    other = sign_in(house.other_manager).get("/organizations/hillside/people?q=mia@hillside").text
    assert "mia@hillside.example" in other
