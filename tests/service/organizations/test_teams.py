"""Teams: who comes in, who goes out, who manages; names that are taken; what stays on record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.organizations import teams
from lms.organizations.errors import TeamNameTaken
from lms.organizations.models import Membership, Organization, Team, TeamMembership
from lms.organizations.scopes import Scope
from lms.organizations.signals import roster_changed
from tests.factories import make_member, make_organization, make_team, make_team_member, make_user

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def people(session: Session, organization: Organization, *names: str) -> list[Membership]:
    return [make_member(session, organization, make_user(session, name=name)) for name in names]


def names_in(session: Session, team: Team) -> list[str]:
    """Who is in a team, managers marked."""
    rows = teams.team_page(session, team).rows
    return [row.member.name + ("*" if row.role == "manager" else "") for row in rows]


def test_people_come_in_once_and_only_those_who_belong(session: Session) -> None:
    here, there = make_organization(session), make_organization(session)
    team = make_team(session, here)
    ada, bea, gone = people(session, here, "Ada", "Bea", "Gone")
    (stranger,) = people(session, there, "Stranger")
    gone.ended_at = NOW
    session.flush()
    heard: list[Any] = []

    def hear(_sender: object, **told: Any) -> None:
        heard.append((told["organization_id"], told["membership_ids"]))

    with roster_changed.connected_to(hear):
        assert teams.join(session, team, [bea.id], now=NOW) == [bea.id]
        ids = [ada.id, bea.id, gone.id, stranger.id, 4711]
        assert teams.join(session, team, ids, now=NOW) == [ada.id]
        assert teams.join(session, team, ids, now=NOW) == []
        assert teams.set_role(session, team, [bea.id, stranger.id], "manager") == [bea.id]
        assert names_in(session, team) == ["Bea*", "Ada"]
        assert teams.leave(session, team, [ada.id, stranger.id], now=LATER) == [ada.id]
    assert heard == [(here.id, {bea.id}), (here.id, {ada.id}), (here.id, {ada.id})]
    assert names_in(session, team) == ["Bea*"]


def test_a_transfer_ends_one_place_and_begins_another(session: Session) -> None:
    organization = make_organization(session)
    day, night = (make_team(session, organization, name) for name in ("Day", "Night"))
    ada, bea = people(session, organization, "Ada", "Bea")
    teams.join(session, day, [ada.id], now=NOW)
    assert teams.transfer(session, day, night, [ada.id, bea.id], now=LATER) == [ada.id]
    rows = session.scalars(select(TeamMembership).order_by(TeamMembership.id)).all()
    assert [(row.team_id, row.joined_at, row.ended_at) for row in rows] == [
        (day.id, NOW, LATER),
        (night.id, LATER, None),
    ]


def test_a_team_that_ends_empties_and_can_be_taken_up_again(session: Session) -> None:
    organization = make_organization(session)
    team_id = teams.create_team(session, organization.id, "Night", now=NOW)
    team = session.get_one(Team, team_id)
    (ada,) = people(session, organization, "Ada")
    teams.join(session, team, [ada.id], now=NOW)
    teams.end_team(session, team, now=LATER)
    assert session.scalars(select(TeamMembership.ended_at)).all() == [LATER]
    assert teams.create_team(session, organization.id, "Night", now=LATER) == team_id
    session.expire_all()
    assert team.ended_at is None
    assert names_in(session, team) == []


def test_a_name_is_given_once_in_an_organization(session: Session) -> None:
    here, there = make_organization(session), make_organization(session)
    make_team(session, here, "Night shift")
    day = make_team(session, here, "Day shift")
    with pytest.raises(TeamNameTaken):
        teams.create_team(session, here.id, "NIGHT shift", now=NOW)
    with pytest.raises(TeamNameTaken):
        teams.rename_team(session, day, "Night Shift")
    teams.rename_team(session, day, "DAY SHIFT")
    teams.create_team(session, there.id, "Night shift", now=NOW)
    ended = make_team(session, here, "Weekend")
    teams.end_team(session, ended, now=NOW)
    with pytest.raises(TeamNameTaken):
        teams.rename_team(session, day, "Weekend")
    session.refresh(day)
    assert day.name == "DAY SHIFT"


def test_the_list_of_teams_says_who_manages_each_and_keeps_to_the_scope(session: Session) -> None:
    organization = make_organization(session)
    day, night = (make_team(session, organization, name) for name in ("day", "Night"))
    make_team(session, make_organization(session), "Elsewhere")
    ada, bea = people(session, organization, "Ada", "Bea")
    make_team_member(session, night, ada, "manager")
    make_team_member(session, night, bea)
    whole = Scope(organization.id, "", "", "UTC")
    rows = teams.teams_page(session, whole).rows
    assert [(row.name, row.count, list(row.managers)) for row in rows] == [
        ("day", 0, []),
        ("Night", 2, ["Ada"]),
    ]
    assert [row.name for row in teams.teams_page(session, whole, search="NIGH").rows] == ["Night"]
    part = Scope(organization.id, "", "", "UTC", frozenset({day.id}))
    assert [row.name for row in teams.teams_page(session, part).rows] == ["day"]
    assert teams.find_team(session, part, day.id) is day
    assert teams.find_team(session, part, night.id) is None
