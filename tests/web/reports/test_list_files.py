"""Every list as a file: the rows of its page under the same filters, and nothing of anybody else's."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, AssignmentRule, Notice, Obligation
from lms.assignments.terms import Terms
from lms.foundation import audit
from lms.foundation.database import Database
from lms.organizations import imports
from lms.organizations.models import Membership, Organization, RosterImport
from lms.organizations.roster import Mapped
from tests.conftest import StandingClock

from .conftest import Ward
from .list_files import HOME, add_packets, add_positions, listed, rows


@pytest.fixture
def assignment(ward: Ward, database: Database) -> int:
    """The assignment under which Ben owes something, with its rule."""
    with database.transaction() as session:
        found = session.scalars(
            sa.select(Assignment)
            .join(Obligation, Obligation.assignment_id == Assignment.id)
            .where(Obligation.membership_id == ward.ben)
        ).one()
        session.add(
            AssignmentRule(
                assignment_id=found.id,
                number=1,
                audience=Audience(everyone=True).to_json(),
                terms=Terms().to_json(),
                decided_at=found.created_at,
                decided_by_id=found.created_by_id,
            )
        )
        return found.id


@pytest.fixture
def told(ward: Ward, database: Database, clock: StandingClock) -> None:
    """Something in the trail and in the log of reminders."""
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        for kind, state in (("overdue", "sent"), ("assigned", "failed")):
            session.add(
                Notice(
                    key=f"{kind}:1",
                    kind=kind,
                    organization_id=ben.organization_id,
                    user_id=ben.user_id,
                    created_at=clock.moment,
                    send_after=clock.moment,
                    state=state,
                    settled_at=clock.moment,
                    subject="Late: Onboarding",
                )
            )
        for action in ("team.created", "team.renamed"):
            act = audit.Act(action, "team", 1, "=Night", ben.organization_id, {"name": "Day"})
            audit.record(session, audit.Actor("Grace"), act, clock.moment + timedelta(hours=1))


@pytest.fixture
def roster(ward: Ward, database: Database, clock: StandingClock) -> int:
    """A roster in which something is wrong."""
    wrong = [
        {"row": 2, "column": "E-mail", "message": "=HYPERLINK is no address."},
        {"row": 4, "column": "Full name", "message": "The name is missing."},
    ]
    with database.transaction() as session:
        managers = sa.select(Membership).where(Membership.role == "manager")
        grace = session.scalars(managers.order_by(Membership.id)).first()
        assert grace is not None
        handed_in = RosterImport(
            organization_id=grace.organization_id,
            file_name="roster.csv",
            mapping=Mapped().to_json(),
            is_complete=False,
            state="checked",
            outcome=dict.fromkeys(("added", "changed", "returned", "deactivated", "unchanged"), 0)
            | {"problem_count": 2, "examples": {}, "new_teams": []},
            problems=wrong,
            uploaded_by_id=grace.user_id,
            uploaded_at=clock.moment,
        )
        session.add(handed_in)
        session.flush()
        return handed_in.id


def test_people(ward: Ward) -> None:
    head, *found = rows(ward.manager, "people.csv")
    assert head[:3] == ["Name", "Signs in as", "Employee number"]
    assert [row[0] for row in found] == ["'=Ben Blank", "Ada Okafor", "Grace", "Tess"]
    assert [row[0] for row in rows(ward.manager, "people.csv?q=okafor")[1:]] == ["Ada Okafor"]
    assert [row[0] for row in rows(ward.team_manager, "people.csv")[1:]] == ["Ada Okafor", "Tess"]
    assert rows(ward.manager, "people.csv?left=1")[1:] == []


def test_teams(ward: Ward) -> None:
    assert rows(ward.manager, "teams.csv") == [
        ["Team", "People", "Managers"],
        ["Night shift", "2", "Tess"],
    ]
    assert rows(ward.manager, "teams.csv?q=day")[1:] == []


def test_the_members_of_a_team(ward: Ward) -> None:
    path = f"teams/{ward.team_id}"
    head, *found = rows(ward.team_manager, f"{path}.csv")
    assert head[:3] == ["Name", "Signs in as", "Employee number"]
    assert [(row[0], row[-1]) for row in found] == [
        ("Tess", "Manages it"),
        ("Ada Okafor", "Member"),
    ]
    for query in ("", "?q=okafor", "?q=nobody"):
        shown = listed(ward.manager, path + query, "h2", "h6")[:2]
        assert [row[0] for row in rows(ward.manager, f"{path}.csv{query}")[1:]] == shown


def test_who_has_not_signed_in(ward: Ward) -> None:
    head, *found = rows(ward.manager, "slips.csv")
    assert head[0] == "Name"
    assert [row[0] for row in found] == listed(ward.manager, "slips", "strong")
    assert "'=Ben Blank" in [row[0] for row in found]
    searched = rows(ward.manager, "slips.csv?q=okafor&left=1")[1:]
    assert [row[0] for row in searched] == listed(ward.manager, "slips?q=okafor&left=1", "strong")
    assert len(searched) == 1


def test_what_is_wrong_in_a_roster(ward: Ward, roster: int) -> None:
    head, *found = rows(ward.manager, f"roster/{roster}/problems.csv")
    assert head == ["Row", "Column", "What is wrong"]
    assert [cell for row in found for cell in row[1:]] == listed(
        ward.manager, f"roster/{roster}", "td"
    )
    assert [row[0] for row in found] == ["2", "4"]


def test_the_rosters_that_were_handed_in(
    ward: Ward, roster: int, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, found = rows(ward.manager, "roster/files.csv")
    assert head == ["File", "Handed in (UTC)", "State", "New", "Asked", "Changed", "Left"]
    assert found == ["roster.csv", "2026-03-02 09:00", "Not applied yet", "0", "0", "0", "0"]
    assert [found[0]] == listed(ward.manager, "roster", "h3", "h6")
    assert "The latest" not in ward.manager.get(f"{HOME}/roster").text
    monkeypatch.setattr(imports, "LISTED", 1)
    assert "The latest 1." in ward.manager.get(f"{HOME}/roster").text
    with database.transaction() as session:
        one = session.get_one(RosterImport, roster)
        one.state, one.outcome, one.file_name = "failed", {}, "=1.csv"
    assert rows(ward.manager, "roster/files.csv")[1:] == [
        ["'=1.csv", "2026-03-02 09:00", "Not done", "", "", "", ""]
    ]


def test_the_assignments(ward: Ward, assignment: int) -> None:
    head, *found = rows(ward.manager, "assignments.csv")
    assert head[:3] == ["Course", "Ended", "For whom"]
    assert (
        [row[0] for row in found]
        == ["Onboarding"]
        == listed(ward.manager, "assignments", "h2", "h5")
    )
    assert found[0][2] in listed(ward.manager, "assignments", "li")
    assert found[0][-3:] == ["1", "0", "1"]
    assert found[0][-3:] == listed(ward.manager, "assignments", "dd")


def test_compliance_by_course_and_by_team(ward: Ward) -> None:
    for query in ("", f"?team={ward.team_id}", "?q=nobody"):
        shown = listed(ward.manager, f"compliance{query}", "th", 'role="rowheader"')
        courses = rows(ward.manager, f"compliance/courses.csv{query}")
        teams = rows(ward.manager, f"compliance/teams.csv{query}")
        assert [row[0] for row in (*courses[1:], *teams[1:])] == shown
        links = re.findall(
            r'data-label="Due">.*?>(\d+)<.*?data-label="Overdue">.*?>(\d+)<',
            ward.manager.get(f"{HOME}/compliance{query}").text,
            re.DOTALL,
        )
        assert [tuple(row[-2:]) for row in (*courses[1:], *teams[1:])] == links
        months = rows(ward.manager, f"compliance/months.csv{query}")
        page = ward.manager.get(f"{HOME}/compliance{query}").text.split("<summary>As a table")[1]
        in_table = page.split("</table>")[0]
        assert [row[1] for row in months[1:]] == re.findall(r"<td>(\d+)</td>", in_table)
    assert rows(ward.manager, "compliance/months.csv")[-2:] == [
        ["2026-02-28", "1"],
        ["2026-03-02", "1"],
    ]
    assert rows(ward.manager, "compliance/courses.csv") == [
        ["Course", "Compliant", "Of", "Share", "Waived", "Due", "Overdue"],
        ["Onboarding", "1", "2", "50%", "0", "0", "1"],
        ["Privacy refresher", "1", "1", "100%", "1", "0", "0"],
    ]
    found = rows(ward.team_manager, "compliance/teams.csv")[1:]
    assert found == [["Night shift", "2", "2", "100%", "1", "0", "0"]]


def test_the_people_under_an_assignment(ward: Ward, assignment: int) -> None:
    path = f"assignments/{assignment}/people.csv"
    assert rows(ward.manager, path) == [
        ["Name", "Job title", "Department", "State", "Due", "Completed"],
        ["'=Ben Blank", "", "", "Overdue", "2026-02-27", ""],
        ["Ada Okafor", "", "", "Completed", "2026-02-27", "2026-01-05"],
    ]
    assert len(rows(ward.manager, f"{path}?state=met")) == 2


def test_the_audit_trail(ward: Ward, told: None) -> None:
    head, *found = rows(ward.manager, "audit.csv")
    assert head == ["No.", "When (UTC)", "Done by", "What", "Done to", "Details"]
    assert [row[1:] for row in found] == [
        ["2026-03-02 10:00", "Grace", "Team renamed", "'=Night", "Name: Day"],
        ["2026-03-02 10:00", "Grace", "Team made", "'=Night", "Name: Day"],
    ]
    assert len(rows(ward.manager, "audit.csv?action=team.created")) == 2


def test_the_log_of_reminders(ward: Ward, told: None) -> None:
    head, *found = rows(ward.manager, "reminders/log.csv")
    assert head == ["When (UTC)", "Name", "Kind", "Subject", "State", "Fault"]
    assert [row[1:5] for row in found] == [
        ["'=Ben Blank", "Assigned", "Late: Onboarding", "Failed"],
        ["'=Ben Blank", "Overdue", "Late: Onboarding", "Sent"],
    ]
    assert len(rows(ward.manager, "reminders/log.csv?state=sent")) == 2


def paths(ward: Ward, assignment: int, roster: int, kind: str) -> list[str]:
    lists = (
        "assignments",
        "slips",
        f"teams/{ward.team_id}",
        f"roster/{roster}/problems",
        "people",
        "teams",
        "compliance/courses",
        "compliance/people",
        "compliance/teams",
        f"assignments/{assignment}/people",
        "audit",
        "reminders/log",
        "reminders",
        "evidence",
        "compliance/nudges",
        "compliance/months",
        "roster/files",
        f"people/{ward.ben}/positions",
        f"people/{ward.ada}/record",
    )
    return [f"{HOME}/{one}.{kind}" for one in lists]


def test_each_comes_as_a_workbook_too(ward: Ward, assignment: int, roster: int, told: None) -> None:
    for path in paths(ward, assignment, roster, "xlsx"):
        answer = ward.manager.get(path, buffered=True)
        assert answer.status_code == 200, path
        assert ".xlsx" in answer.headers["Content-Disposition"]
        book = zipfile.ZipFile(io.BytesIO(answer.get_data()))
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_each_is_offered_on_its_page(
    ward: Ward,
    assignment: int,
    roster: int,
    told: None,
    database: Database,
    clock: StandingClock,
) -> None:
    add_packets(ward, database, clock)
    add_positions(ward, database, clock)
    for path in paths(ward, assignment, roster, "csv"):
        page = path.removesuffix(".csv")
        of_page = (
            "courses",
            "compliance/teams",
            "nudges",
            "months",
            "problems",
            "files",
            "positions",
        )
        if path.endswith(tuple(f"{one}.csv" for one in of_page)) or "/assignments/" in path:
            page = page.rsplit("/", 1)[0]
        assert f'href="{path}"' in ward.manager.get(page).text, path


def test_nobody_else_gets_them(
    ward: Ward, assignment: int, roster: int, database: Database
) -> None:
    for path in paths(ward, assignment, roster, "csv"):
        assert ward.stranger.get(path).status_code == 404, path
        assert ward.manager.get(path.replace(".csv", ".ods")).status_code == 404, path
    theirs = f"/organizations/hillside/assignments/{assignment}/people.csv"
    assert ward.stranger.get(theirs).status_code == 404
    with database.reading_session() as session:
        hillside = session.scalars(
            sa.select(Organization.id).where(Organization.slug == "hillside")
        ).one()
        other = session.scalars(
            sa.select(Assignment.id).where(Assignment.organization_id == hillside)
        ).one()
    assert ward.manager.get(f"{HOME}/assignments/{other}/people.csv").status_code == 404
    whole = (
        "assignments",
        "assignments/1/people",
        "audit",
        "evidence",
        "reminders",
        "reminders/log",
        "roster/files",
    )
    for path in (*whole, "slips"):
        assert ward.team_manager.get(f"{HOME}/{path}.csv").status_code == 403, path
