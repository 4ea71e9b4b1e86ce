"""Every list as a file: the rows of its page under the same filters, and nothing of anybody else's."""

import csv
import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, AssignmentRule, Notice, Obligation
from lms.assignments.terms import Terms
from lms.foundation import audit
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization
from tests.conftest import StandingClock

from .conftest import Ward

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


def paths(assignment: int, kind: str) -> list[str]:
    lists = (
        "people",
        "teams",
        "compliance/people",
        f"assignments/{assignment}/people",
        "audit",
        "reminders/log",
    )
    return [f"{HOME}/{one}.{kind}" for one in lists]


def test_each_comes_as_a_workbook_too(ward: Ward, assignment: int, told: None) -> None:
    for path in paths(assignment, "xlsx"):
        answer = ward.manager.get(path, buffered=True)
        assert answer.status_code == 200, path
        assert ".xlsx" in answer.headers["Content-Disposition"]
        book = zipfile.ZipFile(io.BytesIO(answer.get_data()))
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_each_is_offered_on_its_page(ward: Ward, assignment: int, told: None) -> None:
    for path in paths(assignment, "csv"):
        page = path.removesuffix("/people.csv") if "/assignments/" in path else path[:-4]
        assert f'href="{path}"' in ward.manager.get(page).text, path


def test_nobody_else_gets_them(ward: Ward, assignment: int, database: Database) -> None:
    for path in paths(assignment, "csv"):
        assert ward.stranger.get(path).status_code == 404, path
        assert ward.manager.get(path.replace(".csv", ".pdf")).status_code == 404, path
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
    for path in ("assignments/1/people", "audit", "reminders/log"):
        assert ward.team_manager.get(f"{HOME}/{path}.csv").status_code == 403, path
