"""Every list as a file: the rows of its page under the same filters, and nothing of anybody else's."""

import csv
import io
import re
import zipfile
from datetime import date, timedelta
from html import unescape

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, AssignmentRule, Notice, Obligation
from lms.assignments.terms import Terms
from lms.courses.models import Course
from lms.foundation import audit
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization, RosterImport
from lms.organizations.roster import Mapped
from lms.reports import packets
from lms.reports.models import EvidencePacket
from tests.conftest import StandingClock
from tests.factories import make_member, make_user
from tests.obligation_rows import make_obligation

from .conftest import TODAY, Ward

HOME = "/organizations/riverside"


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


def add_packets(ward: Ward, database: Database, clock: StandingClock) -> int:
    """One that is ready, whose id is the answer, then one that failed, then one that is waited for."""
    ready = {"state": "ready", "body": b"PK", "digest": "0" * 64}
    failed = {"state": "failed", "fault": "=1 went wrong"}
    audiences = (
        Audience(team_ids=frozenset({ward.team_id})),
        Audience(job_titles=frozenset({"=Nurse"})),
        Audience(everyone=True),
    )
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        course_id = session.scalars(sa.select(Course.id).where(Course.slug == "onboarding")).one()
        added = [
            EvidencePacket(
                organization_id=ben.organization_id,
                course_id=course_id,
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 2, 1),
                audience=audience.to_json(),
                asked_by_id=ben.user_id,
                asked_at=clock.moment,
                **values,
            )
            for audience, values in zip(audiences, (ready, failed, {"state": "asked"}), strict=True)
        ]
        for one in added:
            session.add(one)
            session.flush()
        return added[0].id


def listed(client: FlaskClient, path: str, tag: str, look: str = "") -> list[str]:
    """What stands in the elements of a page that hold the cells of its list, as a file has it."""
    pattern = rf"<{tag}\b[^>]*{look}[^>]*>(.*?)</{tag}>"
    found = re.findall(pattern, client.get(f"{HOME}/{path}").text, re.DOTALL)
    words = [unescape(re.sub(r"<[^>]*>", "", one)).strip() for one in found]
    return [f"'{one}" if one.startswith("=") else one for one in words]


def rows(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(f"{HOME}/{path}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), path
    assert answer.headers["Cache-Control"] == "private, no-store"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True)[1:], newline="")))


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
    assert rows(ward.manager, "compliance/courses.csv") == [
        ["Course", "Compliant", "Of", "Share", "Waived", "Due", "Overdue"],
        ["Onboarding", "1", "2", "50%", "0", "0", "1"],
        ["Privacy refresher", "1", "1", "100%", "1", "0", "0"],
    ]
    found = rows(ward.team_manager, "compliance/teams.csv")[1:]
    assert found == [["Night shift", "2", "2", "100%", "1", "0", "0"]]


def test_who_to_nudge(ward: Ward, database: Database) -> None:
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        organization = session.get_one(Organization, ben.organization_id)
        owed = sa.select(Obligation).where(Obligation.membership_id == ben.id)
        assignment = session.get_one(Assignment, session.scalars(owed).one().assignment_id)
        for number in range(12):
            member = make_member(
                session, organization, make_user(session, name=f"Late {number:02}")
            )
            make_obligation(session, assignment, member, TODAY - timedelta(days=20 + number % 3))
    head, *found = rows(ward.manager, "compliance/nudges.csv")
    assert head[:2] + head[-3:] == ["Name", "Employee number", "Teams", "Overdue", "Overdue since"]
    assert found[-1][0] == "'=Ben Blank"
    assert found[-1][-2:] == ["1", "2026-02-27"]
    # The page shows the first ten, in the same order.
    page = ward.manager.get(f"{HOME}/compliance").text
    shown = re.findall(r'record">([^<]*)</a> <span>(\d+) overdue', page)
    assert [(row[0], row[-2]) for row in found[:10]] == shown
    assert len(found) == 13
    searched = rows(ward.manager, "compliance/nudges.csv?q=late+07&state=met")[1:]
    assert [row[0] for row in searched] == ["Late 07"]
    # The team of its own manager is up to date.
    assert rows(ward.team_manager, "compliance/nudges.csv")[1:] == []
    assert rows(ward.manager, f"compliance/nudges.csv?team={ward.team_id}")[1:] == []


def test_a_persons_record(ward: Ward, database: Database) -> None:
    path = f"people/{ward.ada}/record"
    head, *found = rows(ward.manager, f"{path}.csv")
    told = [dict(zip(head, row, strict=True)) for row in found]
    assert {row["Name"] for row in told} == {"Ada Okafor"}
    page = ward.manager.get(f"{HOME}/{path}").text.replace("&nbsp;", " ")
    onboarding, refresher = told[:-1], told[-1]
    assert [row["Kind"] for row in onboarding] == ["Required", "Completion", "Attempt at a quiz"]
    assert {row["Course"] for row in onboarding} == {"Onboarding"}
    required, completion, attempt = onboarding
    assert (required["State"], required["Due"]) == ("Completed", "2026-02-27")
    assert required["Completed"] == completion["Completed"] == "2026-01-05"
    assert completion["Score"] == "100%"
    assert f">{completion['Certificate']}</a>" in page
    assert f"{attempt['Quiz']}, attempt {attempt['Attempt']}<" in page
    assert attempt["State"] == "Passed"
    assert (refresher["Kind"], refresher["State"]) == ("Required", "Waived")
    said = (refresher["Decided by"], refresher["Reason"])
    assert said == ("Grace", "She taught this course for years.")
    assert ": ".join(said) in page
    # The team's manager has the same; of who is in no team of theirs there is nothing.
    assert rows(ward.team_manager, f"{path}.csv")[1:] == found
    assert ward.team_manager.get(f"{HOME}/people/{ward.ben}/record.csv").status_code == 404
    assert ward.manager.get(f"{HOME}/people/{ward.nora}/record.csv").status_code == 404
    assert rows(ward.manager, f"people/{ward.ben}/record.csv")[1][0] == "'=Ben Blank"


def test_a_record_in_which_nothing_stands(ward: Ward, database: Database) -> None:
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        organization = session.get_one(Organization, ben.organization_id)
        new = make_member(session, organization, make_user(session)).id
    assert len(rows(ward.manager, f"people/{new}/record.csv")) == 1
    assert "record.csv" not in ward.manager.get(f"{HOME}/people/{new}/record").text


def test_the_packets(ward: Ward, database: Database, clock: StandingClock) -> None:
    assert rows(ward.manager, "evidence.csv")[1:] == []
    assert "evidence.csv" not in ward.manager.get(f"{HOME}/evidence").text
    kept = add_packets(ward, database, clock)
    head, *found = rows(ward.manager, "evidence.csv")
    assert head[0] == "Course"
    assert head[5:] == ["Asked (UTC)", "State", "Fault", "File", "SHA-256"]
    assert [row[0] for row in found] == listed(ward.manager, "evidence", "h3", "h6")
    asked = ["Onboarding", "2026-01-01", "2026-02-01"]
    by = ["'=Ben Blank", "2026-03-02 09:00"]
    assert found == [
        [*asked, "Everyone", *by, "Being made", "", "", ""],
        [*asked, "Job titles: =Nurse", *by, "Not made", "'=1 went wrong", "", ""],
        [
            *asked,
            "Teams: Night shift",
            *by,
            "Ready",
            "",
            f"evidence-riverside-2026-01-01-2026-02-01-{kept}.zip",
            "0" * 64,
        ],
    ]
    download = ward.manager.get(f"{HOME}/evidence/{kept}.zip")
    assert found[-1][-2] in download.headers["Content-Disposition"]


def test_a_page_shows_the_latest_packets_and_the_file_has_all(
    ward: Ward, database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packets, "SHOWN", 2)
    add_packets(ward, database, clock)
    page = ward.manager.get(f"{HOME}/evidence").text
    assert "The latest 2." in page
    assert page.count("<h3") == 2
    assert len(rows(ward.manager, "evidence.csv")[1:]) == 3


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
    for path in paths(ward, assignment, roster, "csv"):
        page = path.removesuffix(".csv")
        folded = ("/assignments/", "/roster/", "compliance/courses", "compliance/teams", "nudges")
        if any(part in path for part in folded):
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
    )
    for path in (*whole, "slips"):
        assert ward.team_manager.get(f"{HOME}/{path}.csv").status_code == 403, path
