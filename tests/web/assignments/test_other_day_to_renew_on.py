"""A rule that renews on another day of the month, and moves no date, is told as no move."""

from datetime import date

import pytest
from sqlalchemy import select

from lms.assignments import assignments, decisions
from lms.assignments.audience import Audience
from lms.assignments.models import Obligation, ObligationMove
from lms.assignments.terms import Renewal, Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.audit import Actor
from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.conftest import StandingClock
from tests.web.assignments.conftest import House

YEARLY = Terms(renewal=Renewal.AFTER_COMPLETION, months=12)
# In 2027 that is the 28th, as a year after this 28 February is.
EACH_FEBRUARY = Terms(renewal=Renewal.CALENDAR, month=2, day=29)


@pytest.fixture
def assignment(
    riverside: House, database: Database, sample: Catalogue, clock: StandingClock
) -> int:
    """The refresher, which the member completed elsewhere on 28 February, under a changed rule."""
    by = Actor("Grace Manager", riverside.manager)
    audience = Audience(membership_ids=frozenset({riverside.membership}))
    with database.transaction() as session:
        made = assignments.create(
            session,
            organization_id=session.get_one(Membership, riverside.membership).organization_id,
            course_id=sample.courses["refresher"].id,
            audience=audience,
            terms=YEARLY,
            by=by,
            now=clock(),
        )
        owed = session.scalars(select(Obligation.id).where(Obligation.assignment_id == made)).one()
        day = date(2026, 2, 28)
        decisions.vouch(session, owed, completed_on=day, reason="Shown", by=by, now=clock())
        assignments.change(
            session,
            made,
            number=1,
            audience=audience,
            terms=EACH_FEBRUARY,
            by=by,
            now=clock(),
        )
    return made


def test_it_is_no_move_and_the_next_date_follows_the_rule(
    assignment: int, database: Database
) -> None:
    with database.reading_session() as session:
        owed = session.scalars(
            select(Obligation).where(Obligation.assignment_id == assignment, Obligation.is_current)
        ).one()
        assert (owed.due_on, owed.day_meant) == (date(2027, 2, 28), 29)
        assert session.scalars(select(ObligationMove)).all() == []


def test_one_that_was_written_before_is_not_shown(
    riverside: House, assignment: int, database: Database, clock: StandingClock
) -> None:
    with database.transaction() as session:
        owed = session.scalars(
            select(Obligation).where(Obligation.assignment_id == assignment, Obligation.is_current)
        ).one()
        for due_on in (date(2027, 2, 1), owed.due_on):
            session.add(
                ObligationMove(
                    obligation_id=owed.id,
                    opens_on=owed.opens_on,
                    due_on=due_on,
                    moved_at=clock(),
                    reason="Rule",
                )
            )
            session.flush()
    page = riverside.client.get(f"{riverside.address}/{assignment}/people/{riverside.membership}")
    assert page.get_data(as_text=True).count("before it was moved") == 1
