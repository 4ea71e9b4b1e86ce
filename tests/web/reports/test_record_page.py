"""A person's record: where it says that they stand, and by whose clock it tells days."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.assignments.audience import Audience
from lms.assignments.models import Assignment, Exemption, Obligation, ObligationMove
from lms.assignments.terms import Terms
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from lms.organizations import positions
from lms.organizations.models import Membership, Organization
from lms.retention import holds
from tests.conftest import StandingClock
from tests.factories import complete_course, enrol
from tests.obligation_rows import closed, make_assignment, make_obligation, make_rule

from .conftest import TODAY, Ward
from .list_files import HOME, rows

AHEAD = TODAY + timedelta(days=300)
LATE = TODAY - timedelta(days=3)


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(f"{HOME}/{path}")
    assert answer.status_code == 200, path
    return " ".join(re.sub("<[^>]*>", " ", answer.text.replace("\xa0", " ")).split())


def heading_of_onboarding(ward: Ward) -> str:
    """Where the page says that Ada stands with the course."""
    page = ward.manager.get(f"{HOME}/people/{ward.ada}/record").text
    [stands] = re.findall(r'Onboarding</h2> <span class="pill[^>]*>([^<]*)</span>', page)
    return stands


def completed(session: Session, ward: Ward) -> Obligation:
    """What Ada owes by the first assignment of the course, which is completed."""
    return session.scalars(
        sa.select(Obligation).where(
            Obligation.membership_id == ward.ada, Obligation.closed_how == "met"
        )
    ).one()


@pytest.mark.parametrize(
    ("further", "stands"),
    [
        ([(LATE, {})], "Overdue"),
        ([(LATE, {}), (AHEAD, {})], "Overdue"),
        ([(TODAY, {}), (AHEAD, {})], "Due"),
        ([(AHEAD, {})], "Not due yet"),
        ([(AHEAD, {"after_waiver": True, "cycle": 2})], "Waived"),
        ([(AHEAD, closed("expired", TODAY))], "Completed"),
    ],
)
def test_a_course_stands_as_the_most_urgent_of_its_assignments(
    ward: Ward, database: Database, further: Any, stands: str
) -> None:
    with database.transaction() as session:
        ada = session.get_one(Membership, ward.ada)
        for due_on, values in further:
            course_id = completed(session, ward).course_id
            another = make_assignment(session, ada.organization_id, course_id)
            make_obligation(session, another, ada, due_on, **values)
    assert heading_of_onboarding(ward) == stands


def test_what_was_asked_in_former_times_does_not_count(ward: Ward, database: Database) -> None:
    with database.transaction() as session:
        assignment = session.get_one(Assignment, completed(session, ward).assignment_id)
        ada = session.get_one(Membership, ward.ada)
        make_obligation(session, assignment, ada, AHEAD, **closed("expired", TODAY))
    assert heading_of_onboarding(ward) == "No longer required"


@pytest.fixture
def far_west(ward: Ward, sample: Catalogue, database: Database, clock: StandingClock) -> datetime:
    """On the evening of 1 March in Honolulu, the next morning in UTC, everything happens to Ben."""
    evening = datetime(2026, 3, 2, 5, tzinfo=UTC)
    clock.moment = evening
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        session.get_one(Organization, ben.organization_id).time_zone = "Pacific/Honolulu"
        owed = session.scalars(
            sa.select(Obligation).where(Obligation.membership_id == ward.ben)
        ).one()
        by = {"granted_by_id": ben.user_id, "granted_at": evening}
        session.add(
            Exemption(
                assignment_id=owed.assignment_id, membership_id=ben.id, reason="Away", **by,
                withdrawn_by_id=ben.user_id, withdrawn_at=evening,
            )
        )  # fmt: skip
        session.add(
            Exemption(assignment_id=owed.assignment_id, membership_id=ben.id, reason="Again", **by)
        )
        session.add(
            ObligationMove(
                obligation_id=owed.id, opens_on=LATE, due_on=LATE, moved_at=evening, reason="Ill"
            )
        )
        owed.closed_how, owed.closed_at, owed.reason = "waived", evening, "Taught it"
        owed.closed_by_id = ben.user_id
        assignment = session.get_one(Assignment, owed.assignment_id)
        make_rule(session, assignment, Audience(everyone=True), Terms())
        row = enrol(session, ben.user_id, sample.courses["onboarding"], now=evening)
        complete_course(session, row, sample, now=evening)
        ben.joined_at = evening
        holds.place(
            session,
            ben.organization_id,
            ben.user_id,
            reason="Audit",
            by_id=ben.user_id,
            now=evening,
        )
        positions.append(session, [ben.id], evening)
    return evening


def test_the_days_of_facts_are_the_organizations_on_its_pages_as_in_its_files(
    ward: Ward, far_west: datetime, database: Database
) -> None:
    record = f"people/{ward.ben}/record"
    page = text_of(ward.manager, record)
    assert "Exempted on 1 March 2026 by =Ben Blank, until 1 March 2026: Away" in page
    assert "Completions 1 March 2026, 100%" in page
    assert "attempt 1 1 March 2026, 100%" in page
    head, *found = rows(ward.manager, f"{record}.csv")
    days = {row[head.index("Completed")] or row[head.index("From")] for row in found}
    assert "2026-03-01" in days
    assert "2026-03-02" not in days
    with database.reading_session() as session:
        assignment_id = session.scalars(
            sa.select(Obligation.assignment_id).where(Obligation.membership_id == ward.ben)
        ).one()
    owed = text_of(ward.manager, f"assignments/{assignment_id}/people/{ward.ben}")
    assert "Exempt since 1 March 2026" in owed
    assert "Taught it (=Ben Blank, 1 March 2026)" in owed
    assert "moved on 1 March 2026" in owed
    member = text_of(ward.manager, f"people/{ward.ben}")
    assert "Belongs here since 1 March 2026" in member
    assert rows(ward.manager, f"people/{ward.ben}/positions.csv")[1][0] == "2026-03-01"
    assert "=Ben Blank, 1 March 2026" in text_of(ward.manager, f"people/{ward.ben}/retention")
    for text in (page, owed, member):
        assert "2 March 2026" not in text


def test_the_day_on_which_somebody_left_is_the_organizations(
    ward: Ward, far_west: datetime, database: Database
) -> None:
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        positions.end_memberships(session, ben.organization_id, [ben.id], now=far_west)
    for path in (f"people/{ward.ben}", "people?left=1"):
        assert "Left 1 March 2026" in text_of(ward.manager, path)
    [row] = rows(ward.manager, "people.csv?left=1")[1:]
    assert row[-2] == "2026-03-01"
