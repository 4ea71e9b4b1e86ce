"""What tests of lists as files share: the rows of a file, the cells on its page, and things to list."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import sqlalchemy as sa
from flask.testing import FlaskClient

from lms.assignments.audience import Audience
from lms.courses.models import Course
from lms.foundation.database import Database
from lms.organizations.models import Membership
from lms.organizations.positions import append
from lms.reports.models import EvidencePacket
from tests.conftest import StandingClock

from .conftest import Ward

HOME = "/organizations/riverside"


def rows(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(f"{HOME}/{path}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), path
    assert answer.headers["Cache-Control"] == "private, no-store"
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True)[1:], newline="")))


def listed(client: FlaskClient, path: str, tag: str, look: str = "") -> list[str]:
    """What stands in the elements of a page that hold the cells of its list, as a file has it."""
    pattern = rf"<{tag}\b[^>]*{look}[^>]*>(.*?)</{tag}>"
    found = re.findall(pattern, client.get(f"{HOME}/{path}").text, re.DOTALL)
    words = [unescape(re.sub(r"<[^>]*>", "", one)).strip() for one in found]
    return [f"'{one}" if one.startswith("=") else one for one in words]


def add_positions(ward: Ward, database: Database, clock: StandingClock) -> None:
    """What Ben was, that he left, and that he is back."""
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        ben.job_title, ben.department, ben.employee_number = "=Nurse", "Ward 3", "17"
        ben.hired_on = date(2026, 1, 5)
        ada = session.get_one(Membership, ward.ada)
        ada.employee_number = "9"
        session.flush()
        append(session, [ada.id], clock.moment)
        left_at = clock.moment + timedelta(days=1)
        for moment, ended_at in (
            (clock.moment, None),
            (left_at, left_at),
            (left_at + timedelta(days=1), None),
        ):
            ben.ended_at = ended_at
            # Since he is back he has a manager, whose number is another one by now.
            ben.manager_id = ward.ada if moment > left_at else None
            session.flush()
            append(session, [ben.id], moment)
        ada.employee_number = "10"
        session.flush()
        append(session, [ada.id], left_at + timedelta(days=2))


def add_packets(ward: Ward, database: Database, clock: StandingClock) -> int:
    """One that is ready, whose id is the answer, then one that failed, then one that is waited for."""
    ready = {"state": "ready", "body": b"PK", "digest": "0" * 64}
    failed = {"state": "failed", "fault": "=1 went wrong"}
    audiences = (
        Audience(team_ids=frozenset({ward.team_id})),
        Audience(job_titles=frozenset({"=Nurse"})),
        Audience(everyone=True),
    )
    with database.transaction() as session:
        ben = session.get_one(Membership, ward.ben)
        course_id = session.scalars(sa.select(Course.id).where(Course.slug == "onboarding")).one()
        added = [
            EvidencePacket(
                organization_id=ben.organization_id,
                course_id=course_id,
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 2, 1),
                audience=audience.to_json(),
                asked_by_id=ben.user_id,
                asked_at=clock.moment,
                **values,
            )
            for audience, values in zip(audiences, (ready, failed, {"state": "asked"}), strict=True)
        ]
        for one in added:
            session.add(one)
            session.flush()
        return added[0].id
