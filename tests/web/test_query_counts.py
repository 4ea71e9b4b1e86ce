"""A page asks the database a fixed number of times, however much there is to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from lms.assignments import assignments
from lms.assignments.audience import Audience
from lms.assignments.models import Obligation
from lms.assignments.notices import make_notices
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.models import Organization, Team
from tests.factories import (
    BEGINNING,
    complete_course,
    enrol,
    give_answers,
    make_assignment,
    make_member,
    make_request,
    make_team,
    make_team_member,
    make_user,
    publish_sample,
    start_attempt,
    take_quiz,
)
from tests.obligations import make_leave
from tests.sample_content import COURSE, PLEDGE, PLEDGE_FILE, WRONG, quiz_with
from tests.sides import Side

MOST = 6
FURTHER_COURSES = {
    f"courses/course-{number}.md": COURSE.replace("Onboarding", f"Course {number}")
    for number in range(8)
}
# How often each page asks: once for the person with the catalogue's number, then for what it shows.
PAGES = {
    "/": 2,
    "/courses": 2,
    "/courses/onboarding": 2,
    "/courses/onboarding/privacy/lessons/right-amount": 2,
    "/courses/pledge/statement": 2,
    "/courses/onboarding/privacy/quiz": 3,
    "/attempts/{open}": 3,
    "/attempts/{submitted}/result": 5,
    "/content": 4,
    "/content/privacy/regrade.csv?policy=full-credit&question=payer": 6,
    "/reports/quizzes/privacy": 3,
    "/reports/quizzes/privacy/questions.csv": 3,
    "/certificates": 2,
    "/account": 3,
    "/requests": 3,
}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that passes through the database in the block."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in database.engines:
            event.remove(engine, "before_cursor_execute", note)


class Reader:
    """A person, and the addresses of their attempts: one open, one submitted."""

    def __init__(
        self, database: Database, sign_in: Callable[[int], FlaskClient], shelf: Catalogue, work: int
    ) -> None:
        with database.transaction() as session:
            user = make_user(session, role="instructor")
            row = enrol(session, user.id, shelf.courses["onboarding"])
            enrol(session, user.id, shelf.courses["pledge"])
            submitted = [take_quiz(session, row, shelf, answers=WRONG) for _ in range(work)]
            if work > 1:
                complete_course(session, row, shelf)
                for course in shelf.courses.values():
                    enrol(session, user.id, course)
            attempt = start_attempt(session, row, shelf)
            for _ in range(work):
                give_answers(session, attempt)
        self.client = sign_in(user.id)
        self.attempts = {"open": attempt.id, "submitted": submitted[-1].id}

    def asked(self, database: Database, page: str) -> list[str]:
        """What the page asks when the process has its catalogue and its quizzes at hand."""
        address = page.format(**self.attempts)
        assert self.client.get(address).status_code == 200
        with statements(database) as seen:
            self.client.get(address)
        return seen


@pytest.fixture
def shelf(database: Database) -> Catalogue:
    with database.transaction() as session:
        changes = quiz_with("attempts: 3", "attempts: 99") | FURTHER_COURSES | {PLEDGE_FILE: PLEDGE}
        return publish_sample(session, changes)


def test_every_page_asks_as_often_for_much_as_for_little(
    database: Database, sign_in: Callable[[int], FlaskClient], shelf: Catalogue
) -> None:
    little = Reader(database, sign_in, shelf, work=1)
    much = Reader(database, sign_in, shelf, work=12)
    for page, number in PAGES.items():
        few, many = little.asked(database, page), much.asked(database, page)
        assert few == many, page
        assert len(few) == number, (page, *few)
        assert len(few) <= MOST


def grow(session: Session, side: Side, sample: Catalogue, people: int) -> None:
    """Many more people, teams, assignments, absences, rosters and packets for an organization."""
    organization = session.get_one(Organization, side.organization_id)
    for number in range(people):
        member = make_member(session, organization, make_user(session, name=f"Ada {number:03}"))
        member.job_title, member.site = f"Job {number}", f"Site {number}"
        make_leave(session, member, date(2025, 5, 1), date(2025, 5, 9))
        team = make_team(session, organization, f"Team {number:03}")
        make_team_member(session, team, member, "manager")
        here = session.get_one(Team, side.values["team_id"])
        make_team_member(session, here, member, "manager" if number % 2 else "member")
        asked = make_user(session)
        make_request(session, organization, asked, side.manager_id)
    session.flush()
    for course in list(sample.courses.values())[1:]:
        make_assignment(session, organization, course, side.manager_id)
    assignments.change(
        session,
        side.values["assignment_id"],
        number=1,
        audience=Audience(everyone=True),
        terms=Terms(first_days=3),
        by=Actor(side.mark, side.manager_id),
        now=BEGINNING,
    )
    for _ in range(6):
        side.hand_in_and_prove(sample)


HERE = "/organizations/{slug}"
PERSON = f"{HERE}/assignments/{{assignment_id}}/people/{{membership_id}}"
EMPLOYERS_PAGES = (
    "/organizations",
    f"{HERE}/compliance",
    f"{HERE}/compliance/people",
    f"{HERE}/compliance/people?state=due&sort=due",
    f"{HERE}/compliance/courses.csv",
    f"{HERE}/compliance/teams.csv",
    f"{HERE}/compliance/months.csv",
    f"{HERE}/compliance/nudges.csv",
    f"{HERE}/compliance/people.csv",
    f"{HERE}/compliance/people.xlsx",
    f"{HERE}/people.csv",
    f"{HERE}/people/{{membership_id}}/positions.csv",
    f"{HERE}/people/{{membership_id}}/retention",
    f"{HERE}/people/{{membership_id}}/retention/holds.csv",
    f"{HERE}/teams.csv",
    f"{HERE}/teams/{{team_id}}.csv",
    f"{HERE}/slips.csv",
    f"{HERE}/requests",
    f"{HERE}/requests?q=a",
    f"{HERE}/requests.csv",
    f"{HERE}/roster/files.csv",
    f"{HERE}/roster/{{import_id}}/changes.csv",
    f"{HERE}/roster/{{import_id}}/problems.csv",
    f"{HERE}/assignments.csv",
    f"{HERE}/assignments/{{assignment_id}}/people.csv",
    f"{HERE}/reminders.csv",
    f"{HERE}/reminders/log.csv",
    f"{HERE}/audit.csv",
    f"{HERE}/people/{{membership_id}}/record",
    f"{HERE}/people/{{membership_id}}/record.csv",
    f"{HERE}/people/{{membership_id}}/record.pdf",
    f"{HERE}/assignments",
    f"{HERE}/assignments/new",
    f"{HERE}/assignments/new?do=preview&course=refresher&covers=everyone",
    f"{HERE}/assignments/{{assignment_id}}",
    f"{HERE}/assignments/new/people.csv?course=refresher&covers=everyone",
    f"{HERE}/assignments/{{assignment_id}}/change",
    f"{HERE}/assignments/{{assignment_id}}/change/people.csv",
    f"{HERE}/assignments/{{assignment_id}}/again",
    f"{HERE}/assignments/{{assignment_id}}/again.csv",
    f"{HERE}/assignments/{{assignment_id}}/end",
    PERSON,
    f"{PERSON}/cycles.csv",
    f"{HERE}/people",
    f"{HERE}/people/{{membership_id}}",
    f"{HERE}/invite",
    f"{HERE}/slips",
    f"{HERE}/teams",
    f"{HERE}/teams/{{team_id}}",
    f"{HERE}/teams/{{team_id}}?find=a",
    f"{HERE}/roster",
    f"{HERE}/roster/{{import_id}}",
    f"{HERE}/reminders",
    f"{HERE}/reminders/letters/{{obligation_id}}/{{letter_day}}",
    f"{HERE}/reminders/log",
    f"{HERE}/reminders/settings",
    f"{HERE}/evidence",
    f"{HERE}/evidence.csv",
    f"{HERE}/evidence/{{packet_id}}.zip",
    f"{HERE}/audit",
    "/people/{user_id}/quizzes",
    "/people/{user_id}/quizzes.csv",
    "/people/{user_id}/quizzes/accommodations.csv",
)
MOST_OF_AN_EMPLOYER = 13


def test_no_page_of_an_employer_is_left_out(app: Flask) -> None:
    there = {
        rule.rule.replace("<int:", "{")
        .replace("<", "{")
        .replace(">", "}")
        .replace("{day}", "{letter_day}")
        .replace("{any(csv, xlsx):kind}", "csv")
        for rule in app.url_map.iter_rules()
        if "slug" in rule.arguments and "GET" in (rule.methods or ())
    }
    assert there - {page.split("?")[0] for page in EMPLOYERS_PAGES} == set()


def test_every_page_of_an_employer_asks_as_often_for_much_as_for_little(
    database: Database, sign_in: Callable[[int], FlaskClient]
) -> None:
    with database.transaction() as session:
        sample = publish_sample(session)
        little = Side(session, sample, "little", "Little", 10_000)
        much = Side(session, sample, "much", "Much", 20_000)
        grow(session, much, sample, people=60)
    asked: dict[str, list[list[str]]] = {page: [] for page in EMPLOYERS_PAGES}
    for side in (little, much):
        make_notices(database, side.organization_id, BEGINNING)
        client = sign_in(side.manager_id)
        with database.reading_session() as session:
            due_on = session.get_one(Obligation, side.values["obligation_id"]).due_on
        # Late by the tests' clock, they are reminded on the day after it, and weekly from then on.
        weeks = (date(2026, 3, 3) - due_on).days // 7 + 1
        values = side.values | {"letter_day": due_on + timedelta(days=1 + 7 * weeks)}
        for page, times in asked.items():
            address = page.format(**values)
            first = client.get(address, buffered=True)
            assert first.status_code in (200, 302), address
            with statements(database) as seen:
                client.get(address, buffered=True)
            times.append(seen)
    for page, (few, many) in asked.items():
        assert len(few) == len(many), (page, len(few), len(many), *many)
        assert len(few) <= MOST_OF_AN_EMPLOYER, (page, *few)


def test_a_visitors_page_asks_nothing(database: Database, client: FlaskClient) -> None:
    with statements(database) as seen:
        assert client.get("/sign-in").status_code == 200
        assert client.get("/courses").status_code == 302
    assert seen == []
