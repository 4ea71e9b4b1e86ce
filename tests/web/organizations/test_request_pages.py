"""Asking somebody who has an account, and their answer, as both sides see it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.accounts.models import User
from lms.foundation.audit import AuditEntry, verify
from lms.foundation.database import Database
from lms.organizations.models import Membership, MembershipRequest, Organization
from tests.conftest import StandingClock
from tests.factories import make_member, make_request, make_team, make_team_member, make_user

SignIn = Callable[[int], FlaskClient]
Letters = Callable[[], list[str]]
Invite = Callable[..., TestResponse]
Add = Callable[..., int]
HERE = "/organizations/riverside"
NORA = "nora@example.org"


@pytest.fixture
def asked(house: Any, sign_in: SignIn, invite: Invite, database: Database) -> int:
    """The id of the request with which Riverside asks Nora, of Hillside, under a name of its own."""
    answer = invite(sign_in(house.manager), NORA, name="Eleonore Typed", role="manager")
    assert answer.status_code == 303
    with database.reading_session() as session:
        return session.scalars(sa.select(MembershipRequest.id)).one()


def trail(database: Database) -> list[AuditEntry]:
    with database.reading_session() as session:
        assert list(verify(session)) == []
        return list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number)))


def test_the_manager_sees_what_they_typed_and_nothing_of_the_account(
    house: Any, asked: int, sign_in: SignIn
) -> None:
    manager = sign_in(house.manager)
    for address in ("/people", "/people?q=nora", "/people.csv", "/requests", "/audit"):
        assert "Nora" not in manager.get(HERE + address).text, address
    assert manager.get(f"/people/{house.other_member}/quizzes").status_code == 404
    assert (
        'href="/organizations/riverside/requests">Asked to join (1)'
        in manager.get(f"{HERE}/people").text
    )
    page = manager.get(f"{HERE}/requests").text
    for told in ("Eleonore Typed", NORA, "by Grace Manager", "No answer yet", "Manager"):
        assert told in page
    row = manager.get(f"{HERE}/requests.csv").text.splitlines()[1]
    assert row.startswith(f"Eleonore Typed,{NORA},,manager,")
    assert row.endswith("Grace Manager,none yet,")
    assert (
        "Asked to join"
        not in sign_in(house.other_manager).get("/organizations/hillside/people").text
    )


def test_the_letter_says_who_asks_and_what_it_means(
    house: Any, asked: int, letters: Letters
) -> None:
    (letter,) = letters()
    assert "Subject: Riverside Clinic asks you to join" in letter
    assert f"To: {NORA}" in letter
    for told in ("Grace Manager asks you", "http://127.0.0.1:8000/requests", "be a manager"):
        assert told in letter


def press(client: FlaskClient, action: str, request_id: int) -> TestResponse:
    """Press a button of one's page as it is now; `action` is `accept` or `decline`."""
    seen = re.search('name="seen" value="([^"]*)"', client.get("/requests").text)
    data = {"seen": seen[1]} if seen else {}
    return client.post(f"/requests/{request_id}/{action}", data=data)


def test_whoever_is_asked_finds_it_on_their_home_page_and_accepts(
    house: Any, asked: int, database: Database, sign_in: SignIn
) -> None:
    nora = sign_in(house.other_member)
    assert 'href="/requests">See who asks' in nora.get("/").text
    assert "See who asks" not in sign_in(house.member).get("/").text
    page = nora.get("/requests").text
    for told in ("Riverside Clinic", "Grace Manager asked you", "Hillside Hospice", "manager"):
        assert told in page
    answer = press(nora, "accept", asked)
    assert (answer.status_code, answer.location) == (303, "/requests")
    page = nora.get("/requests").text
    assert "You belong to Riverside Clinic now." in page
    assert "Nobody asks you now." in page
    assert "See who asks" not in nora.get("/").text
    manager = sign_in(house.manager)
    assert "Nora Other" in manager.get(f"{HERE}/people").text
    assert manager.get(f"/people/{house.other_member}/quizzes").status_code == 200
    assert "Asked to join" not in manager.get(f"{HERE}/people").text
    made, accepted = trail(database)
    assert (made.action, made.actor_id, made.subject_name) == (
        "request.made", house.manager, "Eleonore Typed",
    )  # fmt: skip
    assert (accepted.action, accepted.actor_name, accepted.details) == (
        "request.accepted", "Nora Other", {"role": "manager"},
    )  # fmt: skip


def test_a_page_of_before_accepts_nothing_else_than_it_showed(
    *, house: Any, invite: Invite, database: Database, sign_in: SignIn
) -> None:
    manager, nora = sign_in(house.manager), sign_in(house.other_member)
    assert invite(manager, NORA, name="Eleonore Typed", role="member").status_code == 303
    page = nora.get("/requests").text
    (seen,) = re.findall('name="seen" value="([^"]+)"', page)
    (request_id,) = re.findall("/requests/([0-9]+)/accept", page)
    assert invite(manager, NORA, name="Eleonore Typed", role="manager").status_code == 303
    answer = nora.post(f"/requests/{request_id}/accept", data={"seen": seen})
    assert (answer.status_code, answer.location) == (303, "/requests")
    page = nora.get("/requests").text
    assert "What you are asked has changed since you looked" in page
    assert "You would be a <strong>manager</strong> there" in page
    assert "Nora" not in manager.get(f"{HERE}/people").text
    assert "request.accepted" not in [one.action for one in trail(database)]
    press(nora, "accept", int(request_id))
    assert "Nora" in manager.get(f"{HERE}/people").text


def test_what_could_not_be_kept_to_stands_in_the_trail(
    house: Any, database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        session.get_one(Membership, house.membership).employee_number = "9"
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        nora = session.get_one(User, house.other_member)
        make_team(session, riverside, "Day")
        request_id = make_request(
            session, riverside, nora, house.manager, employee_number="9", teams=["Day", "Night"]
        ).id
    assert press(sign_in(nora.id), "accept", request_id).status_code == 303
    (entry,) = trail(database)
    assert entry.details == {
        "role": "member",
        "teams": ["Day"],
        "number_taken": "9",
        "teams_left_out": ["Night"],
    }


def test_whoever_declines_tells_nothing_more(
    house: Any, asked: int, database: Database, sign_in: SignIn
) -> None:
    nora = sign_in(house.other_member)
    assert nora.post(f"/requests/{asked}/decline").location == "/requests"
    assert "You declined. Riverside Clinic learns that" in nora.get("/requests").text
    manager = sign_in(house.manager)
    for address in ("/people", "/requests", "/requests.csv", "/audit", "/audit.csv"):
        assert "Nora" not in manager.get(HERE + address).text, address
    page = manager.get(f"{HERE}/requests").text
    assert "Declined" in page
    assert f"/requests/{asked}/again" in page
    assert f"/requests/{asked}/withdraw" not in page
    assert [one.action for one in trail(database)] == ["request.made", "request.declined"]
    assert "Person declined to join" in manager.get(f"{HERE}/audit").text


def test_whose_account_was_in_use_only_to_answer_is_signed_out_and_told_before(
    *, house: Any, asked: int, sign_in: SignIn
) -> None:
    nora, warning = sign_in(house.other_member), "you are signed out and cannot sign in any more"
    assert warning not in nora.get("/requests").text
    hillside = f"/organizations/hillside/people/{house.other_membership}/end"
    assert sign_in(house.other_manager).post(hillside).status_code == 303
    assert warning in nora.get("/requests").text
    assert nora.post(f"/requests/{asked}/decline").location == "/sign-in"
    page = nora.get("/sign-in").text
    assert (
        "You declined. Riverside Clinic learns that, and nothing else. You are signed out" in page
    )
    assert nora.get("/requests").location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("first", "own", "theirs"),
    [
        ("accept", "You belong to Riverside Clinic already.", "Eleonore Typed accepted on"),
        ("decline", "You declined this on", "Eleonore Typed declined on"),
    ],
)
def test_the_second_answer_is_told_what_the_first_one_was(
    *, house: Any, asked: int, database: Database, sign_in: SignIn, first: str, own: str,
    theirs: str,
) -> None:  # fmt: skip
    nora, manager = sign_in(house.other_member), sign_in(house.manager)
    assert press(nora, first, asked).status_code == 303
    for second in ("accept", "decline"):
        nora.get("/requests")
        assert press(nora, second, asked).location == "/requests"
        assert own in nora.get("/requests").text
    withdrawn = manager.post(f"{HERE}/requests/{asked}/withdraw")
    assert withdrawn.location == f"{HERE}/requests"
    assert theirs in manager.get(f"{HERE}/requests").text
    assert len(trail(database)) == 2


def test_what_is_withdrawn_can_no_longer_be_accepted(
    house: Any, asked: int, database: Database, sign_in: SignIn
) -> None:
    manager = sign_in(house.manager)
    manager.post(f"{HERE}/requests/{asked}/withdraw")
    assert "Eleonore Typed is not asked any more." in manager.get(f"{HERE}/requests").text
    nora = sign_in(house.other_member)
    for action in ("accept", "decline"):
        press(nora, action, asked)
        assert "Riverside Clinic has withdrawn it on" in nora.get("/requests").text
    for action in ("withdraw", "again"):
        manager.post(f"{HERE}/requests/{asked}/{action}")
        told = "What Eleonore Typed was asked was withdrawn on"
        assert told in manager.get(f"{HERE}/requests").text
    assert "Nora" not in manager.get(f"{HERE}/people").text
    assert [one.action for one in trail(database)] == ["request.made", "request.withdrawn"]


def test_whoever_accepted_and_left_is_told_that_they_accepted(
    *, house: Any, asked: int, database: Database, sign_in: SignIn
) -> None:
    nora = sign_in(house.other_member)
    press(nora, "accept", asked)
    with database.reading_session() as session:
        here = sa.select(Membership.id).where(
            Membership.user_id == house.other_member, Membership.id != house.other_membership
        )
        membership_id = session.scalars(here).one()
    sign_in(house.manager).post(f"{HERE}/people/{membership_id}/end")
    nora.get("/requests")
    press(nora, "decline", asked)
    assert "You accepted this on" in nora.get("/requests").text


def test_asking_again_is_another_letter_and_a_second_click_is_none(
    *, house: Any, asked: int, sign_in: SignIn, letters: Letters, clock: StandingClock
) -> None:
    manager, address = sign_in(house.manager), f"{HERE}/requests/{asked}/again"
    for minutes, count in ((0, 1), (5, 2), (0, 2)):
        clock.advance(minutes=minutes)
        assert manager.post(address).location == f"{HERE}/requests"
        assert len(letters()) == count
    assert "Eleonore Typed is asked already." in manager.get(f"{HERE}/requests").text
    sign_in(house.other_member).post(f"/requests/{asked}/decline")
    for told in ("Eleonore Typed is asked again.", "Eleonore Typed is asked already."):
        manager.post(address)
        assert len(letters()) == 3
        page = manager.get(f"{HERE}/requests").text
        assert told in page
    assert page.count("<h2") == 1


def test_whoever_declined_and_came_in_by_another_way_is_not_asked(
    *, house: Any, asked: int, database: Database, sign_in: SignIn
) -> None:
    sign_in(house.other_member).post(f"/requests/{asked}/decline")
    with database.transaction() as session:
        here = sa.select(Organization).where(Organization.slug == "riverside")
        nora = session.get_one(User, house.other_member)
        make_member(session, session.scalars(here).one(), nora)
    manager = sign_in(house.manager)
    manager.post(f"{HERE}/requests/{asked}/again")
    assert "Eleonore Typed belongs here already." in manager.get(f"{HERE}/requests").text
    assert [one.action for one in trail(database)] == ["request.made", "request.declined"]


def test_inviting_twice_within_a_minute_asks_once(
    *, house: Any, invite: Invite, database: Database, sign_in: SignIn, letters: Letters,
    clock: StandingClock,
) -> None:  # fmt: skip
    manager = sign_in(house.manager)
    for minutes, told, count in (
        (0, "An e-mail is on its way", 1),
        (0, "Eleonore Typed is asked already.", 1),
        (2, "An e-mail is on its way", 2),
    ):
        clock.advance(minutes=minutes)
        answer = invite(manager, NORA, name="Eleonore Typed")
        assert (answer.status_code, answer.location) == (303, f"{HERE}/people")
        assert told in manager.get(f"{HERE}/people").text
        assert len(letters()) == len(trail(database)) == count


def test_a_request_is_its_persons_and_its_organizations_alone(
    house: Any, asked: int, database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        lead = make_member(session, riverside, make_user(session, name="Lea"))
        make_team_member(session, make_team(session, riverside), lead, "manager")
    for who in (house.member, house.manager, house.administrator):
        for action in ("accept", "decline"):
            assert sign_in(who).post(f"/requests/{asked}/{action}").status_code == 404
    other = sign_in(house.other_manager)
    for slug, expected in (("hillside", 404), ("riverside", 404)):
        for action in ("again", "withdraw"):
            address = f"/organizations/{slug}/requests/{asked}/{action}"
            assert other.post(address).status_code == expected
    team_manager = sign_in(lead.user_id)
    for address in ("/requests", "/requests.csv"):
        assert team_manager.get(HERE + address).status_code == 403
    assert "Asked to join" not in team_manager.get(f"{HERE}/people").text
    assert len(trail(database)) == 1


def test_a_former_member_who_works_elsewhere_is_asked_before_they_are_back(
    *, house: Any, database: Database, sign_in: SignIn, letters: Letters, add: Add
) -> None:
    with database.transaction() as session:
        hillside = session.scalars(
            sa.select(Organization).where(Organization.slug == "hillside")
        ).one()
        make_member(session, hillside, session.get_one(User, house.member))
    page, manager = f"{HERE}/people/{house.membership}", sign_in(house.manager)
    assert manager.post(f"{page}/end").status_code == 303
    assert f'action="{page}/rehire' in manager.get(page).text
    assert manager.post(f"{page}/rehire", data={"hired_on": "2026-03-01"}).location == page
    assert "Mia Member is asked to come back, since" in manager.get(page).text
    # Whoever presses again, on a page of before, asks nothing more.
    assert manager.post(f"{page}/rehire", data={"hired_on": "2026-03-02"}).location == page
    shown = manager.get(page).text
    assert "Mia Member is asked already." in shown
    assert "is asked to come back and has not answered" in shown
    assert f'href="{HERE}/requests">Asked to join' in shown
    assert f"{page}/rehire" not in shown
    (letter,) = letters()
    assert re.search("To: mia@example.org", letter)
    with database.reading_session() as session:
        one = session.scalars(sa.select(MembershipRequest)).one()
        assert (one.user_id, str(one.hired_on), one.email) == (house.member, "2026-03-01", None)
        assert session.get_one(Membership, house.membership).ended_at is not None
    press(sign_in(house.member), "accept", one.id)
    assert "Mia Member" in manager.get(f"{HERE}/people").text
    assert [entry.action for entry in trail(database)] == [
        "membership.ended", "request.made", "request.accepted",
    ]  # fmt: skip
