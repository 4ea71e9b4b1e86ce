"""Where there are too many teams for a list: one is named by typing, and found by a part of its name."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.assignments.models import AssignmentRule
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.organizations.choices import MOST_FOUND, MOST_TEAMS
from lms.organizations.models import Membership, Organization, Team
from lms.organizations.teams import end_team
from lms.reports.models import EvidencePacket
from tests.factories import make_assignment, make_team, make_team_member

SignIn = Callable[[int], FlaskClient]
HERE = "/organizations/riverside"
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
PAGES = ("/people", "/slips", "/compliance", "/compliance/people")


@pytest.fixture
def teams(house: Any, database: Database) -> dict[str, int]:
    """More teams than a list holds, by name: `Ward 10`, `Ward 100` and on, and two of the night."""
    wards = [f"Ward {100 + number}" for number in range(MOST_TEAMS)]
    names = [*wards, "Ward 10", "Night shift", "Night watch"]
    with database.transaction() as session:
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        session.add_all(
            Team(organization_id=riverside.id, name=name, created_at=riverside.created_at)
            for name in names
        )
        session.flush()
        night = session.scalars(sa.select(Team).where(Team.name == "Night shift")).one()
        make_team_member(session, night, session.get_one(Membership, house.membership))
        return {row.name: row.id for row in session.scalars(sa.select(Team))}


@pytest.fixture
def client(house: Any, sample: Catalogue, database: Database, sign_in: SignIn) -> FlaskClient:
    """Grace, who has assigned a course: else there is nothing to filter."""
    with database.transaction() as session:
        riverside = session.scalars(
            sa.select(Organization).where(Organization.slug == "riverside")
        ).one()
        make_assignment(session, riverside, sample.courses["onboarding"], house.manager)
    return sign_in(house.manager)


@pytest.mark.parametrize("page", PAGES)
def test_a_name_leads_to_the_team_and_keeps_the_other_filters(
    page: str, client: FlaskClient, teams: dict[str, int]
) -> None:
    asked = client.get(HERE + page).text
    assert 'name="team_name"' in asked
    assert 'name="team"' not in asked
    for typed in ("Night shift", " night  SHIFT ", "ght sh"):
        answer = client.get(HERE + page, query_string={"q": "mia", "page": "3", "team_name": typed})
        assert answer.status_code == 302
        there = urlsplit(answer.location)
        assert there.path == HERE + page
        assert parse_qs(there.query) == {"q": ["mia"], "team": [str(teams["Night shift"])]}
    found = client.get(answer.location).text
    assert re.search(r'name="team_name"[^>]*value="Night shift"', found)
    assert "Night shift" not in client.get(HERE + page, query_string={"team": 10**9}).text


@pytest.mark.parametrize("page", PAGES)
def test_what_several_names_hold_is_told_and_one_can_be_chosen(
    page: str, client: FlaskClient, teams: dict[str, int]
) -> None:
    answer = client.get(HERE + page, query_string={"q": "mia", "team_name": "night"})
    assert answer.status_code == 200
    assert "2 teams have “night” in their name: choose one." in answer.text
    (offered,) = re.findall(r"found-teams[^>]*>(.*?)</ul>", answer.text, re.DOTALL)
    links = re.findall(r'href="([^"]*)">Night (?:shift|watch)</a>', offered)
    assert [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in links] == [
        {"q": ["mia"], "team": [str(teams[name])]} for name in ("Night shift", "Night watch")
    ]
    # Until it is clear which one is meant, nobody is listed, and no slip is printed for everybody.
    assert "Mia Member" not in answer.text
    assert "Mia Member" not in client.get(f"{HERE}/people.csv?team_name=night").text
    assert "Mia Member" in client.get(f"{HERE}/people.csv").text
    many = client.get(HERE + page, query_string={"team_name": "ward"}).text
    assert f"More than {MOST_FOUND} teams have “ward” in their name: type more of it" in many
    assert len(re.findall(r">Ward \d+</a>", many)) == MOST_FOUND
    # A whole name is meant, although others begin with it.
    exact = client.get(HERE + page, query_string={"team_name": "ward 10"})
    assert exact.location == f"{HERE}{page}?team={teams['Ward 10']}"
    none = client.get(HERE + page, query_string={"team_name": "<b>%_"}).text
    assert "No team has “&lt;b&gt;%_” in its name." in none


def test_a_team_of_another_organization_is_not_found(
    house: Any, client: FlaskClient, teams: dict[str, int], database: Database
) -> None:
    with database.transaction() as session:
        other = session.get_one(Membership, house.other_membership).organization_id
        make_team(session, session.get_one(Organization, other), "Elsewhere")
    answer = client.get(f"{HERE}/people", query_string={"team_name": "elsewhere"})
    assert answer.status_code == 200
    assert "No team has “elsewhere” in its name." in answer.text
    moved = client.post(
        f"{HERE}/teams/{teams['Night shift']}/members",
        data={"membership": house.membership, "do": "transfer", "to_name": "Elsewhere"},
    )
    assert moved.status_code == 422


def test_people_move_to_the_team_of_a_name_and_a_slip_loses_no_tick(
    house: Any, client: FlaskClient, teams: dict[str, int]
) -> None:
    night, watch = (f"{HERE}/teams/{teams[name]}" for name in ("Night shift", "Night watch"))
    tick = f'value="{house.membership}" aria-label="Mia Member"'
    assert f"{tick}>" in client.get(night).text
    for typed, told in (
        ("night", "No team is called “night”."),
        (" Ward  9 ", "No team is called “Ward 9”."),
        ("", "Which team?"),
        ("x" * 100_000, f"No team is called “{'x' * 200}”."),
    ):
        data = {"membership": house.membership, "do": "transfer", "to_name": typed}
        answer = client.post(f"{night}/members", data=data)
        assert answer.status_code == 422
        assert told in answer.text
        assert f"{tick} checked>" in answer.text
    unticked = client.post(f"{night}/members", data={"do": "transfer", "to_name": "nobody"})
    assert "No team is called “nobody”." in unticked.text
    data = {"membership": house.membership, "do": "transfer", "to_name": "night WATCH"}
    assert client.post(f"{night}/members", data=data).status_code == 303
    assert "Mia Member" in client.get(watch).text
    assert "Mia Member" not in client.get(night).text
    # A second tab still shows her there.
    client.post(f"{night}/members", data=data)
    assert "those ticked are not in the team any more" in client.get(night).text


# The pages with a form on which several teams can be chosen, and the name of the field that does.
FORMS = {
    f"{HERE}/assignments/new": ("team", {"course": "onboarding", "covers": "some"}),
    f"{HERE}/evidence": (
        "teams",
        {"course": "onboarding", "who": "some", "starts_on": "2026-01-01", "ends_on": "2026-02-28"},
    ),
}


def ticks(page: str, name: str) -> list[tuple[str, bool]]:
    """What the checkboxes of a field stand for, and whether each is ticked."""
    found = re.findall(
        rf'type="checkbox"[^>]*name="{name}"[^>]*?( checked)?>\s*<label[^>]*>([^<]*)</label>', page
    )
    return [(label, bool(checked)) for checked, label in found]


@pytest.mark.parametrize("page", FORMS)
def test_a_form_offers_the_teams_that_are_chosen_and_those_that_are_found(
    page: str, client: FlaskClient, teams: dict[str, int]
) -> None:
    field, filled = FORMS[page]
    assert ticks(client.get(page).text, field) == []
    found = client.get(page, query_string=filled | {"find": " night "}).text
    assert ticks(found, field) == [("Night shift", False), ("Night watch", False)]
    assert "Found: 2 teams" in found
    assert 'value="some" checked' in found
    chosen = filled | {field: str(teams["Night watch"]), "find": "ward"}
    many = client.get(page, query_string=chosen).text
    assert ticks(many, field)[0] == ("Night watch", True)
    assert len(ticks(many, field)) == 1 + MOST_FOUND
    assert "There are more: type more of the name." in many
    none = client.get(page, query_string=chosen | {"find": "<b>%_"}).text
    assert ticks(none, field) == [("Night watch", True)]
    assert re.search("(called|has) “&lt;b&gt;%_”", none)
    for nonsense in ("one", str(2**64), "-1"):
        assert client.get(page, query_string=filled | {field: nonsense}).status_code == 200


@pytest.mark.parametrize("page", FORMS)
def test_a_form_takes_a_team_of_many_and_none_of_another_organization(
    page: str, house: Any, client: FlaskClient, teams: dict[str, int], database: Database
) -> None:
    field, filled = FORMS[page]
    with database.transaction() as session:
        other = session.get_one(Membership, house.other_membership).organization_id
        theirs = make_team(session, session.get_one(Organization, other), "Elsewhere").id
    refused = client.post(page, data=filled | {field: str(theirs)})
    assert refused.status_code == 422
    assert "Elsewhere" not in client.get(page, query_string={"find": "elsewhere"}).text.replace(
        "“elsewhere”", ""
    )
    taken = client.post(page, data=filled | {"course": "refresher", field: str(teams["Ward 10"])})
    assert taken.status_code == 303
    with database.reading_session() as session:
        about = {
            "team": sa.select(AssignmentRule.audience).order_by(AssignmentRule.id.desc()),
            "teams": sa.select(EvidencePacket.audience),
        }
        assert session.scalars(about[field]).all()[0]["team_ids"] == [teams["Ward 10"]]


def test_an_ended_team_is_found_for_a_packet_and_not_for_a_rule(
    house: Any, client: FlaskClient, teams: dict[str, int], database: Database
) -> None:
    with database.transaction() as session:
        end_team(session, session.get_one(Team, teams["Night shift"]), now=NOW)
    offered = {}
    for page, (field, filled) in FORMS.items():
        offered[field] = ticks(
            client.get(page, query_string=filled | {"find": "night"}).text, field
        )
        whole = client.get(page, query_string=filled | {"find": "night shift"}).text
        assert bool(ticks(whole, field)) == (field == "teams")
    assert offered == {
        "team": [("Night watch", False)],
        "teams": [("Night watch", False), ("Night shift (ended)", False)],
    }
    page, (field, filled) = list(FORMS.items())[1]
    chosen = filled | {field: str(teams["Night shift"])}
    assert ticks(client.get(page, query_string=chosen).text, field) == [
        ("Night shift (ended)", True)
    ]
    assert client.post(page, data=chosen).status_code == 303


def test_ended_teams_do_not_make_the_list_of_a_packet_longer_than_it_may_be(
    house: Any, client: FlaskClient, teams: dict[str, int], database: Database
) -> None:
    with database.transaction() as session:
        for name, id_ in teams.items():
            if name != "Night watch" and name.startswith(("Ward", "Night")):
                end_team(session, session.get_one(Team, id_), now=NOW)
    rule, packet = FORMS
    assert ("Night watch", False) in ticks(client.get(rule).text, "team")
    asked = client.get(packet).text
    assert ticks(asked, "teams") == []
    assert 'id="find"' in asked
