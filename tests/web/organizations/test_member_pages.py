"""A member's page: who sees it, what can be changed on it, and that every change is on record."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.organizations.models import LeaveOfAbsence, Membership, Organization, Position
from tests.factories import make_team, make_team_member
from tests.threads import at_once

SignIn = Callable[[int], FlaskClient]
Add = Callable[..., int]
PEOPLE = "/organizations/riverside/people"
PLACED = {
    "employee_number": " 1001 ",
    "job_title": "Registered  nurse",
    "department": "Ward 3",
    "site": "Main",
    "hired_on": "2026-02-01",
    "manager": "",
    "role": "member",
}


@pytest.fixture
def page(house: Any) -> str:
    """The address of Mia's page."""
    return f"{PEOPLE}/{house.membership}"


def actions(database: Database) -> list[str]:
    with database.reading_session() as session:
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.number)))


def membership_of(database: Database, house: Any) -> Membership:
    with database.reading_session() as session:
        return session.get_one(Membership, house.membership)


def test_a_change_shows_on_the_page_in_the_history_and_in_the_trail(
    *, house: Any, page: str, database: Database, sign_in: SignIn, add: Add
) -> None:
    add("riverside", name="Bea Boss", email="bea@example.org")
    client = sign_in(house.manager)
    answer = client.post(page, data=PLACED | {"manager": "BEA@example.org"})
    assert (answer.status_code, answer.location) == (303, page)
    text = client.get(page).text
    for shown in ("Registered nurse", "Ward 3", "1001", "Bea Boss", "1\xa0February\xa02026"):
        assert shown in text
    with database.reading_session() as session:
        assert session.scalars(sa.select(Position.job_title)).all() == ["Registered nurse"]
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.subject_name, entry.actor_name) == (
        "membership.changed", "Mia Member", "Grace Manager",
    )  # fmt: skip
    assert entry.details["changes"]["job_title"] == ["", "Registered nurse"]
    # What stands in the form is sent back as it is, the manager too.
    client.post(page, data=PLACED | {"manager": "bea@example.org"})
    assert actions(database) == ["membership.changed"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hired_on": "1/2/2026"}, "year-month-day"),
        ({"job_title": "x" * 201}, "200 characters"),
        ({"employee_number": "9" * 51}, "50 characters"),
        ({"site": "a\x07"}, "cannot be shown"),
        ({"manager": "nobody"}, "Nobody in this organization"),
        ({"manager": "mia@example.org"}, "Nobody in this organization"),
        ({"manager": "nora@example.org"}, "Nobody in this organization"),
        ({"role": "owner"}, "Choose one of the roles."),
        ({"employee_number": "7"}, "belongs to someone else"),
    ],
)
def test_what_cannot_be_is_asked_again(
    *,
    house: Any,
    page: str,
    database: Database,
    sign_in: SignIn,
    add: Add,
    change: Any,
    message: str,
) -> None:
    with database.transaction() as session:
        session.get_one(Membership, add("riverside")).employee_number = "7"
    answer = sign_in(house.manager).post(page, data=PLACED | change)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="Ward 3"' in answer.text
    assert membership_of(database, house).department == ""


@pytest.mark.parametrize("other", [{"site": "Annex"}, {"role": "manager"}])
def test_a_form_of_before_changes_nothing_that_somebody_else_has_changed_since(
    *, house: Any, page: str, database: Database, sign_in: SignIn, other: dict[str, str]
) -> None:
    client = sign_in(house.manager)
    client.post(page, data=PLACED)

    def seen(text: str) -> str:
        return re.findall('name="seen" value="([^"]+)"', text)[0]

    first = seen(client.get(page).text)
    # The other one saves what they see, but for one thing.
    assert client.post(page, data=PLACED | other | {"seen": first}).status_code == 303
    mine = PLACED | {"job_title": "Charge nurse"}
    answer = client.post(page, data=mine | {"seen": first})
    assert answer.status_code == 422
    assert "were changed since you opened this form" in answer.text
    assert 'value="Charge nurse"' in answer.text
    member = membership_of(database, house)
    changed = {name: getattr(member, name) for name in other}
    assert (changed, member.job_title) == (other, "Registered nurse")
    assert client.post(page, data=mine | {"seen": seen(answer.text)}).status_code == 303
    assert membership_of(database, house).job_title == "Charge nurse"
    # A second click sends what was saved by the first.
    assert client.post(page, data=mine | {"seen": seen(answer.text)}).status_code == 303


def test_a_member_becomes_a_manager_but_nobody_changes_their_own_role(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    assert client.post(page, data=PLACED | {"role": "manager"}).status_code == 303
    assert membership_of(database, house).role == "manager"
    with database.reading_session() as session:
        own = session.scalars(
            sa.select(Membership.id).where(Membership.user_id == house.manager)
        ).one()
    assert client.post(f"{PEOPLE}/{own}", data=PLACED | {"employee_number": "2"}).status_code == 303
    assert sign_in(house.manager).get(PEOPLE).status_code == 200
    answer = client.post(f"{PEOPLE}/{own}/end")
    assert answer.status_code == 403
    assert "You cannot end your own membership." in answer.text


def test_a_leaver_is_deactivated_and_comes_back(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    assert client.post(f"{page}/end").status_code == 303
    assert "Left" in client.get(page).text
    assert "Mia Member" not in client.get(PEOPLE).text
    assert "Mia Member" in client.get(f"{PEOPLE}?left=1").text
    # What somebody is who has left cannot be changed, and they leave once.
    for action in ("", "/leaves"):
        assert client.post(f"{page}{action}", data=PLACED).status_code == 404
    is_done_already(client, f"{page}/end", page)
    assert client.post(f"{page}/rehire", data={"hired_on": ""}).status_code == 422
    with database.reading_session() as session:
        assert session.get_one(User, house.member).deactivated_at is not None
    assert client.post(f"{page}/rehire", data={"hired_on": "2026-03-01"}).status_code == 303
    is_done_already(client, f"{page}/rehire", page)
    with database.reading_session() as session:
        assert session.get_one(User, house.member).deactivated_at is None
    assert actions(database) == ["membership.ended", "membership.resumed"]


def is_done_already(client: FlaskClient, address: str, page: str) -> None:
    """The second of two clicks leads where the first one did, and says that it was too late."""
    assert client.post(address, data={"hired_on": "2026-03-01"}).location == page
    assert "That was done already." in client.get(page).text


def test_what_was_never_done_was_not_done_already(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    for action in ("/rehire", "/leaves/1/withdraw"):
        answer = client.post(f"{page}{action}", data={"hired_on": "2026-03-01"})
        assert answer.status_code == 404
    assert actions(database) == []


def test_of_two_who_let_somebody_leave_at_once_one_is_on_the_trail(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    clients = [sign_in(house.manager) for _ in range(3)]
    answers = at_once([lambda one=one: one.post(f"{page}/end").location for one in clients])
    assert answers == [page] * 3
    back = {"hired_on": "2026-03-01"}
    answers = at_once([lambda one=one: one.post(f"{page}/rehire", data=back) for one in clients])
    assert [answer.status_code for answer in answers] == [303] * 3
    assert actions(database) == ["membership.ended", "membership.resumed"]


def test_leaves_are_recorded_and_withdrawn(
    house: Any, page: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    days = {"starts_on": "2026-03-01", "ends_on": "2026-03-20"}
    backwards = {"starts_on": "2026-03-20", "ends_on": "2026-03-01"}
    for wrong, message in (
        ({}, "Give the first day."),
        (backwards, "comes before the first"),
        (days | {"ends_on": "9999-12-31"}, "Give a day from 1950 to 2100."),
    ):
        answer = client.post(f"{page}/leaves", data=wrong)
        assert answer.status_code == 422
        assert message in answer.text
    assert client.post(f"{page}/leaves", data=days).status_code == 303
    assert "On leave until 20\xa0March\xa02026" in client.get(page).text
    assert "already" in client.post(f"{page}/leaves", data=days).text
    withdraw = re.search(r'action="([^"]+/withdraw)"', client.get(page).text)
    assert withdraw
    assert client.post(withdraw[1]).status_code == 303
    is_done_already(client, withdraw[1], page)
    with database.reading_session() as session:
        assert session.scalars(sa.select(LeaveOfAbsence.withdrawn_at)).one() is not None
    assert actions(database) == ["leave.recorded", "leave.withdrawn"]


def test_no_id_leads_to_a_member_of_another_organization(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    client, before = sign_in(house.manager), actions(database)
    for key in (house.other_membership, 4711, 2**63 - 1):
        for slug in ("riverside", "hillside"):
            address = f"/organizations/{slug}/people/{key}"
            assert client.get(address).status_code == 404
            for action in ("", "/end", "/rehire", "/leaves", "/leaves/1/withdraw", "/link"):
                assert client.post(address + action, data=PLACED).status_code == 404
    assert actions(database) == before


def test_a_teams_manager_sees_their_team_alone_and_changes_nothing(
    *, house: Any, database: Database, sign_in: SignIn, add: Add
) -> None:
    lead, mate, stranger = (add("riverside", name=name) for name in ("Lea", "Max", "Sue"))
    with database.transaction() as session:
        organization = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        team = make_team(session, organization)
        leader = session.get_one(Membership, lead)
        make_team_member(session, team, leader, "manager")
        make_team_member(session, team, session.get_one(Membership, mate))
        user_id = leader.user_id
    client = sign_in(user_id)
    text = client.get(PEOPLE).text
    assert re.findall(r'/people/\d+">([^<]+)<', text) == ["Lea", "Max"]
    assert "Invite someone" not in text
    page = client.get(f"{PEOPLE}/{mate}").text
    assert "<form" not in page.split("<main")[1]
    assert client.get(f"{PEOPLE}/{stranger}").status_code == 404
    assert client.get("/organizations").location == "/organizations/riverside/compliance"
    for action in ("", "/end", "/rehire", "/leaves", "/link"):
        assert client.post(f"{PEOPLE}/{mate}{action}", data=PLACED).status_code == 403
