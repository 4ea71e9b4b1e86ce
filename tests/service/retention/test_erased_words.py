"""What is said about a person after their name is gone."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

import lms.app  # noqa: F401 - the application wires who hears of a completion.
from lms.assignments import decisions
from lms.assignments.models import Exemption, Obligation, ObligationMove
from lms.assignments.reconcile import BY_RULE
from lms.assignments.terms import Terms
from lms.foundation.audit import Actor
from lms.organizations import leaves, positions
from lms.organizations.models import Membership
from lms.quizzes.shelf import QuizShelf
from lms.retention import erasing
from tests.factories import (
    complete_course,
    enrol,
    make_assignment,
    make_member,
    make_organization,
    make_user,
    publish_sample,
)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY_AFTER = datetime(2032, 3, 3, 12, tzinfo=UTC)


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
