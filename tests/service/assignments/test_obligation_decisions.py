"""What a manager decides about one person, and having people complete a changed course again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments import decisions, reassigning
from lms.assignments.errors import (
    AlreadyExempt,
    AssignmentError,
    AssignmentOver,
    DayNotUsable,
    ObligationOver,
    OwnTraining,
    ReasonMissing,
)
from lms.assignments.models import Obligation, ObligationMove
from lms.assignments.terms import Renewal, Terms
from lms.courses.models import Enrolment
from lms.foundation.audit import Actor, AuditEntry
from lms.organizations.models import Membership
from tests.factories import publish_sample
from tests.sample_content import LESSON
from tests.service.assignments.conftest import MONDAY, SUNDAY, Employer

YEARLY = Terms(renewal=Renewal.AFTER_COMPLETION, months=12)
DUE = date(2026, 3, 31)
CHANGED = {"modules/privacy/lessons/01-right-amount.md": LESSON + "\nAnd something new.\n"}


def last_entry(employer: Employer) -> AuditEntry:
    with employer.database.reading_session() as session:
        query = select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)
        return session.scalars(query).one()


def due_moments(employer: Employer) -> list[Any]:
    with employer.database.reading_session() as session:
        return list(session.scalars(select(Enrolment.due_at).order_by(Enrolment.id)))


def decide(employer: Employer, act: Callable[..., Any], obligation: int, **values: Any) -> None:
    """One of the decisions about an obligation, by Grace."""
    told = {"reason": "Shown to us", "by": employer.by, "now": MONDAY}
    employer.write(lambda session: act(session, obligation, **(told | values)))


def test_a_waiver_ends_it_and_opens_the_next(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(YEARLY)
    decide(employer, decisions.waive, employer.obligation(ada).id, reason="  On  secondment ")
    assert employer.owed(ada) == [
        (1, SUNDAY, DUE, "waived", False),
        (2, date(2027, 3, 1), date(2027, 3, 31), None, True),
    ]
    # The course that was begun waits for nobody any more.
    assert due_moments(employer) == [None]
    entry = last_entry(employer)
    assert (entry.action, entry.subject_name) == ("obligation.waived", "Ada Okafor")
    assert entry.details["reason"] == "On secondment"


def test_a_completion_elsewhere_meets_it_from_its_own_day(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(YEARLY)
    decide(
        employer,
        decisions.vouch,
        employer.obligation(ada).id,
        completed_on=date(2026, 2, 10),
    )
    assert employer.owed(ada) == [
        (1, SUNDAY, DUE, "met", False),
        (2, date(2027, 1, 11), date(2027, 2, 10), None, True),
    ]
    assert last_entry(employer).details["completed_on"] == "2026-02-10"


def test_an_extension_is_kept_with_what_was_before(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign()
    decide(employer, decisions.extend, employer.obligation(ada).id, due_on=date(2026, 5, 31))
    assert employer.owed(ada) == [(1, SUNDAY, date(2026, 5, 31), None, True)]
    assert [at.isoformat() for at in due_moments(employer)] == ["2026-06-01T03:59:59+00:00"]
    with employer.database.reading_session() as session:
        move = session.scalars(select(ObligationMove)).one()
    assert (move.due_on, move.reason, move.moved_by_id) == (DUE, "Shown to us", employer.by.id)


def test_an_exemption_lets_go_until_it_is_withdrawn(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign()

    def exempt(session: Session) -> None:
        membership = session.get_one(Membership, ada)
        decisions.exempt(
            session, assignment, membership, reason="Retires", by=employer.by, now=MONDAY
        )

    def withdraw(session: Session) -> bool:
        membership = session.get_one(Membership, ada)
        return decisions.withdraw_exemption(
            session, assignment, membership, by=employer.by, now=MONDAY
        )

    employer.write(exempt)
    assert employer.obligation(ada).reason == "They are exempt: Retires"
    with pytest.raises(AlreadyExempt):
        employer.write(exempt)
    assert employer.write(withdraw)
    assert last_entry(employer).action == "exemption.withdrawn"
    assert [row[3] for row in employer.owed(ada)] == ["expired", None]
    assert not employer.write(withdraw)


@pytest.mark.parametrize(
    ("act", "values", "error"),
    [
        (decisions.waive, {"reason": " "}, ReasonMissing),
        (decisions.vouch, {"completed_on": date(2026, 3, 1), "reason": ""}, ReasonMissing),
        (decisions.vouch, {"completed_on": date(2026, 3, 2)}, DayNotUsable),
        (decisions.extend, {"due_on": date(2026, 2, 28)}, DayNotUsable),
        (decisions.extend, {"due_on": date(2026, 5, 1), "reason": "\t"}, ReasonMissing),
    ],
)
def test_what_cannot_be_decided_changes_nothing(
    employer: Employer,
    act: Callable[..., Any],
    values: dict[str, Any],
    error: type[AssignmentError],
) -> None:
    ada = employer.hire()
    employer.assign()
    with pytest.raises(error):
        decide(employer, act, employer.obligation(ada).id, **values)
    assert employer.owed(ada) == [(1, SUNDAY, DUE, None, True)]
    assert last_entry(employer).action == "assignment.created"


def test_nobody_decides_about_what_they_owe_themselves(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign(YEARLY)
    owed = employer.obligation(ada)
    before, herself = employer.owed(ada), Actor("Ada Okafor", owed.user_id)
    for act, values in (
        (decisions.waive, {}),
        (decisions.vouch, {"completed_on": date(2026, 2, 10)}),
        (decisions.extend, {"due_on": date(2026, 5, 31)}),
    ):
        with pytest.raises(OwnTraining):
            decide(employer, act, owed.id, by=herself, **values)

    def exempt(session: Session, by: Actor) -> None:
        membership = session.get_one(Membership, ada)
        decisions.exempt(session, assignment, membership, reason="Retires", by=by, now=MONDAY)

    with pytest.raises(OwnTraining):
        employer.write(lambda session: exempt(session, herself))
    assert employer.owed(ada) == before
    employer.write(lambda session: exempt(session, employer.by))

    def withdraw(session: Session) -> bool:
        membership = session.get_one(Membership, ada)
        return decisions.withdraw_exemption(session, assignment, membership, by=herself, now=MONDAY)

    with pytest.raises(OwnTraining):
        employer.write(withdraw)
    assert employer.obligation(ada).reason == "They are exempt: Retires"


@pytest.mark.parametrize(
    ("act", "values"),
    [
        (decisions.waive, {}),
        (decisions.vouch, {"completed_on": date(2026, 3, 1)}),
        (decisions.extend, {"due_on": date(2026, 5, 1)}),
    ],
)
def test_what_has_ended_is_not_decided_about(
    employer: Employer, act: Callable[..., Any], values: dict[str, Any]
) -> None:
    ada = employer.hire()
    employer.assign()
    owed = employer.obligation(ada).id
    employer.complete(ada, MONDAY)
    with pytest.raises(ObligationOver):
        decide(employer, act, owed, **values)
    assert employer.owed(ada) == [(1, SUNDAY, DUE, "met", True)]


# A course that changed


def reassign(employer: Employer, assignment: int, days: int = 14) -> int:
    return employer.write(
        lambda session: reassigning.reassign(
            session,
            assignment,
            days=days,
            reason="The new device",
            by=employer.by,
            now=MONDAY + timedelta(days=2),
        )
    )


def publish(employer: Employer, *, is_material: bool) -> None:
    """Another revision of one of the modules."""
    with employer.database.transaction() as session:
        employer.shelf = publish_sample(
            session, CHANGED, now=MONDAY + timedelta(days=1), is_material=is_material
        )


@pytest.mark.parametrize(
    ("terms", "before"),
    [
        (Terms(), [(1, SUNDAY, DUE, "met", False)]),
        (YEARLY, [(1, SUNDAY, DUE, "met", False)]),
    ],
)
def test_a_material_revision_can_be_asked_of_those_who_completed_an_earlier_one(
    employer: Employer, terms: Terms, before: list[Any]
) -> None:
    ada, ben = employer.hire(), employer.hire()
    assignment = employer.assign(terms)
    employer.complete(ada, MONDAY)
    publish(employer, is_material=True)
    assert reassign(employer, assignment) == 1
    told = last_entry(employer).details
    assert (told["members"], told["people"]) == ([ada], ["Ada Okafor"])
    assert employer.owed(ada) == [*before, (2, date(2026, 3, 3), date(2026, 3, 17), None, True)]
    assert employer.owed(ben) == [(1, SUNDAY, DUE, None, True)]
    assert employer.obligation(ada).set_by_hand
    # Who was asked is not asked again.
    assert reassign(employer, assignment) == 0
    employer.complete(ada, MONDAY + timedelta(days=3))
    assert [row[3] for row in employer.owed(ada)][:2] == ["met", "met"]
    assert reassign(employer, assignment) == 0


def test_of_very_many_who_are_asked_again_the_trail_counts_the_rest(
    employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassigning, "MAX_NAMED", 1)
    people = [employer.hire(), employer.hire()]
    assignment = employer.assign()
    for one in people:
        employer.complete(one, MONDAY)
    publish(employer, is_material=True)
    assert reassign(employer, assignment) == 2
    told = last_entry(employer).details
    assert (told["unnamed"], len(told["people"])) == (1, 1)


def test_a_revision_that_is_not_material_is_asked_of_nobody(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign()
    employer.complete(ada, MONDAY)
    publish(employer, is_material=False)
    assert reassign(employer, assignment) == 0


def test_a_completion_elsewhere_before_the_revision_is_an_earlier_one(employer: Employer) -> None:
    ada = employer.hire()
    assignment = employer.assign()
    decide(employer, decisions.vouch, employer.obligation(ada).id, completed_on=date(2026, 2, 10))
    publish(employer, is_material=True)
    assert reassign(employer, assignment) == 1


def test_reassigning_needs_a_number_of_days_and_an_assignment_that_lasts(
    employer: Employer,
) -> None:
    assignment = employer.assign()
    with pytest.raises(DayNotUsable):
        reassign(employer, assignment, days=0)
    with pytest.raises(AssignmentOver):
        reassign(employer, assignment + 1)


def test_no_obligation_is_ever_rewritten(employer: Employer) -> None:
    """What has ended reads the same after everything else has happened."""
    ada = employer.hire()
    employer.assign(YEARLY)
    employer.complete(ada, MONDAY)
    with employer.database.reading_session() as session:
        columns = [column for column in Obligation.__table__.c if column.name != "is_current"]
        query = select(*columns).where(Obligation.closed_at.is_not(None))
        before = session.execute(query).all()
    employer.place(ada, MONDAY + timedelta(days=1), ended_at=MONDAY)
    employer.place(ada, MONDAY + timedelta(days=2), ended_at=None)
    with employer.database.reading_session() as session:
        assert set(before) <= set(session.execute(query).all())
