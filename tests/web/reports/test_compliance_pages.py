"""An organization's compliance: its overview, the list, one person's record; nothing of anybody else's."""

import io
import re
import zipfile
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.models import Assignment
from lms.foundation.database import Database
from lms.organizations.models import Membership, Organization
from tests.factories import make_member, make_team, make_team_member, make_user
from tests.obligation_rows import make_obligation
from tests.web.test_query_counts import statements

from .conftest import TODAY, Ward

PAGES = ("compliance", "compliance/people")
FILES = ("compliance/people.csv", "compliance/people.xlsx")


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(f"/organizations/riverside/{path}")
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True).replace("\N{NO-BREAK SPACE}", " ")


def test_the_overview_tells_how_the_organization_stands(ward: Ward) -> None:
    page = text_of(ward.manager, "compliance")
    assert "On 2 March 2026" in page
    assert "<dt>Compliant</dt><dd>66%</dd>" in page
    assert 'href="/organizations/riverside/compliance/people?state=overdue"' in page
    assert "1 overdue" in page
    assert "since 27 February 2026" in page
    assert "Night shift" in page
    assert "Nora" not in page
    filtered = text_of(ward.manager, f"compliance?team={ward.team_id}&course=onboarding")
    assert "<dt>Compliant</dt><dd>100%</dd>" in filtered
    assert f"team={ward.team_id}&amp;course=onboarding&amp;state=compliant" in filtered
    assert "Nobody is overdue." in filtered


def test_the_list_tells_of_each_person_and_course(ward: Ward) -> None:
    page = text_of(ward.manager, "compliance/people")
    assert "3 rows." in page
    assert "Completed" in page
    assert "5 January 2026" in page
    assert re.search(r"/certificates/RND-[-0-9A-Z]+", page)
    late = text_of(ward.manager, "compliance/people?state=overdue&sort=due")
    assert "1 row." in late
    assert "=Ben Blank" in late
    assert "Ada" not in late
    # What was chosen stays in the form and in the links.
    assert '<option value="due" selected>' in late
    assert '<input type="hidden" name="state" value="overdue">' in late
    assert "state=due&amp;sort=due" in late


def test_a_filter_by_what_there_is_not_any_more_stands_in_the_form(ward: Ward) -> None:
    """Else the form says that everybody is meant, over figures that are of nobody."""
    for query, told in (
        ("title=Night+aide", '<option value="Night aide" selected>Night aide<'),
        ("team=999999", '<option value="999999" selected>A closed team<'),
        ("course=cooking", '<option value="cooking" selected>Not assigned<'),
    ):
        for path in PAGES:
            assert told in text_of(ward.manager, f"{path}?{query}"), (path, query)
    page = text_of(ward.manager, f"compliance?team={ward.team_id}&course=onboarding")
    assert page.count(" selected>") == 2
    assert "A closed team" not in page


def test_the_way_back_from_a_list_and_a_record_keeps_the_filters(
    ward: Ward, database: Database
) -> None:
    with database.transaction() as session:
        _more(session, ward)
    filters = "q=a&amp;course=onboarding"
    listed = f"{filters}&amp;state=overdue&amp;sort=-due"
    home = "/organizations/riverside"
    page = text_of(ward.manager, f"compliance/people?{unescape(listed)}")
    assert f'<li><a href="{home}/compliance?{filters}">Compliance</a></li>' in page
    record = re.search(rf'href="{home}/(people/\d+/record\?[^"]*)"', page)
    assert record
    page = text_of(ward.manager, unescape(record[1]))
    assert f'<li><a href="{home}/compliance?{filters}">Compliance</a></li>' in page
    assert f'<a href="{home}/compliance/people?{listed}">People and courses</a>' in page
    # Also from a later page of the list, and from whom to nudge.
    page = text_of(ward.manager, f"people/{ward.ada}/record?state=overdue&page=2")
    assert f'<a href="{home}/compliance/people?state=overdue&amp;page=2">People' in page
    page = text_of(ward.manager, f"compliance?{unescape(filters)}")
    assert re.search(rf'/people/\d+/record\?{re.escape(filters)}">', page)
    page = text_of(ward.manager, f"people/{ward.ada}/record")
    assert f'<a href="{home}/compliance/people">People and courses</a>' in page


def test_a_filter_by_job_title_finds_every_spelling_on_pages_and_in_files(
    ward: Ward, database: Database
) -> None:
    with database.transaction() as session:
        for id_, title in ((ward.ada, "RN"), (ward.ben, "rn")):
            session.get_one(Membership, id_).job_title = title
    plain = text_of(ward.manager, "compliance")
    [offered] = re.findall(r'<option value="(rn)"', plain, re.IGNORECASE)
    for asked in ("RN", "rn"):
        overview = text_of(ward.manager, f"compliance?title={asked}")
        assert "<dt>Compliant</dt><dd>66%</dd>" in overview
        assert "1 overdue" in overview
        # The one that is offered is chosen.
        assert f'<option value="{offered}" selected>' in overview
        assert "3 rows." in text_of(ward.manager, f"compliance/people?title={asked}")
        answer = ward.manager.get(f"/organizations/riverside/compliance/people.csv?title={asked}")
        assert len(answer.text.splitlines()) == 4
        assert "2 people found." in text_of(ward.manager, f"people?title={asked}")
        nudges = ward.manager.get(f"/organizations/riverside/compliance/nudges.csv?title={asked}")
        assert len(nudges.text.splitlines()) == 2


def test_a_record_tells_everything_of_one_person(ward: Ward) -> None:
    page = text_of(ward.manager, f"people/{ward.ada}/record")
    assert "Record of Ada Okafor" in page
    assert "She taught this course for years." in page
    assert "Grace:" in page
    assert "attempt 1" in page
    assert "(passed)" in page
    assert "Certificate" in page
    assert "There is nothing in the record yet." not in page


def test_a_teams_manager_sees_the_team_alone(ward: Ward) -> None:
    for path in PAGES:
        page = text_of(ward.team_manager, path)
        assert "Night shift" in page
        assert "=Ben" not in page
    assert "2 rows." in text_of(ward.team_manager, "compliance/people")
    text_of(ward.team_manager, f"people/{ward.ada}/record")
    answer = ward.team_manager.get(f"/organizations/riverside/people/{ward.ben}/record")
    assert answer.status_code == 404


def test_the_list_as_files_is_the_list(ward: Ward) -> None:
    answer = ward.manager.get("/organizations/riverside/compliance/people.csv?sort=due")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "compliance-riverside-2026-03-02"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    # Nobody's name is a formula.
    assert [line.split(",")[0] for line in lines] == [
        "Name",
        "'=Ben Blank",
        "Ada Okafor",
        "Ada Okafor",
    ]
    assert "Completed,2026-02-27,2026-01-05,100%,RND-" in lines[2]
    address = "/organizations/riverside/compliance/people.xlsx?state=overdue"
    answer = ward.manager.get(address, buffered=True)
    assert f"filename={name}.xlsx" in answer.headers["Content-Disposition"]
    sheet = zipfile.ZipFile(io.BytesIO(answer.get_data())).read("xl/worksheets/sheet1.xml")
    assert b"=Ben Blank" in sheet
    assert b"Ada" not in sheet
    assert b"<f>" not in sheet


def test_a_transcript_as_a_document(ward: Ward) -> None:
    answer = ward.manager.get(f"/organizations/riverside/people/{ward.ada}/record.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.get_data().startswith(b"%PDF")


def test_nothing_of_another_organization_can_be_reached(ward: Ward) -> None:
    for path in (*PAGES, *FILES, f"people/{ward.ada}/record", f"people/{ward.ada}/record.pdf"):
        assert ward.stranger.get(f"/organizations/riverside/{path}").status_code == 404
    # Neither with their own organization in the address, nor by filters.
    record = f"/organizations/hillside/people/{ward.ada}/record"
    assert ward.stranger.get(record).status_code == 404
    for filters in (f"team={ward.team_id}", "q=Okafor", "course=refresher"):
        answer = ward.stranger.get(f"/organizations/hillside/compliance/people?{filters}")
        assert "0 rows." in answer.get_data(as_text=True), filters


def test_pages_ask_as_often_for_much_as_for_little(ward: Ward, database: Database) -> None:
    paths = {"compliance": 9, "compliance/people": 8, f"people/{ward.ada}/record": 11}
    for path, number in paths.items():
        text_of(ward.manager, path)
        with statements(database) as few:
            text_of(ward.manager, path)
        assert len(few) == number, few
    with database.transaction() as session:
        _more(session, ward)
    for path, number in paths.items():
        with statements(database) as many:
            text_of(ward.manager, path)
        assert len(many) == number, path


def _more(session: Session, ward: Ward) -> None:
    """Forty more people, with what Ben owes and in teams of their own."""
    ben = session.get_one(Membership, ward.ben)
    organization = session.get_one(Organization, ben.organization_id)
    assignments = session.scalars(
        select(Assignment).where(Assignment.organization_id == organization.id)
    ).all()
    for number in range(40):
        member = make_member(session, organization, make_user(session))
        team = make_team(session, organization, f"Team {number}")
        make_team_member(session, team, member)
        for assignment in assignments:
            make_obligation(session, assignment, member, TODAY - timedelta(days=number))
    ada = session.get_one(Membership, ward.ada)
    for assignment in assignments:
        make_obligation(session, assignment, ada, TODAY + timedelta(days=365))
