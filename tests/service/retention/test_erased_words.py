"""What is said about a person after their name is gone, and the rosters that would bring it back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import lms.app  # noqa: F401 - the application wires who hears of a completion.
from lms.assignments import decisions
from lms.assignments.models import Exemption, Obligation, ObligationMove
from lms.assignments.reconcile import BY_RULE
from lms.assignments.terms import Terms
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations import imports, leaves, positions, request_lists, roster_jobs
from lms.organizations.models import Membership, MembershipRequest, Organization, RosterImport
from lms.organizations.roster import guessed
from lms.organizations.roster_file import beginning_of
from lms.quizzes.shelf import QuizShelf
from lms.retention import erasing
from tests.factories import (
    complete_course,
    enrol,
    make_assignment,
    make_member,
    make_organization,
    make_request,
    make_user,
    publish_sample,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY_AFTER = datetime(2032, 3, 3, 12, tzinfo=UTC)
ROSTER = b"Employee number,Name,E-mail\n4711,Nora Nightingale,nora@example.org\n12,Ben Blank,\n"


def erase(session: Session, membership: Membership, now: datetime = MONDAY) -> None:
    """Let them leave, and erase their data."""
    positions.end_memberships(session, membership.organization_id, [membership.id], now=now)
    administrator = make_user(session, role="administrator").id
    erasing.erase(
        session, QuizShelf(), membership.user_id,
        basis="request", reason="Letter", by_id=administrator, zone="UTC", now=now,
    )  # fmt: skip


def finish(session: Session, membership: Membership) -> None:
    """Let the years pass for which the record must be kept."""
    erasing.finish_due(session, QuizShelf(), membership.organization_id, DAY_AFTER)


def hand_in(session: Session, organization: Organization, by_id: int) -> int:
    """A roster that names Nora; the id of its import."""
    found = beginning_of(ROSTER, 1000)
    return imports.start(
        session,
        organization.id,
        file_name="r.csv",
        body=ROSTER,
        mapped=guessed(found.header, found.samples),
        row_count=found.row_count,
        by_id=by_id,
        now=MONDAY,
    )


def told_in(one: RosterImport) -> str:
    """Everything that an import keeps."""
    return repr((one.body, one.mapping, one.outcome, one.problems))


def test_what_the_rules_said_stays_and_what_people_wrote_goes(session: Session) -> None:
    sample = publish_sample(session)
    clinic = make_organization(session)
    grace = make_user(session, name="Grace")
    make_member(session, clinic, grace, "manager")
    nora = make_member(session, clinic, make_user(session, name="Nora"))
    onboarding, refresher = sample.courses["onboarding"], sample.courses["refresher"]
    by = Actor("Grace", grace.id)
    met, waived, exempt, left = (
        make_assignment(session, clinic, course, grace.id, terms=Terms(first_days=days))
        for course, days in ((refresher, 60), (onboarding, 60), (onboarding, 61), (onboarding, 62))
    )
    row = enrol(session, nora.user_id, refresher)
    complete_course(session, row, sample, now=MONDAY)

    def owed(assignment_id: int) -> Obligation:
        return session.scalars(
            select(Obligation).where(
                Obligation.assignment_id == assignment_id, Obligation.user_id == nora.user_id
            )
        ).one()

    decisions.waive(session, owed(waived).id, reason="Surgery in May", by=by, now=MONDAY)
    decisions.exempt(session, exempt, nora, reason="Expecting", by=by, now=MONDAY)
    away = {"starts_on": date(2026, 1, 20), "ends_on": date(2026, 4, 1)}
    leaves.record(session, nora, **away, by_id=grace.id, now=MONDAY)
    extended = {"due_on": date(2026, 6, 1), "reason": "Ill for weeks", "by": by, "now": MONDAY}
    decisions.extend(session, owed(left).id, **extended)
    erase(session, nora)
    session.expire_all()
    assert owed(waived).reason == "Surgery in May"
    finish(session, nora)
    session.expire_all()
    assert [owed(one).reason for one in (met, waived, exempt, left)] == [
        "",
        "Erased",
        "They are exempt: Erased",
        "They left the organization.",
    ]
    assert session.scalars(select(Exemption.reason)).all() == ["Erased"]
    moves = session.scalars(select(ObligationMove.reason).order_by(ObligationMove.id)).all()
    assert set(moves) == {BY_RULE, "Erased"}
    assert moves[-1] == "Erased"


def test_rosters_that_were_not_applied_are_emptied_with_the_first_and_the_last_of_it(
    session: Session,
) -> None:
    clinic, other = make_organization(session), make_organization(session)
    boss = make_user(session, name="Boss").id
    nora = make_member(session, clinic, make_user(session, name="Nora Nightingale"))
    enrol(session, nora.user_id, publish_sample(session).courses["onboarding"])
    read, elsewhere = (hand_in(session, one, boss) for one in (clinic, other))
    checked = session.get_one(RosterImport, read)
    checked.state, checked.outcome = "checked", {"examples": {"added": [{"name": "Nora"}]}}
    checked.problems = [{"row": 2, "column": "Name", "message": "Nora"}]
    session.flush()
    erase(session, nora)
    session.expire_all()
    again = hand_in(session, clinic, boss)
    assert checked.state == "failed"
    assert "hand the roster in again" in checked.problems[0]["message"].lower()
    assert "Nora" not in told_in(checked)
    assert "nora" not in told_in(checked)
    # Another organization's is its own, and so is what comes later until the name goes too.
    for kept in (elsewhere, again):
        assert "Nora Nightingale" in told_in(session.get_one(RosterImport, kept))
    finish(session, nora)
    session.expire_all()
    assert "Nora" not in told_in(session.get_one(RosterImport, again))
    assert "Nora" in told_in(session.get_one(RosterImport, elsewhere))


def test_rosters_of_who_only_asked_them_go_too(session: Session) -> None:
    asks, declined, other = (make_organization(session) for _ in range(3))
    boss = make_user(session, name="Boss").id
    nora = make_user(session, name="Nora Nightingale", email="nora@example.org")
    answered = {"answer": "declined", "answered_at": MONDAY}
    make_request(session, asks, nora, boss)
    make_request(session, declined, nora, boss, **answered)
    emptied = [hand_in(session, one, boss) for one in (asks, declined)]
    kept = hand_in(session, other, boss)
    erasing.erase(
        session, QuizShelf(), nora.id, basis="request", reason="Hers", by_id=boss, zone="UTC",
        now=MONDAY,
    )  # fmt: skip
    session.expire_all()
    for one in emptied:
        assert "nora" not in told_in(session.get_one(RosterImport, one)).lower()
    assert "Nora" in told_in(session.get_one(RosterImport, kept))


def test_rosters_that_whoever_only_asked_hands_in_later_go_with_the_name(session: Session) -> None:
    asks, declined, other = (make_organization(session) for _ in range(3))
    boss = make_user(session, name="Boss").id
    nora = make_user(session, name="Nora Nightingale", email="nora@example.org")
    enrol(session, nora.id, publish_sample(session).courses["onboarding"])
    said = {"name": "Nora Nightingale", "employee_number": "4711", "teams": ["Night"]}
    make_request(session, asks, nora, boss, **said, manager_number="12", site="Annex")
    make_request(session, declined, nora, boss, **said, answer="declined", answered_at=MONDAY)
    erasing.erase(
        session, QuizShelf(), nora.id, basis="request", reason="Hers", by_id=boss, zone="UTC",
        now=MONDAY,
    )  # fmt: skip
    session.expire_all()
    left = repr(session.execute(select(*MembershipRequest.__table__.columns)).all())
    for gone in ("Nora", "nora", "4711", "Night", "12'", "Annex"):
        assert gone not in left
    for one in (asks, declined):
        assert request_lists.count_of(session, one.id) == 0
    later = [hand_in(session, one, boss) for one in (asks, declined, other)]
    erasing.finish_due(session, QuizShelf(), None, DAY_AFTER)
    session.expire_all()
    kept = ["Nora" in told_in(session.get_one(RosterImport, one)) for one in later]
    assert kept == [False, False, True]
    assert session.scalars(select(MembershipRequest)).all() == []


@pytest.mark.parametrize("state", ["checking", "applying"])
def test_a_roster_under_way_is_not_gone_on_with(database: Database, state: str) -> None:
    with database.transaction() as session:
        clinic = make_organization(session)
        boss = make_user(session, name="Boss").id
        nora = make_member(session, clinic, make_user(session, name="Nora Nightingale"))
        import_id = hand_in(session, clinic, boss)
        session.get_one(RosterImport, import_id).state = state
        erase(session, nora)
    payload = {"import_id": import_id, "actor_id": boss, "actor_name": "Boss"}
    for handler in roster_jobs.HANDLERS.values():
        handler(database, payload, MONDAY + timedelta(minutes=1))
    with database.reading_session() as session:
        one = session.get_one(RosterImport, import_id)
        assert (one.state, one.body) == ("failed", None)
        assert session.scalars(select(Membership.employee_number)).all() == [None]
