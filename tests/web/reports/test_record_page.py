"""A person's record: where it says that they stand."""

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.assignments.models import Assignment, Obligation
from lms.foundation.database import Database
from lms.organizations.models import Membership
from tests.obligation_rows import closed, make_assignment, make_obligation

from .conftest import TODAY, Ward
from .list_files import HOME

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
