"""A mistake that is put right on the same day changes nothing about what somebody owes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments import assignments, decisions, preview
from lms.assignments.audience import Audience
from lms.assignments.demands import demand_of
from lms.assignments.tally import Effect
from lms.assignments.terms import Renewal, Terms
from lms.courses.models import Enrolment
from lms.organizations.models import Membership
from tests.service.assignments.conftest import SUNDAY, Employer

LATE = datetime(2026, 4, 20, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
NURSES = Audience(job_titles=frozenset({"Nurse"}))
DUE = date(2026, 3, 31)


def retitled(employer: Employer, ada: int, _assignment: int) -> None:
    employer.place(ada, LATE, job_title="Medic")
    employer.place(ada, LATE + HOUR, job_title="Nurse")


def left_and_back(employer: Employer, ada: int, _assignment: int) -> None:
    employer.place(ada, LATE, ended_at=LATE)
    employer.place(ada, LATE + HOUR, ended_at=None)


def exempt_and_not(employer: Employer, ada: int, assignment: int) -> None:
    def decide(session: Session, *, withdraw: bool) -> None:
        membership = session.get_one(Membership, ada)
        if withdraw:
            decisions.withdraw_exemption(
                session, assignment, membership, by=employer.by, now=LATE + HOUR
            )
        else:
            decisions.exempt(
                session, assignment, membership, reason="Retires", by=employer.by, now=LATE
            )

    employer.write(lambda session: decide(session, withdraw=False))
    employer.write(lambda session: decide(session, withdraw=True))


@pytest.mark.parametrize("mistake", [retitled, left_and_back, exempt_and_not])
def test_a_mistake_of_the_same_day_takes_no_lateness_away(
    employer: Employer, mistake: Callable[[Employer, int, int], None]
) -> None:
    ada = employer.hire(job_title="Nurse")
    assignment = employer.assign(Terms(first_days=30), NURSES)
    mistake(employer, ada, assignment)
    owed = [(1, SUNDAY, DUE, "expired", False), (2, SUNDAY, DUE, None, True)]
    assert employer.owed(ada) == owed
    employer.new_day(LATE + timedelta(days=1))
    assert employer.owed(ada) == owed


def test_a_preview_of_the_same_day_says_what_then_happens(employer: Employer) -> None:
    ada = employer.hire(job_title="Nurse")
    assignment = employer.assign(Terms(first_days=30), NURSES)
    employer.place(ada, LATE, job_title="Medic")
    with employer.database.reading_session() as session:
        demand = demand_of(session, assignment)
        assert demand is not None
        everyone = replace(demand, audience=Audience(everyone=True))
        found = preview.preview(session, everyone, employer.shelf, LATE + HOUR)
    assert found.counts == {Effect.OPENED: 1, Effect.OVERDUE: 1}


def test_what_a_rule_opened_by_mistake_goes_with_it(employer: Employer) -> None:
    def change(number: int, terms: Terms, now: datetime) -> None:
        employer.write(
            lambda session: assignments.change(
                session,
                assignment,
                number=number,
                audience=Audience(everyone=True),
                terms=terms,
                by=employer.by,
                now=now,
            )
        )

    ada = employer.hire()
    once = Terms()
    assignment = employer.assign(once)
    employer.complete(ada, datetime(2026, 3, 2, 15, tzinfo=UTC))
    change(1, Terms(renewal=Renewal.AFTER_COMPLETION, months=1, window_days=10), LATE)
    assert [row[3] for row in employer.owed(ada)] == ["met", None]
    change(2, once, LATE + HOUR)
    assert [row[3] for row in employer.owed(ada)] == ["met", "expired"]
    with employer.database.reading_session() as session:
        # What was begun for it stays, and is due no more.
        due = session.scalars(select(Enrolment.due_on).order_by(Enrolment.cycle.desc())).first()
    assert due is None
