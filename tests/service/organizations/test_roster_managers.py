"""Rosters say who reports to whom: in whatever order, of managers with and without a number, here or gone."""

from datetime import date

import pytest
import sqlalchemy as sa

from lms.accounts.models import User
from lms.foundation.database import Database
from lms.organizations import answers, positions, roster_reading
from lms.organizations.models import (
    Membership,
    MembershipRequest,
    Organization,
    Position,
    Team,
    TeamMembership,
)
from lms.organizations.placements import Placement
from tests.factories import make_member, make_organization, make_user
from tests.rosters import FIRST, LATER, NOW, Office, counts, positions_of

RECORD = (User, Membership, MembershipRequest, Position, Team, TeamMembership)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def ada(database: Database) -> None:
    """Ada of the rosters has an account of another organization."""
    with database.transaction() as session:
        account = make_user(session, email="ada@example.org", password_hash="h")
        make_member(session, make_organization(session), account)


def decline(office: Office) -> None:
    with office.database.transaction() as session:
        answers.decline(session, session.scalars(sa.select(MembershipRequest)).one(), now=LATER)


def test_a_manager_who_is_given_a_number_is_the_same_manager(office: Office) -> None:
    office.apply(FIRST[2])
    with office.database.transaction() as session:
        cem = session.scalars(sa.select(Membership).where(Membership.employee_number == "3")).one()
        ada = make_user(session, name="Ada Okafor", email="ada@example.org")
        organization = session.get_one(Organization, office.organization_id)
        placed = Placement("1", "Nurse", hired_on=date(2026, 1, 15), manager_id=cem.id)
        positions.add_member(
            session, organization.id, ada.id, role="member", now=NOW, placement=placed
        )
        positions.place(session, cem, Placement(None, "Lead"), now=NOW)
    office.apply(*FIRST, now=LATER)
    assert positions_of(office, "1") == [(NOW, "Nurse", "3")]


def test_an_empty_cell_takes_a_manager_without_a_number_away(office: Office) -> None:
    office.apply(FIRST[2])
    with office.database.transaction() as session:
        boss = session.scalars(
            sa.select(Membership).where(Membership.user_id == office.boss_id)
        ).one()
        cem = session.scalars(sa.select(Membership).where(Membership.employee_number == "3")).one()
        positions.place(session, cem, Placement("3", "Lead", manager_id=boss.id), now=NOW)
    assert counts(office.apply(FIRST[2], now=LATER)) == {"changed": 1}
    with office.database.reading_session() as session:
        assert session.get_one(Membership, cem.id).manager_id is None
    assert counts(office.apply(FIRST[2], now=LATER)) == {"unchanged": 1}


def test_nobody_reports_to_who_has_left_and_does_not_come_back(office: Office) -> None:
    office.apply(*FIRST)
    office.apply(*(row.removesuffix("3") for row in FIRST[:2]), now=LATER, complete=True)
    assert office.people()["3"][5] == LATER
    (problem,) = office.find(office.hand_in("4,Dee Dunn,,,,,", *FIRST[:2])).problems
    assert (problem["row"], problem["column"]) == (3, "Manager's employee number")
    told = "Nobody in this organization has the number or sign-in name 3."
    assert problem["message"] == told
    # With a row of their own they are back, whatever its place.
    assert counts(office.apply(*FIRST, now=LATER)) == {"changed": 2, "returned": 1}
    assert office.people()["1"][3] == "3"


@pytest.mark.parametrize("was_the_manager", [False, True])
def test_nobody_reports_to_who_leaves_by_this_very_roster(
    office: Office, was_the_manager: bool
) -> None:
    office.apply(FIRST[2], FIRST[1] if was_the_manager else FIRST[1].removesuffix("3"))
    one = office.find(office.hand_in("8,Mia,,,,,", FIRST[1], complete=True))
    told = (
        "This is said to be everybody, and no row has the number 3. Give this manager a row, or name"
        " another one."
    )
    assert one.problems == [{"row": 3, "column": "Manager's employee number", "message": told}]
    assert not office.begin_apply(one.id)
    assert counts(office.apply("8,Mia,,,,,", FIRST[1]))["added"] == 1


@pytest.mark.usefixtures("ada")
def test_nobody_is_to_report_to_whom_this_very_roster_asks_no_longer(office: Office) -> None:
    office.apply(*FIRST[0:3:2], "2,Bea Brown,,,,,")
    (problem,) = office.find(office.hand_in(FIRST[2], "2,Bea Brown,,,,,1", complete=True)).problems
    assert (problem["row"], problem["column"]) == (3, "Manager's employee number")


def test_whoever_hands_a_complete_roster_in_may_be_a_manager_without_a_row(office: Office) -> None:
    with office.database.transaction() as session:
        boss = session.scalars(sa.select(Membership)).one()
        positions.place(session, boss, Placement("7"), now=NOW)
    done = office.apply("8,Mia,,,,,7", complete=True)
    assert (counts(done), office.people()["8"][3]) == ({"added": 1}, "7")


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("size", [1, 500])
@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize("first", [0, 1, 2])
def test_who_reports_to_whom_does_not_depend_on_the_order_of_rows(
    *, office: Office, first: int, is_known: bool, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster_reading, "BATCH", size)
    office.apply(FIRST[0], "3,Cem Demir,,,,,")
    decline(office)
    if is_known:
        office.apply("8,Mia,,,,,", "9,Ned,,,,,3")
    # The number that Ada declined is somebody else's now.
    rows = ["8,Mia,,,,,1", "1,Zoe New,zoe@example.org,,,,", "9,Ned,,,,,1"]
    rows = rows[first:] + rows[:first]
    done = office.apply(*rows)
    expected = {"added": 1, "changed": 2} if is_known else {"added": 3}
    assert (counts(done), done.outcome["awaited"]) == (expected, 0)
    people = office.people()
    assert (people["8"][3], people["9"][3]) == ("1", "1")
    before = office.rows(*RECORD)
    assert counts(office.apply(*rows, now=LATER)) == {"unchanged": 3}
    assert office.rows(*RECORD) == before


@pytest.mark.usefixtures("ada")
@pytest.mark.parametrize("order", [1, -1])
def test_whoever_is_to_report_to_somebody_just_asked_is_unchanged(
    office: Office, order: int
) -> None:
    office.apply(*FIRST[1:])
    rows = (FIRST[0], "2,Bea Brown,,Aide,Night,2/28/2026,1")[::order]
    done = office.apply(*rows)
    assert (counts(done), done.outcome["awaited"]) == ({"asked": 1, "unchanged": 1}, 1)
    assert office.people()["2"][3] == "3"
