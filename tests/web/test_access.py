"""Who may do what: every endpoint under its rule, tried as everybody; reading never writes; form tokens.

A new endpoint fails the first test here until it is added to the table, deliberately.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from lms.accounts.access import Access, rule_of
from lms.app import create_app
from lms.assignments.audience import Audience
from lms.assignments.models import Obligation
from lms.certificates.models import Certificate
from lms.foundation import web
from lms.foundation.base import metadata
from lms.foundation.database import Database
from lms.foundation.settings import Settings
from lms.organizations.models import RosterImport
from lms.organizations.roster import Mapped
from lms.reports.models import EvidencePacket
from tests.factories import (
    BEGINNING,
    complete_course,
    enrol,
    make_assignment,
    make_member,
    make_organization,
    make_team,
    make_team_member,
    make_user,
    publish_sample,
    start_attempt,
    take_quiz,
)
from tests.obligations import owe
from tests.sample_content import PICTURE, PLEDGE, PLEDGE_FILE

ENDPOINTS: dict[Access, set[str]] = {
    Access.PUBLIC: {
        "accounts.check_sign_in",
        "accounts.choose_password",
        "accounts.forgotten",
        "accounts.forgotten_sent",
        "accounts.invitation",
        "accounts.reset",
        "accounts.send_reset",
        "accounts.sign_in",
        "accounts.use_link",
        "bootstrap.static",
        "certificates.verify",
        "certificates.verify_form",
        "courses.figure",
        "numbers.check_sign_in",
        "numbers.sign_in",
        "static",
    },
    Access.SIGNED_IN: {
        "accounts.account",
        "accounts.change_password",
        "accounts.change_time_zone",
        "accounts.end_session",
        "accounts.sign_out",
        "accounts.sign_out_everywhere",
        "certificates.mine",
        "certificates.pdf",
        "certificates.show",
        "courses.catalogue",
        "courses.course",
        "courses.complete",
        "courses.enrol",
        "courses.finish",
        "courses.home",
        "courses.lesson",
        "courses.sign",
        "courses.statement",
        "quizzes.attempt",
        "quizzes.quiz",
        "quizzes.result",
        "quizzes.save_answer",
        "quizzes.save_or_submit",
        "quizzes.start",
        "requests.accept",
        "requests.decline",
        "requests.mine",
    },
    Access.SUPERVISOR: {
        "accommodations.accommodations_file",
        "accommodations.attempts_file",
        "accommodations.grant",
        "accommodations.learner",
        "accommodations.withdraw",
    },
    Access.MANAGER: {
        "audit.file",
        "audit.overview",
        "assignments.again",
        "assignments.assignments_file",
        "assignments.end",
        "assignments.ending",
        "assignments.outdated_file",
        "assignments.overview",
        "assignments.people_file",
        "assignments.reassign",
        "assignments.show",
        "obligations.cycles_file",
        "obligations.exempt",
        "obligations.extend",
        "obligations.person",
        "obligations.vouch",
        "obligations.waive",
        "obligations.withdraw",
        "rules.change",
        "rules.change_people_file",
        "rules.create",
        "rules.new",
        "rules.new_people_file",
        "rules.save",
        "evidence.ask",
        "evidence.download",
        "evidence.overview",
        "evidence.packets_file",
        "organizations.add_leave",
        "organizations.change_member",
        "organizations.end_member",
        "organizations.invite",
        "organizations.make_link",
        "organizations.rehire",
        "organizations.send_invitation",
        "organizations.withdraw_leave",
        "reminders.letter",
        "reminders.log",
        "reminders.log_file",
        "reminders.outlook_file",
        "reminders.overview",
        "reminders.save_settings",
        "reminders.settings",
        "requests.ask_again",
        "requests.change_several",
        "requests.overview",
        "requests.requests_file",
        "requests.withdraw",
        "retention.holds_file",
        "retention.lift_hold",
        "retention.overview",
        "retention.place_hold",
        "rosters.apply",
        "rosters.check",
        "rosters.discard",
        "rosters.imports_file",
        "rosters.overview",
        "rosters.changes_file",
        "rosters.problems_file",
        "rosters.show",
        "rosters.upload",
        "slips.make",
        "slips.overview",
        "slips.print_one",
        "slips.waiting_file",
        "teams.change_members",
        "teams.create",
        "teams.end",
        "teams.join",
        "teams.rename",
    },
    Access.TEAM_MANAGER: {
        "compliance.courses_file",
        "compliance.months_file",
        "compliance.nudges_file",
        "compliance.overview",
        "compliance.people",
        "compliance.people_file",
        "compliance.record",
        "compliance.record_file",
        "compliance.teams_file",
        "compliance.transcript",
        "organizations.member",
        "organizations.mine",
        "organizations.people",
        "organizations.people_file",
        "organizations.positions_file",
        "teams.overview",
        "teams.team",
        "teams.team_file",
        "teams.teams_file",
    },
    Access.INSTRUCTOR: {
        "authoring.content",
        "regrades.apply",
        "regrades.plan_file",
        "regrades.regrade",
        "reports.questions_file",
        "reports.quiz",
    },
    Access.ADMINISTRATOR: {
        "audit.site",
        "audit.site_file",
        "retention.account",
        "retention.accounts",
        "retention.accounts_file",
        "retention.erase",
        "retention.erase_account",
    },
}
ROLES = ("learner", "team manager", "manager", "instructor", "administrator")
LETS_IN = {
    Access.PUBLIC: set(ROLES),
    Access.SIGNED_IN: set(ROLES),
    Access.SUPERVISOR: {"manager", "instructor", "administrator"},
    Access.MANAGER: {"manager", "administrator"},
    Access.TEAM_MANAGER: {"manager", "team manager", "administrator"},
    Access.INSTRUCTOR: {"instructor", "administrator"},
    Access.ADMINISTRATOR: {"administrator"},
}
# They are there for a course that has a statement.
STATEMENT_ENDPOINTS = {"courses.sign", "courses.statement"}
# Pages that do not answer 200 although the person may see them.
OTHER_ANSWERS = {
    "accounts.sign_in": 302,
    "numbers.sign_in": 302,
    "accounts.invitation": 303,
    "accounts.reset": 303,
    "accounts.choose_password": 410,
    # Straight on to the only one.
    "organizations.mine": 302,
    # Of no course there is nothing to preview.
    "rules.new_people_file": 422,
}


@dataclass(frozen=True)
class Request:
    """One thing that can be asked: a method of an endpoint, at an address that exists for the person."""

    endpoint: str
    method: str
    address: str
    rule: Access

    def send(self, client: FlaskClient) -> TestResponse:
        return client.open(self.address, method=self.method, buffered=True)


class World:
    """A person of each role, with everything of their own that an address can name."""

    def __init__(
        self,
        app: Flask,
        database: Database,
        sign_in: Callable[[int], FlaskClient],
    ) -> None:
        self.app, self.database, self.sign_in = app, database, sign_in
        self.ids: dict[str, int] = {}
        self.memberships: dict[str, int] = {}
        self.values: dict[str, dict[str, Any]] = {}
        with database.transaction() as session:
            sample = publish_sample(session, {PLEDGE_FILE: PLEDGE})
            organization = make_organization(session, slug="clinic")
            team = make_team(session, organization)
            self.team_id = team.id
            handed_in = RosterImport(
                organization_id=organization.id,
                file_name="roster.csv",
                mapping=Mapped().to_json(),
                is_complete=False,
                state="uploaded",
                outcome={},
                problems=[],
                uploaded_by_id=make_user(session).id,
                uploaded_at=BEGINNING,
            )
            session.add(handed_in)
            session.flush()
            self.import_id = handed_in.id
            packet = EvidencePacket(
                organization_id=organization.id,
                course_id=sample.courses["onboarding"].id,
                starts_on=BEGINNING.date(),
                ends_on=BEGINNING.date(),
                audience=Audience(everyone=True).to_json(),
                state="ready",
                asked_by_id=make_user(session).id,
                asked_at=BEGINNING,
                body=b"PK",
                digest="0" * 64,
            )
            session.add(packet)
            session.flush()
            self.packet_id = packet.id
            # They belong to no organization.
            self.outsider_id = make_user(session).id
            for role in ROLES:
                person = make_user(session, role="learner" if "manager" in role else role)
                membership = make_member(
                    session, organization, person, "manager" if role == "manager" else "member"
                )
                if role in ("learner", "team manager"):
                    make_team_member(
                        session, team, membership, "manager" if role == "team manager" else "member"
                    )
                row = enrol(session, person.id, sample.courses["onboarding"])
                complete_course(session, row, sample)
                enrol(session, person.id, sample.courses["pledge"])
                submitted = take_quiz(session, row, sample)
                attempt = start_attempt(session, row, sample)
                self.ids[role] = person.id
                self.memberships[role] = membership.id
                if role == "learner":
                    # Of it a reminder goes out on the day after the tests' clock stands still.
                    self.reminded_id = owe(
                        session,
                        membership,
                        sample.courses["onboarding"].id,
                        opens_on=date(2026, 1, 5),
                        due_on=date(2026, 3, 3),
                    ).id
                self.values[role] = {
                    "attempt_id": attempt.id,
                    "submitted_id": submitted.id,
                    "number": session.scalars(
                        sa.select(Certificate.number).where(Certificate.user_id == person.id)
                    ).one(),
                }
            self.assignment_id = make_assignment(
                session, organization, sample.courses["refresher"], self.ids["manager"]
            )
            self.obligation_id = session.scalars(
                sa.select(Obligation.id).where(
                    Obligation.assignment_id == self.assignment_id,
                    Obligation.membership_id == self.memberships["learner"],
                )
            ).one()

    def requests(self, role: str = "learner") -> Iterator[Request]:
        """Everything that can be asked, with the records of the person of that role."""
        adapter = self.app.url_map.bind("localhost")
        for rule in self.app.url_map.iter_rules():
            values = self._values(rule.endpoint, role)
            address = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                access = rule_of(self.app, rule.endpoint)
                yield Request(rule.endpoint, method, address, access)

    def _values(self, endpoint: str, role: str) -> dict[str, Any]:
        own = self.values[role]
        if endpoint == "quizzes.result":
            own = own | {"attempt_id": own["submitted_id"]}
        return own | {
            "course_slug": "pledge" if endpoint in STATEMENT_ENDPOINTS else "onboarding",
            "module_slug": "privacy",
            "lesson_slug": "right-amount",
            "digest": sha256(PICTURE).hexdigest(),
            "name": "chart.svg",
            "kind": "csv",
            "slug": "clinic",
            # Somebody for whom a manager may make a link.
            "user_id": self.outsider_id
            if endpoint in ("retention.account", "retention.erase_account")
            else self.ids["learner"],
            "membership_id": self.memberships["learner"],
            "assignment_id": self.assignment_id,
            "obligation_id": self.reminded_id
            if endpoint == "reminders.letter"
            else self.obligation_id,
            "leave_id": 999_999,
            "hold_id": 999_999,
            "import_id": self.import_id,
            "packet_id": self.packet_id,
            "request_id": 999_999,
            "team_id": self.team_id,
            "session_id": 999_999,
            "accommodation_id": 999_999,
            "day": "2026-03-03",
            "token": "t" * 43,
            "filename": "css/bootstrap.min.css" if "bootstrap" in endpoint else "css/theme.css",
        }

    def client(self, role: str) -> FlaskClient:
        return self.sign_in(self.ids[role])

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every table."""
        with self.database.reading_session() as session:
            return {
                table.name: sorted(map(repr, session.execute(sa.select(table))))
                for table in metadata.sorted_tables
            }


@pytest.fixture
def world(app: Flask, database: Database, sign_in: Callable[[int], FlaskClient]) -> World:
    return World(app, database, sign_in)


# The table


def test_every_endpoint_is_in_the_table_under_its_rule(app: Flask) -> None:
    declared = {endpoint: rule_of(app, endpoint) for endpoint in app.view_functions}
    listed = {name: rule for rule, endpoints in ENDPOINTS.items() for name in endpoints}
    assert declared == listed
    assert len(listed) == sum(map(len, ENDPOINTS.values()))


def test_an_application_with_a_view_without_a_rule_never_starts(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    blueprint = Blueprint("authoring", __name__)
    blueprint.add_url_rule("/new", endpoint="new", view_func=lambda: "")
    monkeypatch.setattr("lms.app.authoring", SimpleNamespace(blueprint=blueprint))
    with pytest.raises(LookupError, match=r"the view authoring\.new declares no access rule"):
        create_app(settings, database=database)


# Everybody everywhere


def test_a_visitor_is_sent_to_sign_in_for_all_that_is_not_public(
    world: World, client: FlaskClient
) -> None:
    before = world.rows()
    asked = [request for request in world.requests() if request.rule is not Access.PUBLIC]
    assert len(asked) == sum(map(len, ENDPOINTS.values())) - len(ENDPOINTS[Access.PUBLIC])
    for request in asked:
        answer = request.send(client)
        assert answer.status_code == 302, request
        assert answer.location.startswith("/sign-in"), request
        script = client.open(
            request.address, method=request.method, headers={"Accept": "application/json"}
        )
        assert script.status_code == 401, request
    assert world.rows() == before


@pytest.mark.parametrize("role", ROLES)
def test_each_role_is_refused_exactly_where_the_rule_says(world: World, role: str) -> None:
    refused = set()
    for request in world.requests(role):
        # Some of the requests end the session, so each has one of its own.
        if request.send(world.client(role)).status_code == 403:
            refused.add(request.endpoint)
    assert refused == {
        endpoint
        for rule, endpoints in ENDPOINTS.items()
        for endpoint in endpoints
        if role not in LETS_IN[rule]
    }


@pytest.mark.parametrize("role", ["learner", "manager", "instructor"])
def test_nobody_sees_what_is_someone_elses(world: World, role: str) -> None:
    client = world.client(role)
    for request in world.requests("administrator"):
        if request.endpoint.startswith("quizzes.") and "attempts" in request.address:
            assert request.send(client).status_code == 404, request
        elif request.endpoint in ("certificates.show", "certificates.pdf"):
            # A manager may read the certificates of their own people.
            expected = 200 if role == "manager" else 404
            assert request.send(client).status_code == expected, request


# Reading never writes


@pytest.mark.parametrize("role", [None, *ROLES])
def test_whoever_is_let_in_sees_the_page_and_reading_leaves_every_row_as_it_was(
    world: World, client: FlaskClient, role: str | None
) -> None:
    reader = world.client(role) if role else client
    before = world.rows()
    assert before["attempt"]
    for request in world.requests(role or "learner"):
        if request.method == "GET":
            answer = request.send(reader)
            if role is None and request.endpoint.endswith(".sign_in"):
                # Only who has done so already is sent on.
                assert answer.status_code == 200, request
            elif (role in LETS_IN[request.rule]) if role else request.rule is Access.PUBLIC:
                expected = OTHER_ANSWERS.get(request.endpoint, 200)
                assert answer.status_code == expected, request
            reader.head(request.address, buffered=True)
            reader.options(request.address)
    assert world.rows() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_the_session_of_a_reading_request_refuses_to_write(app: Flask, method: str) -> None:
    with app.test_request_context("/", method=method), pytest.raises(DBAPIError, match="read"):
        make_user(web.session())


def test_the_session_of_any_other_request_writes(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        make_user(web.session())


# Form tokens


def test_nothing_is_posted_without_a_form_token(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = world.client("administrator")
    before = world.rows()
    posts = [request for request in world.requests("administrator") if request.method != "GET"]
    assert {request.endpoint for request in posts} >= {"quizzes.save_answer", "courses.sign"}
    for request in posts:
        answer = request.send(client)
        assert answer.status_code == 400, request
        assert "This form is out of date" in answer.get_data(as_text=True), request
    assert world.rows() == before


def test_with_the_pages_own_token_it_is_posted(app: Flask, world: World) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = world.client("learner")
    page = client.get("/courses/refresher").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/courses/refresher/enrol", data={"csrf_token": token})
    assert answer.status_code == 303
