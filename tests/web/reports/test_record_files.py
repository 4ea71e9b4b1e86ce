"""What an employer keeps of people and of proof, as files: what the page shows, and no more."""

import re
from datetime import timedelta

import sqlalchemy as sa

from lms.assignments.models import Assignment, Obligation
from lms.foundation.database import Database
from lms.foundation.paging import PAGE_SIZE
from lms.organizations.models import Membership, Organization
from tests.conftest import StandingClock
from tests.factories import make_member, make_user
from tests.obligation_rows import make_obligation

from .conftest import TODAY, Ward
from .list_files import HOME, add_packets, add_positions, listed, rows


def test_the_positions_of_a_member(ward: Ward, database: Database, clock: StandingClock) -> None:
    path = f"people/{ward.ben}"
    assert len(rows(ward.manager, f"{path}/positions.csv")) == 1
    assert "positions.csv" not in ward.manager.get(f"{HOME}/{path}").text
    add_positions(ward, database, clock)
    head, *found = rows(ward.manager, f"{path}/positions.csv")
    assert head[:2] + head[-3:] == [
        "From", "Job title", "Reports to", "Manager's employee number", "Left",
    ]  # fmt: skip
    placed = ["'=Nurse", "Ward 3", "", "17", "2026-01-05"]
    assert found == [
        ["2026-03-04", *placed, "Ada Okafor", "9", "no"],
        ["2026-03-03", *[""] * 7, "yes"],
        ["2026-03-02", *placed, "", "", "no"],
    ]
    # The page names whom he reports to in that line.
    assert re.search("<td>Ada Okafor</td></tr>", ward.manager.get(f"{HOME}/{path}").text)
    assert ward.team_manager.get(f"{HOME}/{path}/positions.csv").status_code == 404
    assert ward.manager.get(f"{HOME}/people/{ward.nora}/positions.csv").status_code == 404


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
    assert "The 10 who have been overdue for longest." in page
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


def test_packets_are_shown_in_pages_and_the_file_has_all(
    ward: Ward, database: Database, clock: StandingClock
) -> None:
    first = add_packets(ward, database, clock)
    for _ in range(17):
        add_packets(ward, database, clock)
    page = ward.manager.get(f"{HOME}/evidence").text
    assert "Page 1 of 2" in page
    assert page.count("<h3") == PAGE_SIZE
    assert f"/evidence/{first}.zip" not in page
    second = ward.manager.get(f"{HOME}/evidence?page=2").text
    assert f"/evidence/{first}.zip" in second
    assert second.count("<h3") == 54 - PAGE_SIZE
    assert ward.manager.get(f"{HOME}/evidence?page=99").text.count("<h3") == 54 - PAGE_SIZE
    assert len(rows(ward.manager, "evidence.csv")[1:]) == 54
