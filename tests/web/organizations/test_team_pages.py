"""Pages of teams: made, filled, led, emptied; each act on record; nothing of another organization."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization, TeamMembership
from tests.factories import make_team, make_team_member

SignIn = Callable[[int], FlaskClient]
Add = Callable[..., int]
TEAMS = "/organizations/riverside/teams"


@pytest.fixture
def team(house: Any, sign_in: SignIn) -> str:
    """The address of a new team of Grace's."""
    answer = sign_in(house.manager).post(TEAMS, data={"name": "Night shift"})
    assert answer.status_code == 303
    return answer.location


def members_of(database: Database, team: str) -> dict[int, str]:
    """Who is in the team now, and as what."""
    with database.reading_session() as session:
        rows = session.execute(
            sa.select(TeamMembership.membership_id, TeamMembership.role).where(
                TeamMembership.team_id == int(team.rsplit("/", 1)[1]),
                TeamMembership.ended_at.is_(None),
            )
        )
        return {row[0]: row[1] for row in rows}


def test_several_come_in_by_number_or_name_at_once(
    *, house: Any, team: str, database: Database, sign_in: SignIn, add: Add
) -> None:
    with database.transaction() as session:
        other = session.get_one(Membership, add("riverside", name="Ivy"))
        other.employee_number = "E-7"
        number = other.id
    client = sign_in(house.manager)
    answer = client.post(f"{team}/join", data={"names": "E-7, nobody\nnora@example.org"})
    assert answer.status_code == 422
    assert "number or sign-in name nobody, nora@example.org." in answer.text
    assert "E-7, nobody" in answer.text
    assert members_of(database, team) == {}
    client.post(f"{team}/join", data={"names": "E-7\r\nMIA@example.org; E-7"})
    assert members_of(database, team) == {number: "member", house.membership: "member"}
    assert "2 people added." in client.get(team).text
    with database.reading_session() as session:
        told = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert told is not None
        assert told.details["people"] == ["Ivy", "Mia Member"]
        assert told.details["members"] == [number, house.membership]


def test_somebody_is_looked_for_ticked_led_and_moved(
    house: Any, team: str, database: Database, sign_in: SignIn
) -> None:
    client = sign_in(house.manager)
    found = client.get(f"{team}?find=mia").text
    assert re.search(rf'name="membership" value="{house.membership}" checked', found)
    assert "Nora" not in client.get(f"{team}?find=nora").text.split("<h1>")[1]
    mia = {"membership": house.membership}
    client.post(f"{team}/join", data=mia)
    client.post(f"{team}/members", data=mia | {"do": "manager"})
    assert members_of(database, team) == {house.membership: "manager"}
    assert client.get("/organizations").status_code == 302
    assert sign_in(house.member).get(team).status_code == 200
    client.post(f"{team}/members", data=mia | {"do": "member"})
    assert sign_in(house.member).get(team).status_code == 403
    other = client.post(TEAMS, data={"name": "Day shift"}).location
    to = other.rsplit("/", 1)[1]
    client.post(f"{team}/members", data=mia | {"do": "transfer", "to": to})
    assert (members_of(database, team), members_of(database, other)) == (
        {}, {house.membership: "member"},
    )  # fmt: skip
    client.post(f"{other}/members", data=mia | {"do": "leave"})
    assert members_of(database, other) == {}
    assert client.post(f"{team}/members", data=mia | {"do": "dance"}).status_code == 400
    with database.reading_session() as session:
        told = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert told == [
        "team.created", "team.joined", "team.role-changed", "team.role-changed", "team.created",
        "team.transferred", "team.left",
    ]  # fmt: skip


def test_a_team_is_renamed_and_closed(house: Any, team: str, sign_in: SignIn) -> None:
    client = sign_in(house.manager)
    for wrong, message in (("", "Give the team a name."), ("x" * 201, "200 characters")):
        answer = client.post(team, data={"name": wrong})
        assert answer.status_code == 422
        assert message in answer.text
    client.post(TEAMS, data={"name": "Day shift"})
    for address in (TEAMS, team):
        answer = client.post(address, data={"name": "day SHIFT"})
        assert answer.status_code == 422
        assert "There is a team called day SHIFT already." in answer.text
    assert client.post(team, data={"name": " Late  shift "}).status_code == 303
    assert "<h1>Late shift</h1>" in client.get(team).text
    # To be called as before is no act.
    assert client.post(team, data={"name": "Late shift"}).status_code == 303
    client.post(f"{team}/join", data={"membership": house.membership})
    assert client.post(f"{team}/end").status_code == 303
    assert client.get(team).status_code == 404
    # As by a second click.
    assert client.post(f"{team}/end").location == TEAMS
    page = client.get(TEAMS).text
    assert "That was done already." in page
    assert "Late shift</a>" not in page
    trail = client.get("/organizations/riverside/audit").text
    assert trail.count(">Team renamed: ") == 1
    assert trail.count(">Team closed: ") == 1
    # Whoever was in it when it was closed is told, and found by name.
    found = client.get("/organizations/riverside/audit?about=mia&action=team.ended").text
    assert "Team closed: Late shift" in found
    assert "<dd>Mia Member</dd>" in found


def test_nothing_of_another_organization_is_reached(
    house: Any, team: str, database: Database, sign_in: SignIn
) -> None:
    client, hugo = sign_in(house.manager), sign_in(house.other_manager)
    theirs = hugo.post("/organizations/hillside/teams", data={"name": "Hill"}).location
    key = theirs.rsplit("/", 1)[1]
    for address in (theirs, f"{TEAMS}/{key}", "/organizations/hillside/teams", f"{TEAMS}/4711"):
        assert client.get(address).status_code == 404
        for action in ("", "/end", "/join", "/members"):
            if address.endswith("teams") and action:
                continue
            data = {"name": "Mine", "membership": house.membership, "do": "leave"}
            assert client.post(address + action, data=data).status_code == 404
    # Nor does somebody of theirs come into a team of ours, nor do ours move into theirs.
    client.post(f"{team}/join", data={"membership": house.other_membership})
    client.post(f"{team}/join", data={"membership": house.membership})
    move = {"do": "transfer", "to": key, "membership": house.membership}
    assert client.post(f"{team}/members", data=move).status_code == 404
    assert members_of(database, team) == {house.membership: "member"}


def test_a_teams_manager_sees_their_teams_alone_and_changes_nothing(
    house: Any, team: str, database: Database, sign_in: SignIn
) -> None:
    with database.transaction() as session:
        organization = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        own = make_team(session, organization, "Own")
        make_team_member(session, own, session.get_one(Membership, house.membership), "manager")
        key = own.id
    client = sign_in(house.member)
    assert re.findall(r'/teams/\d+">([^<]+)<', client.get(TEAMS).text) == ["Own"]
    assert client.get(team).status_code == 404
    page = client.get(f"{TEAMS}/{key}").text
    assert "Mia Member" in page
    assert 'method="post"' not in page.split("<main")[1]
    for address in (TEAMS, f"{TEAMS}/{key}", f"{TEAMS}/{key}/end", f"{TEAMS}/{key}/join"):
        assert client.post(address, data={"name": "New"}).status_code == 403
