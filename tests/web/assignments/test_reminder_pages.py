"""Pages on reminders: what goes out, a letter before it does, the log, and the settings."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.accounts.models import User
from lms.assignments.models import Notice, Obligation
from lms.assignments.notices import make_notices
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.foundation.mail import FolderMailer
from lms.foundation.settings import Settings
from lms.organizations.models import Membership, Organization
from lms.work import make_worker
from tests.conftest import StandingClock
from tests.factories import make_assignment, make_team, make_team_member
from tests.obligations import make_clinic, make_leave, make_person, owe
from tests.web.test_query_counts import statements

DAY = timedelta(days=1)
BEGAN = date(2026, 1, 5)
CHANGED_SETTINGS = sa.select(AuditEntry).where(AuditEntry.subject_kind == "organization")


class Clinic:
    """An organization on 2 March 2026 with people of whom some are reminded in the days after."""

    def __init__(
        self,
        database: Database,
        sample: Catalogue,
        clock: StandingClock,
        sign_in: Callable[[int], FlaskClient],
    ) -> None:
        self.database, self.clock, self.today = database, clock, clock().date()
        self.course_ids = {slug: course.id for slug, course in sample.courses.items()}
        with database.transaction() as session:
            clinic, manager = make_clinic(session, slug="clinic")
            self.id, self.manager_id = clinic.id, manager.user_id
        self.client = sign_in(self.manager_id)

    def owe(self, name: str, due_in: int, course: str = "onboarding", **values: Any) -> int:
        with self.database.transaction() as session:
            organization = session.get_one(Organization, self.id)
            person = session.scalar(
                sa.select(Membership).join(User).where(User.name == name)
            ) or make_person(session, organization, name=name, **values)
            due_on = self.today + due_in * DAY
            return owe(session, person, self.course_ids[course], opens_on=BEGAN, due_on=due_on).id

    def page(self, path: str = "", status: int = 200, **query: Any) -> str:
        answer = self.client.get(f"/organizations/clinic/reminders{path}", query_string=query)
        assert answer.status_code == status
        return answer.get_data(as_text=True)


@pytest.fixture
def clinic(
    database: Database,
    sample: Catalogue,
    clock: StandingClock,
    sign_in: Callable[[int], FlaskClient],
) -> Clinic:
    return Clinic(database, sample, clock, sign_in)


# What goes out


def test_a_day_shows_who_is_reminded_of_what(clinic: Clinic, database: Database) -> None:
    clinic.owe("Ada Okafor", 15)
    clinic.owe("Bo Lind", 1, "refresher")
    clinic.owe("Cy Marsh", -7)
    clinic.owe("Dee Noor", 2)
    clinic.owe("Eve Post", 15, email=None, user_name="eve")
    clinic.owe("Fay Quist", 15)
    with database.transaction() as session:
        fay = session.scalars(
            sa.select(Membership).join(User).where(User.name == "Fay Quist")
        ).one()
        make_leave(session, fay, clinic.today, clinic.today + 3 * DAY)
    tomorrow = clinic.page()
    assert "3 reminders on Tuesday, 3\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026." in tomorrow
    for name, kind in (
        ("Ada Okafor", "Due soon"),
        ("Bo Lind", "Due today"),
        ("Cy Marsh", "Overdue"),
    ):
        row = tomorrow.split(f">{name}<")[1].split("</li>")[0]
        assert kind in row
    assert "Privacy refresher" in tomorrow
    for name in ("Dee Noor", "Eve Post", "Fay Quist"):
        assert name not in tomorrow
    after = clinic.page(day="2026-03-04")
    assert "2 reminders on Wednesday" in after
    assert "Dee Noor" in after


def test_on_a_monday_managers_get_their_digest(clinic: Clinic) -> None:
    assert "the weekly digest to 1 manager" in clinic.page(day="2026-03-09")
    assert "digest to" not in clinic.page(day="2026-03-10")


def test_what_waits_is_told_of(clinic: Clinic, database: Database) -> None:
    clinic.owe("Ada Okafor", 0)
    make_notices(database, clinic.id, clinic.clock())
    assert "Today 2 reminders wait" in clinic.page()
    log = clinic.page("/log", state="waiting")
    assert "2 reminders found" in log


@pytest.mark.parametrize("day", ["2026-03-02", "2026-03-17", "yesterday", "2026-03-99"])
def test_other_days_are_not_shown(clinic: Clinic, day: str) -> None:
    assert "the next two weeks" in clinic.page(status=404, day=day)


def test_many_people_are_shown_in_pages_by_a_fixed_number_of_queries(
    clinic: Clinic, database: Database
) -> None:
    clinic.owe("Person 000", 3)
    paths = ("", "/log", "/settings")

    def asked() -> list[list[str]]:
        found = []
        for path in paths:
            clinic.page(path)
            with statements(database) as seen:
                clinic.page(path)
            found.append(list(seen))
        return found

    few = asked()
    for number in range(1, 60):
        clinic.owe(f"Person {number:03}", 3 if number % 2 else 4)
    for number in range(60, 120):
        clinic.owe(f"Person {number:03}", 4)
    make_notices(database, clinic.id, clinic.clock())
    many = asked()
    assert few == many
    assert [len(seen) for seen in many] == [6, 4, 3]
    second = clinic.page(day="2026-03-03", page="2")
    assert "Page 2 of 2" in second
    assert "Person 119" in second
    assert "Person 001" not in second
    assert "day=2026-03-03&amp;page=1" in second
    assert "Page 2 of 2" in clinic.page(day="2026-03-03", page="99")


# As files


def rows(clinic: Clinic, **query: str) -> list[list[str]]:
    path = "/organizations/clinic/reminders.csv"
    answer = clinic.client.get(path, query_string=query)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True)[1:], newline="")))


def test_what_goes_out_comes_as_a_file_of_a_day_or_of_all_of_them(clinic: Clinic) -> None:
    head = ["Goes out on", "Name", "Course", "Due", "Kind"]
    assert rows(clinic) == [head]
    page = clinic.page()
    assert 'href="/organizations/clinic/reminders.csv"' in page
    assert "reminders.csv?day" not in page
    clinic.owe("=Ada Okafor", 15)
    clinic.owe("Bo Lind", 1, "refresher")
    # It falls on two days, a week apart.
    clinic.owe("Cy Marsh", -7)
    shown = "/organizations/clinic/reminders.csv?day=2026-03-03"
    assert shown in clinic.page()
    tomorrow = [
        ["2026-03-03", "'=Ada Okafor", "Onboarding", "2026-03-17", "Due soon"],
        ["2026-03-03", "Bo Lind", "Privacy refresher", "2026-03-03", "Due today"],
        ["2026-03-03", "Cy Marsh", "Onboarding", "2026-02-23", "Overdue"],
    ]
    assert rows(clinic, day="2026-03-03") == [head, *tomorrow]
    # Of every day exactly what its page shows, in the same order.
    found = rows(clinic)[1:]
    assert found[:3] == tomorrow
    assert {row[1] for row in found if row[0] == "2026-03-10"} == {"Cy Marsh"}
    for ahead in range(1, 15):
        day = (clinic.today + ahead * DAY).isoformat()
        names = re.findall(r'<h2 class="h6 mb-0">([^<]*)</h2>', clinic.page(day=day))
        assert [row[1].removeprefix("'") for row in found if row[0] == day] == names, day
    answer = clinic.client.get("/organizations/clinic/reminders.csv?day=2026-03-02")
    assert answer.status_code == 404


# A letter


def test_a_letter_reads_as_it_will(clinic: Clinic) -> None:
    obligation_id = clinic.owe("Ada Okafor", 4)
    clinic.owe("Ada Okafor", 4, "refresher")
    page = clinic.page(f"/letters/{obligation_id}/2026-03-03")
    assert "<h1>2 courses due soon</h1>" in page
    assert "Hello Ada Okafor," in page
    assert "Due on 6 March 2026 (in 3 days)" in page
    assert "Privacy refresher" in page
    assert "/courses/onboarding" in page
    assert "due.ics" in page
    assert f"/letters/{obligation_id}/2026-03-03" in clinic.page()


def test_a_letter_that_does_not_go_out_is_not_shown(clinic: Clinic) -> None:
    obligation_id = clinic.owe("Ada Okafor", 4)
    assert "No such letter" in clinic.page(f"/letters/{obligation_id}/2026-03-04", 404)
    assert "No such letter" in clinic.page("/letters/999999/2026-03-03", 404)
    assert "two weeks" in clinic.page(f"/letters/{obligation_id}/2026-04-03", 404)


# The log


def test_the_log_is_filtered_by_the_address(clinic: Clinic, database: Database) -> None:
    for name, due_in in (("Ada Okafor", -1), ("Ben Ode", 0), ("Örjan Berg", 3)):
        clinic.owe(name, due_in)
    make_notices(database, clinic.id, clinic.clock())
    with database.transaction() as session:
        failed = session.scalars(sa.select(Notice).where(Notice.kind == "overdue")).one()
        failed.state, failed.subject, failed.settled_at = "failed", "Overdue: X", clinic.clock()
        failed.fault = "550 <no> mailbox"
    assert "4 reminders" in clinic.page("/log")
    assert "550 &lt;no&gt; mailbox" in clinic.page("/log", state="failed")
    page = clinic.page("/log", kind="before-due", q="Berg")
    assert "1 reminder found" in page
    assert "Örjan Berg" in page
    assert "Ben Ode" not in page
    assert '<option value="before-due" selected>' in page
    assert "4 reminders" in clinic.page("/log", kind="unheard-of", state="nothing")


# Settings


GIVEN = {
    "remind_days": "3, 30;7",
    "quiet_from": "22",
    "quiet_until": "6",
    "time_zone": "Asia/Tokyo",
}


def save(clinic: Clinic, **values: str) -> Any:
    return clinic.client.post("/organizations/clinic/reminders/settings", data=GIVEN | values)


def test_settings_are_saved_and_recorded(clinic: Clinic, database: Database) -> None:
    page = clinic.page("/settings")
    assert 'value="14, 3"' in page
    answer = save(clinic)
    assert answer.status_code == 303
    page = clinic.page("/settings")
    assert "Saved." in page
    assert 'value="30, 7, 3"' in page
    with database.reading_session() as session:
        organization = session.get_one(Organization, clinic.id)
        assert organization.remind_days == [30, 7, 3]
        assert (organization.quiet_from, organization.quiet_until) == (22, 6)
        assert organization.time_zone == "Asia/Tokyo"
        entry = session.scalars(CHANGED_SETTINGS).one()
    assert entry.action == "organization.reminders_changed"
    assert (entry.actor_id, entry.organization_id) == (clinic.manager_id, clinic.id)
    assert entry.details["quiet_from"] == {"before": 20, "after": 22}
    # The same again changes nothing, and nothing is recorded.
    save(clinic)
    with database.reading_session() as session:
        assert len(session.scalars(CHANGED_SETTINGS).all()) == 1


def test_with_another_time_zone_learners_and_managers_are_told_the_same(
    clinic: Clinic,
    sample: Catalogue,
    settings: Settings,
    sign_in: Callable[[int], FlaskClient],
) -> None:
    database, clock = clinic.database, clinic.clock
    # It is the same day in Honolulu.
    clock.moment = clock().replace(hour=15)
    with database.transaction() as session:
        organization = session.get_one(Organization, clinic.id)
        ada = make_person(session, organization, name="Ada Okafor")
        course, terms = sample.courses["onboarding"], Terms(first_days=1)
        make_assignment(session, organization, course, clinic.manager_id, terms=terms, now=clock())
        ada_id = ada.user_id
    save(clinic, time_zone="Pacific/Honolulu")
    assert "Learners’ pages say so within minutes." in clinic.page("/settings")
    save(clinic, time_zone="Pacific/Honolulu")
    assert "within minutes" not in clinic.page("/settings")
    mailer = FolderMailer(settings.instance_path / "mail", settings.mail_from)
    assert make_worker(settings, database, clock, mailer).do_all()
    # On 3 March, the day on which it is due, it is seven in the evening there.
    clock.moment = datetime(2026, 3, 4, 5, tzinfo=UTC)
    learner = sign_in(ada_id)
    for path in ("/", "/courses/onboarding"):
        assert "Due today" in learner.get(path).text
    manager = sign_in(clinic.manager_id)
    people = manager.get("/organizations/clinic/compliance/people").text
    row = people.split("Ada Okafor")[1].split("</li>")[0]
    assert "Overdue" not in row


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"remind_days": "14, soon"}, "“soon” is no number of days from 1 to 90."),
        ({"remind_days": "0"}, "“0” is no number"),
        ({"remind_days": "91"}, "“91” is no number"),
        ({"remind_days": "1 2 3 4 5 6"}, "Give 5 numbers at most."),
        ({"quiet_from": "24"}, "Not a valid choice"),
        ({"time_zone": "Mars/Olympus"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_and_kept_on_the_page(
    clinic: Clinic, database: Database, values: dict[str, str], message: str
) -> None:
    answer = save(clinic, **values)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert message in page
    assert values.get("remind_days", "3, 30;7") in page
    with database.reading_session() as session:
        assert session.get_one(Organization, clinic.id).remind_days == [14, 3]


def test_no_days_and_no_quiet_hours_are_settings(clinic: Clinic, database: Database) -> None:
    assert save(clinic, remind_days=" ", quiet_from="8", quiet_until="8").status_code == 303
    with database.reading_session() as session:
        assert session.get_one(Organization, clinic.id).remind_days == []


# Somebody else's


def test_a_manager_reaches_nothing_of_another_organization(
    clinic: Clinic, database: Database, sign_in: Callable[[int], FlaskClient]
) -> None:
    theirs = clinic.owe("Ada Okafor", 4)
    with database.transaction() as session:
        other, manager = make_clinic(session, slug="other")
        team = make_team(session, session.get_one(Organization, clinic.id))
        here = session.scalars(
            sa.select(Membership).join(User).where(User.name == "Ada Okafor")
        ).one()
        make_team_member(session, team, here, "manager")
        team_manager, manager_id = here.user_id, manager.user_id
        assert other.id != clinic.id
    client = sign_in(manager_id)
    for path in ("", "/log", "/settings", f"/letters/{theirs}/2026-03-03"):
        assert client.get(f"/organizations/clinic/reminders{path}").status_code == 404
        # Whoever manages a team is no manager of the whole.
        assert sign_in(team_manager).get(f"/organizations/clinic/reminders{path}").status_code in (
            403,
            404,
        )
    assert client.post("/organizations/clinic/reminders/settings", data=GIVEN).status_code == 404
    # Nor by the number of somebody else's obligation, below one's own organization.
    address = f"/organizations/other/reminders/letters/{theirs}/2026-03-03"
    assert client.get(address).status_code == 404
    make_notices(database, clinic.id, clinic.clock() + DAY)
    assert "Ada Okafor" not in client.get("/organizations/other/reminders/log").text
    with database.reading_session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Obligation)) == 1
        assert session.get_one(Organization, clinic.id).time_zone == "UTC"
