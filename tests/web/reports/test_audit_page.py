"""The page of the audit trail: an organization's own entries, filtered, page by page."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.courses.catalogue import Catalogue
from lms.foundation import audit
from lms.foundation.audit import Act, Actor
from lms.foundation.database import Database
from lms.reports.audit_trail import PAGE_SIZE
from tests.conftest import StandingClock
from tests.factories import (
    BEGINNING,
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
)
from tests.obligation_rows import make_assignment as assign
from tests.web.test_query_counts import statements

SignIn = Callable[[int], FlaskClient]
PAGE = "/organizations/riverside/audit"


@pytest.fixture
def house(database: Database, clock: StandingClock) -> dict[str, int]:
    """Two organizations with a manager each; Riverside has a team's manager and a few entries."""
    now = clock()
    with database.transaction() as session:
        riverside = make_organization(
            session, slug="riverside", name="Riverside", time_zone="America/New_York"
        )
        hillside = make_organization(session, slug="hillside", name="Hillside")
        grace = make_user(session, name="Grace Manager")
        hugo = make_user(session, name="Hugo Other")
        tom = make_user(session, name="Tom Teams")
        make_member(session, riverside, grace, "manager")
        make_member(session, hillside, hugo, "manager")
        team = make_team(session, riverside)
        make_team_member(session, team, make_member(session, riverside, tom), "manager")
        here, there = riverside.id, hillside.id
        for days, actor, act in (
            (9, "Grace Manager", Act("team.created", "team", 1, "Night shift", here)),
            (5, "Özil Admin", Act("obligation.waived", "person", 2, "Mia <b>", here, {"reason": "Away"})),
            (0, "Grace Manager", Act("membership.ended", "membership", 3, "Sam Leaver", here)),
            (0, "Hugo Other", Act("team.created", "team", 4, "Their team", there)),
            (0, "Somebody", Act("content.published", "publication", 5, "Of the site")),
        ):  # fmt: skip
            audit.record(session, Actor(actor), act, now - timedelta(days=days))
        return {"grace": grace.id, "hugo": hugo.id, "tom": tom.id, "riverside": here}


def subjects(page: str) -> list[str]:
    return re.findall(r'<h2 class="h6 mb-0">(.*?)</h2>', page)


@pytest.mark.usefixtures("house")
def test_nobody_but_a_manager_of_the_whole_organization_sees_it(
    client: FlaskClient, sign_in: SignIn, house: dict[str, int]
) -> None:
    assert client.get(PAGE).status_code == 302
    assert sign_in(house["tom"]).get(PAGE).status_code == 403
    assert sign_in(house["hugo"]).get(PAGE).status_code == 404
    assert sign_in(house["grace"]).get("/organizations/nowhere/audit").status_code == 404


def test_a_team_manager_who_manages_another_organization_does_not_see_it(
    database: Database, sign_in: SignIn, house: dict[str, int]
) -> None:
    with database.transaction() as session:
        make_member(
            session, make_organization(session), session.get_one(User, house["tom"]), "manager"
        )
    assert sign_in(house["tom"]).get(PAGE).status_code == 404


def test_it_tells_what_was_done_in_this_organization_and_nothing_else(
    sign_in: SignIn, house: dict[str, int]
) -> None:
    page = sign_in(house["grace"]).get(PAGE).get_data(as_text=True)
    assert subjects(page) == [
        "Person left: Sam Leaver",
        "Obligation waived: Mia &lt;b&gt;",
        "Team made: Night shift",
    ]
    assert "<dt>Reason</dt><dd>Away</dd>" in page
    assert "Their team" not in page
    assert "Of the site" not in page
    assert "04:00\N{NO-BREAK SPACE}EST" in page


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("action=team.created", 1),
        ("action=team.ended", 0),
        ("action=never.heard-of", 0),
        ("by=grace", 2),
        ("by=özil", 1),
        ("by=%25", 0),
        ("about=leaver", 1),
        ("about=night&by=grace", 1),
        ("since=2026-02-25", 2),
        ("until=2026-02-25", 2),
        ("since=2026-02-25&until=2026-02-25", 1),
        ("since=nonsense", 3),
        ("before=nonsense", 3),
        ("before=99999999999999999999999", 3),
        ("before=-1", 0),
    ],
)
def test_filters_are_in_the_address_and_stay_in_the_form(
    sign_in: SignIn, house: dict[str, int], query: str, number: int
) -> None:
    answer = sign_in(house["grace"]).get(f"{PAGE}?{query}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(subjects(page)) == number
    if "by=grace" in query:
        assert 'name="by" type="search" maxlength="100" autocomplete="off" value="grace"' in page


def test_pages_follow_each_other_without_loss_and_keep_the_filters(
    database: Database, sign_in: SignIn, house: dict[str, int], clock: StandingClock
) -> None:
    with database.transaction() as session:
        for number in range(2 * PAGE_SIZE + 3):
            act = Act("team.ended", "team", number, f"Team {number}", house["riverside"])
            audit.record(session, Actor("Grace"), act, clock())
    client = sign_in(house["grace"])

    def follow(page: str, rel: str) -> str | None:
        link = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        return link and client.get(link[1].replace("&amp;", "&")).get_data(as_text=True)

    page: str | None = client.get(f"{PAGE}?action=team.ended").get_data(as_text=True)
    assert 'rel="prev"' not in str(page)
    found, pages = [], []
    while page:
        pages.append(page)
        found += subjects(page)
        page = follow(page, "next")
    assert found == [f"Team closed: Team {n}" for n in reversed(range(2 * PAGE_SIZE + 3))]
    assert [len(subjects(page)) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 3]
    back = follow(pages[2], "prev")
    assert back is not None
    assert subjects(back) == subjects(pages[1])
    first = follow(back, "prev")
    assert first is not None
    assert subjects(first) == subjects(pages[0])


def test_it_asks_as_often_for_many_entries_as_for_few(
    database: Database, sign_in: SignIn, house: dict[str, int], clock: StandingClock
) -> None:
    client = sign_in(house["grace"])
    client.get(PAGE)
    with statements(database) as few:
        client.get(PAGE)
    with database.transaction() as session:
        for number in range(PAGE_SIZE):
            act = Act("team.ended", "team", number, f"Team {number}", house["riverside"])
            audit.record(session, Actor("Grace"), act, clock())
    with statements(database) as many:
        client.get(PAGE)
    assert many == few
    assert len(few) == 4


@pytest.mark.parametrize(
    ("about", "number"),
    [
        ("özil", 1),
        ("sam ö", 1),
        ("ben 1", 1),
        ("anna (31)", 1),
        ("ann old", 1),
        ("ann evil", 1),
        ("%", 0),
        ("_", 0),
        ("people", 0),
        ("members", 0),
        ("to_id", 0),
        ("4711", 0),
    ],
)
def test_whoever_is_named_in_an_entry_is_found_and_all_are_in_the_file(
    *, database: Database, sign_in: SignIn, house: dict[str, int], about: str, number: int
) -> None:
    names = ["Sam Özil", *(f"Ben {number}" for number in range(11, 30))]
    moved = {"to": "Day [new]", "to_id": 4711, "members": [*range(4711, 4731)], "people": names}
    changed = "Ann Evil (32) [Full name: Ann Old → Ann Evil]"
    roster = {"added": 1, "people": {"added": ["Anna (31)"], "changed": [changed]}}
    with database.transaction() as session:
        for action, details in (("team.transferred", moved), ("roster.applied", roster)):
            act = Act(action, "team", 9, "Night", house["riverside"], details)
            audit.record(session, Actor("Grace"), act, BEGINNING)
    client = sign_in(house["grace"])
    page = client.get(PAGE, query_string={"about": about}).text
    assert len(subjects(page)) == number
    file = client.get(f"{PAGE}.csv").text
    assert all(name in file for name in (*names, "Anna (31)", changed))
    if "ben" in about:
        assert "Ben 19 and 10 more" in page


def test_an_assignment_is_told_by_the_title_of_its_course_and_found_by_it(
    database: Database, sample: Catalogue, sign_in: SignIn, house: dict[str, int]
) -> None:
    with database.transaction() as session:
        course = sample.courses["onboarding"]
        number = assign(session, house["riverside"], course.id).id
        for act in (
            Act("assignment.reassigned", "assignment", number, "", house["riverside"]),
            Act(
                "obligation.extended",
                "member",
                1,
                "Mia",
                house["riverside"],
                {"assignment": number},
            ),
        ):
            audit.record(session, Actor("Grace"), act, BEGINNING)
    client = sign_in(house["grace"])
    page = client.get(PAGE).get_data(as_text=True)
    assert subjects(page)[:2] == [
        "Due date moved: Mia",
        "Course assigned again after a change: Onboarding",
    ]
    assert "<dt>Assignment</dt><dd>Onboarding</dd>" in page
    assert subjects(client.get(f"{PAGE}?about=ONBOARD").text) == [
        "Course assigned again after a change: Onboarding"
    ]
    file = client.get(f"{PAGE}.csv").text.splitlines()
    assert file[1].endswith("Due date moved,Mia,Assignment: Onboarding")
    assert file[2].endswith("Course assigned again after a change,Onboarding,")
    with database.reading_session() as session:
        assert list(audit.verify(session)) == []
