"""Rosters name people who have an account already: they are asked, and the same file asks nothing anew."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.foundation.jobs import Job
from lms.foundation.mail import Letter, LetterDelayed, LetterRefused
from lms.foundation.settings import Settings
from lms.organizations import (
    answers,
    imports,
    positions,
    request_letters,
    requests,
)
from lms.organizations.models import (
    Membership,
    MembershipRequest,
    Organization,
    Position,
    Team,
    TeamMembership,
)
from lms.work import make_worker
from tests.conftest import StandingClock
from tests.factories import make_member, make_organization, make_request, make_user
from tests.rosters import FIRST, LATER, NOW, Office, counts

ADA = FIRST[0]
RECORD = (User, Membership, MembershipRequest, Position, Team, TeamMembership)


@pytest.fixture
def office(database: Database) -> Office:
    """An organization; Ada of the rosters has an account of another one, under another name."""
    made = Office(database)
    with database.transaction() as session:
        ada = make_user(session, name="Ada the First", email="ada@example.org", password_hash="h")
        make_member(session, make_organization(session), ada)
    return made


def requested(office: Office) -> list[tuple[Any, ...]]:
    with office.database.reading_session() as session:
        found = session.execute(
            sa.select(
                MembershipRequest.name,
                MembershipRequest.employee_number,
                MembershipRequest.job_title,
                MembershipRequest.manager_number,
                MembershipRequest.teams,
                MembershipRequest.answer,
            ).order_by(MembershipRequest.id)
        )
        return [tuple(row) for row in found]


def answer(office: Office, given: Callable[[Session, MembershipRequest], object]) -> None:
    with office.database.transaction() as session:
        one = session.scalars(
            sa.select(MembershipRequest).where(MembershipRequest.answered_at.is_(None))
        ).one()
        given(session, one)


def accept(session: Session, one: MembershipRequest) -> object:
    return answers.accept(session, one, seen=requests.digest_of(one), now=LATER)


def decline(session: Session, one: MembershipRequest) -> object:
    return answers.decline(session, one, now=LATER)


def test_who_has_an_account_is_asked_and_nothing_else_is_told_of_them(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    shown = office.find(import_id).outcome
    said = {
        "E-mail": "ada@example.org", "Job title": "Nurse", "Hire date": "2026-01-15",
        "Manager's employee number": "3", "Teams": "Night, Ward 3",
    }  # fmt: skip
    changes = [[column, "", after] for column, after in said.items()]
    told = {"number": "1", "name": "Ada Okafor", "changes": changes}
    assert shown["examples"]["asked"] == [told]
    with office.database.reading_session() as session:
        one = office.find(import_id)
        changes = [(it.kind, it.name) for it in imports.every_change(session, one)]
    assert changes[0] == ("asked", "Ada Okafor")
    # Only Bea's team is made for her: a team is there for Ada or not when she accepts.
    assert shown["new_teams"] == ["Night"]
    done = office.apply(*FIRST)
    assert counts(done) == {"added": 2, "asked": 1}
    assert set(office.people()) == {"2", "3"}
    expected = ("Ada Okafor", "1", "Nurse", "3", ["Night", "Ward 3"], None)
    assert requested(office) == [expected]
    with office.database.reading_session() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
    assert entry.details["people"]["asked"] == ["Ada Okafor (1)"]
    answer(office, accept)
    assert office.people()["1"] == (
        "Ada the First", "Nurse", *office.people()["1"][2:3], "3", {"Night"}, None,
    )  # fmt: skip
    # Her account keeps its name, and the file's other team is made now that she is here.
    assert counts(office.apply(*FIRST, now=LATER)) == {"changed": 1, "unchanged": 2}
    assert counts(office.apply(*FIRST, now=LATER)) == {"unchanged": 3}


def test_the_same_roster_again_asks_nothing_anew(office: Office) -> None:
    office.apply(*FIRST)
    before = office.rows(*RECORD)
    for complete in (False, True):
        done = office.apply(*FIRST, now=LATER, complete=complete)
        assert counts(done) == {"unchanged": 3}
    assert office.rows(*RECORD) == before
    with office.database.reading_session() as session:
        assert len(session.scalars(sa.select(Job)).all()) == 1


def test_other_contents_change_what_waits(office: Office) -> None:
    office.apply(*FIRST)
    row = "1,Ada O.,ada@example.org,Lead,Ward 3,,"
    shown = office.find(office.hand_in(row)).outcome["examples"]["changed"]
    assert [change[0] for change in shown[0]["changes"]] == [
        "Full name", "Job title", "Hire date", "Manager's employee number", "Teams",
    ]  # fmt: skip
    assert counts(office.apply(row, now=LATER)) == {"changed": 1}
    assert requested(office) == [("Ada O.", "1", "Lead", "", ["Ward 3"], None)]
    with office.database.reading_session() as session:
        entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number.desc())).first()
        assert entry
    (told,) = entry.details["people"]["asked_otherwise"]
    assert told.startswith("Ada O. (1) [Full name: Ada Okafor → Ada O.; Job title: Nurse → Lead;")
    assert counts(office.apply(row, now=LATER)) == {"unchanged": 1}


def test_a_row_without_the_address_names_them_by_the_number(office: Office) -> None:
    office.apply(ADA, FIRST[2])
    assert counts(office.apply("1,Ada Okafor,,Nurse,Night;Ward 3,2026-01-15,3")) == {"unchanged": 1}
    # With another address it is somebody else, who gets the number.
    other = "1,Ann Other,ann@example.org,Nurse,,,"
    assert counts(office.apply(other, FIRST[2], complete=True)) == {
        "added": 1, "unchanged": 1, "withdrawn": 1,
    }  # fmt: skip
    assert requested(office)[0][-1] == "withdrawn"


def test_two_rows_that_name_one_person_are_told(office: Office) -> None:
    office.apply(ADA, FIRST[2])
    found = office.find(office.hand_in("1,Ada Okafor,,,,,", "5,Ada Okafor,ada@example.org,,,,"))
    (problem,) = found.problems
    assert (problem["row"], problem["column"]) == (3, "E-mail")
    assert "Row 2 names the same person" in problem["message"]


def test_who_declined_is_not_asked_again_by_a_roster(office: Office) -> None:
    office.apply(*FIRST)
    answer(office, decline)
    for complete in (False, True):
        done = office.apply(*FIRST, now=LATER, complete=complete)
        assert (counts(done), done.outcome["declined"]) == ({"unchanged": 3}, 1)
    assert [one[-1] for one in requested(office)] == ["declined"]


def test_who_declined_is_known_by_the_number_too(office: Office) -> None:
    office.apply(*FIRST)
    answer(office, decline)
    before = office.rows(*RECORD)
    by_number = "1,Ada Okafor,,Nurse,Night;Ward 3,2026-01-15,3"
    for complete in (False, True):
        done = office.apply(by_number, *FIRST[1:], now=LATER, complete=complete)
        assert (counts(done), done.outcome["declined"]) == ({"unchanged": 3}, 1)
    assert office.rows(*RECORD) == before
    # With an address of nobody's it is somebody else, who gets the number, and keeps it.
    assert counts(office.apply("1,Ann Other,ann@example.org,,,,")) == {"added": 1}
    assert counts(office.apply("1,Ann Other,,,,,")) == {"unchanged": 1}


def test_who_declined_and_came_after_all_leaves_the_number_that_was_declined(
    office: Office,
) -> None:
    office.apply(*FIRST)
    answer(office, decline)
    with office.database.transaction() as session:
        ada = session.scalars(sa.select(User).where(User.email == "ada@example.org")).one()
        clinic = session.get_one(Organization, office.organization_id)
        make_request(session, clinic, ada, office.boss_id, employee_number="5")
    answer(office, accept)
    assert counts(office.apply("1,Ann Other,,,,,")) == {"added": 1}


def test_who_was_withdrawn_or_has_left_is_asked_again(office: Office) -> None:
    office.apply(*FIRST)
    answer(office, lambda session, one: requests.answer(session, one, "withdrawn", now=NOW))
    assert counts(office.apply(*FIRST)) == {"asked": 1, "unchanged": 2}
    answer(office, accept)
    office.apply(*FIRST)
    left = "1,Ada the First,,Nurse,Night;Ward 3,2026-01-15,3"
    assert counts(office.apply(*FIRST[1:], complete=True)) == {"unchanged": 2, "deactivated": 1}
    # She still belongs to the other organization: by her number too she is only asked.
    assert counts(office.apply(left)) == {"asked": 1}
    assert office.people()["1"][5] is not None
    assert counts(office.apply(left)) == {"unchanged": 1}


def test_a_complete_roster_withdraws_what_it_does_not_name(office: Office) -> None:
    office.apply(*FIRST)
    with office.database.transaction() as session:
        clinic = session.get_one(Organization, office.organization_id)
        # Asked by the form, without a number: a roster does not tell.
        make_request(session, clinic, make_user(session), office.boss_id, name="By the form")
    assert counts(office.apply(*FIRST[1:], now=LATER)) == {"unchanged": 2}
    done = office.apply(*FIRST[1:], now=LATER, complete=True)
    assert counts(done) == {"unchanged": 2, "withdrawn": 1}
    assert done.outcome["asked_without"] == 1
    assert [(one[0], one[-1]) for one in requested(office)] == [
        ("Ada Okafor", "withdrawn"), ("By the form", None),
    ]  # fmt: skip
    assert counts(office.apply(*FIRST[1:], now=LATER, complete=True)) == {"unchanged": 2}


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("order", [1, -1])
def test_nobody_reports_to_somebody_who_has_not_accepted(
    office: Office, order: int, answered: bool
) -> None:
    office.apply(FIRST[2], "2,Bea Brown,,Aide,Night,2/28/2026,3")
    rows = (ADA, "2,Bea Brown,,Aide,Night,2/28/2026,1")[::order]
    done = office.apply(*rows)
    assert done.outcome["awaited"] == 1
    assert office.people()["2"][3] == "3"
    if answered:
        answer(office, decline)
    assert counts(office.apply(*rows)) == {"unchanged": 2}
    if not answered:
        answer(office, accept)
        done = office.apply(*rows)
        assert done.outcome["awaited"] == 0
        assert office.people()["2"][3] == "1"
        assert counts(office.apply(*rows)) == {"unchanged": 2}


def test_whoever_answers_between_check_and_application_is_looked_at_again(office: Office) -> None:
    import_id = office.hand_in(*FIRST)
    assert office.begin_apply(import_id)
    with office.database.transaction() as session:
        ada = session.scalars(sa.select(User).where(User.email == "ada@example.org")).one()
        clinic = session.get_one(Organization, office.organization_id)
        make_request(session, clinic, ada, office.boss_id, employee_number="1")
    before = office.rows(*RECORD, AuditEntry)
    office.do(imports.APPLY_JOB, import_id)
    found = office.find(import_id)
    assert (found.state, counts(found)) == ("checked", {"added": 2, "changed": 1})
    assert office.rows(*RECORD, AuditEntry) == before


def test_who_could_not_sign_in_since_they_left_elsewhere_can_answer(office: Office) -> None:
    with office.database.transaction() as session:
        ada = session.scalars(
            sa.select(Membership).join(User).where(User.email == "ada@example.org")
        ).one()
        positions.end_memberships(session, ada.organization_id, [ada.id], now=NOW)
    assert counts(office.apply(ADA, FIRST[2])) == {"added": 1, "asked": 1}
    with office.database.reading_session() as session:
        assert session.get_one(User, ada.user_id).deactivated_at is None


def test_many_are_asked_in_several_batches(office: Office) -> None:
    with office.database.transaction() as session:
        for number in range(1200):
            make_user(session, email=f"p{number}@example.org")
    rows = [f"{number},Person {number},p{number}@example.org,Job,,," for number in range(1200)]
    assert counts(office.apply(*rows)) == {"asked": 1200}
    assert counts(office.apply(*rows, complete=True)) == {"unchanged": 1200}
    assert counts(office.apply(*rows[600:], complete=True)) == {"unchanged": 600, "withdrawn": 600}


# The letters


class Server:
    """A mail server that takes every letter; at the first it raises the `fault` that it is given."""

    def __init__(self, fault: OSError | None = None) -> None:
        self.fault = fault
        self.taken: list[Letter] = []

    def send(self, letter: Letter) -> None:
        fault, self.fault = self.fault, None
        if fault:
            raise fault
        self.taken.append(letter)


def people_asked(office: Office) -> None:
    """A roster asks two people. Nobody writes to a third, who declined, or a fourth, who cannot sign in."""
    with office.database.transaction() as session:
        clinic = session.get_one(Organization, office.organization_id)
        make_user(session, name="Cem", email="cem@example.org")
        declined = make_request(session, clinic, make_user(session), office.boss_id)
        requests.answer(session, declined, "declined", now=NOW)
        off = make_user(session, deactivated_at=NOW)
        make_request(session, clinic, off, office.boss_id)
    office.apply(*FIRST)


@pytest.mark.parametrize("fault", [None, LetterRefused("No"), LetterDelayed("Later")])
def test_each_new_request_is_one_letter(
    office: Office, settings: Settings, clock: StandingClock, fault: OSError | None
) -> None:
    people_asked(office)
    server = Server(fault)
    worker = make_worker(settings, office.database, clock, server)
    assert worker.do_all()
    to_ada, to_cem = "ada@example.org", "cem@example.org"
    expected = {None: [to_ada, to_cem], LetterRefused: [to_cem], LetterDelayed: []}
    assert [one.to for one in server.taken] == expected[type(fault) if fault else None]
    for _ in range(2):
        # What the server did not take for now it takes later; nothing leaves twice.
        clock.advance(minutes=5)
        assert worker.do_all()
    delayed = isinstance(fault, LetterDelayed)
    told = expected[None] if delayed else expected[type(fault) if fault else None]
    assert [one.to for one in server.taken] == told
    letter = server.taken[-1]
    assert letter.subject == "Riverside Clinic asks you to join"
    assert "Boss asks you to join Riverside Clinic" in letter.text
    assert "http://127.0.0.1:8000/requests" in letter.text


def test_many_letters_are_sent_in_several_jobs(
    office: Office, settings: Settings, clock: StandingClock
) -> None:
    rows = range(request_letters.AT_ONCE + 10)
    with office.database.transaction() as session:
        for number in rows:
            make_user(session, email=f"p{number}@example.org")
    office.apply(*(f"{number},Person {number},p{number}@example.org,,,," for number in rows))
    server = Server()
    assert make_worker(settings, office.database, clock, server).do_all()
    assert [one.to for one in server.taken] == [f"p{number}@example.org" for number in rows]
