"""The audit trail of the whole site, for administrators: what belongs to no organization too."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from lms.foundation import audit
from lms.foundation.audit import Act, Actor
from lms.foundation.database import Database
from lms.reports.audit_trail import PAGE_SIZE
from tests.conftest import StandingClock
from tests.factories import make_member, make_organization, make_user
from tests.web.reports.test_audit_page import subjects
from tests.web.test_query_counts import statements

SignIn = Callable[[int], FlaskClient]
PAGE = "/audit"
SITE_LINK = 'href="/audit"'


@pytest.fixture
def people(database: Database, clock: StandingClock) -> dict[str, int]:
    """An administrator, and the manager of one of two organizations, in each of which something was done."""
    with database.transaction() as session:
        riverside = make_organization(session, slug="riverside", name="Riverside")
        hillside = make_organization(session, slug="hillside", name="Hillside")
        admin = make_user(session, name="Ida Admin", role="administrator")
        grace = make_user(session, name="Grace Manager")
        make_member(session, riverside, grace, "manager")
        for actor, act in (
            ("root (terminal)", Act("person.added", "person", 1, "Ben New", details={"role": "learner"})),
            ("Grace Manager", Act("team.created", "team", 1, "Night shift", riverside.id)),
            ("Hugo Other", Act("team.created", "team", 2, "=Their team", hillside.id)),
            ("Ida Admin", Act("team.ended", "team", 3, "Gone with its house", 999_999)),
        ):  # fmt: skip
            audit.record(session, Actor(actor), act, clock())
        return {"admin": admin.id, "grace": grace.id, "riverside": riverside.id}


def rows(client: FlaskClient, address: str) -> list[list[str]]:
    text = client.get(address).get_data().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_tells_everything_with_the_organization_where_there_is_one(
    sign_in: SignIn, people: dict[str, int]
) -> None:
    page = sign_in(people["admin"]).get(PAGE).text
    assert subjects(page) == [
        "Team closed: Gone with its house",
        "Team made: =Their team",
        "Team made: Night shift",
        "Account made: Ben New",
    ]
    assert "by Hugo Other · Hillside</p>" in page
    assert "by root (terminal)</p>" in page
    assert '<option value="person.added">Account made</option>' in page
    assert "09:00\N{NO-BREAK SPACE}UTC" in page


@pytest.mark.parametrize(
    ("query", "number"),
    [("action=person.added", 1), ("by=hugo", 1), ("about=night", 1), ("since=2026-03-03", 0)],
)
def test_its_filters_are_those_of_an_organizations_page(
    sign_in: SignIn, people: dict[str, int], query: str, number: int
) -> None:
    client = sign_in(people["admin"])
    assert len(subjects(client.get(f"{PAGE}?{query}").text)) == number
    assert len(rows(client, f"{PAGE}.csv?{query}")) == number + 1


def test_its_file_has_a_column_for_the_organization(
    sign_in: SignIn, people: dict[str, int]
) -> None:
    client = sign_in(people["admin"])
    assert f'href="{PAGE}.csv"' in client.get(PAGE).text
    head, *found = rows(client, f"{PAGE}.csv")
    assert head == ["No.", "When (UTC)", "Organization", "Done by", "What", "Done to", "Details"]
    assert [row[2:6] for row in found] == [
        ["", "Ida Admin", "Team closed", "Gone with its house"],
        ["Hillside", "Hugo Other", "Team made", "'=Their team"],
        ["Riverside", "Grace Manager", "Team made", "Night shift"],
        ["", "root (terminal)", "Account made", "Ben New"],
    ]
    answer = client.get(f"{PAGE}.xlsx", buffered=True)
    assert "audit-site-2026-03-02.xlsx" in answer.headers["Content-Disposition"]


def test_administrators_find_it_and_nobody_else_does(
    sign_in: SignIn, people: dict[str, int]
) -> None:
    pages = ("/organizations/riverside/people", "/organizations/riverside/audit")
    for page in ("/organizations", *pages):
        assert SITE_LINK in sign_in(people["admin"]).get(page).text, page
    for page in pages:
        assert SITE_LINK not in sign_in(people["grace"]).get(page).text, page
    assert sign_in(people["grace"]).get(PAGE).status_code == 403
    assert sign_in(people["grace"]).get(f"{PAGE}.csv").status_code == 403


def test_an_organization_is_offered_no_kind_that_is_the_sites(
    sign_in: SignIn, people: dict[str, int]
) -> None:
    page = sign_in(people["grace"]).get("/organizations/riverside/audit").text
    assert 'value="person.added"' not in page
    assert 'value="team.joined"' in page


def test_it_asks_as_often_for_many_entries_as_for_few(
    database: Database, sign_in: SignIn, people: dict[str, int], clock: StandingClock
) -> None:
    client = sign_in(people["admin"])
    for address in (PAGE, f"{PAGE}.csv"):
        client.get(address, buffered=True)
        with statements(database) as few:
            client.get(address, buffered=True)
        with database.transaction() as session:
            for number in range(PAGE_SIZE):
                whose = people["riverside"] if number % 2 else None
                act = Act("team.ended", "team", number, f"Team {number}", whose)
                audit.record(session, Actor("Grace"), act, clock())
        with statements(database) as many:
            client.get(address, buffered=True)
        assert many == few, address
        assert len(few) == 3, (address, *few)
