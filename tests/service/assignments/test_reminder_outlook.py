"""What a manager is shown of the days to come is what goes out on them."""

import random
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from lms.assignments import owing
from lms.assignments.models import Notice
from lms.assignments.notices import make_notices
from lms.assignments.outlook import days_ahead, every_expected
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from tests.obligations import make_clinic, make_leave, make_person, owe

NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)

Going = list[tuple[date, int, str]]


def shown(database: Database, clinic_id: int, sample: Catalogue) -> Going:
    with database.reading_session() as session:
        employer = owing.find_employer(session, clinic_id)
        found = every_expected(session, employer, days_ahead(employer, NOON), sample)
        return sorted((one.goes_on, one.obligation_id, one.kind.value) for one in found)


def going_out(database: Database, clinic_id: int) -> Going:
    """What is made from tomorrow on; a worker has made what was due day by day for weeks before."""
    for distance in range(-40, 15):
        make_notices(database, clinic_id, NOON + distance * DAY)
    with database.reading_session() as session:
        found = session.execute(
            sa.select(Notice.created_at, Notice.obligation_id, Notice.kind).where(
                Notice.created_at > NOON, Notice.obligation_id.is_not(None)
            )
        )
        return sorted((row[0].date(), row[1] or 0, row[2]) for row in found)


def test_what_fell_into_a_leave_is_shown_on_the_day_after_it(
    database: Database, sample: Catalogue
) -> None:
    course_id = sample.courses["onboarding"].id
    with database.transaction() as session:
        clinic, _ = make_clinic(session, quiet_from=0, quiet_until=0)
        late = make_person(session, clinic)
        owe(session, late, course_id, opens_on=TODAY - 40 * DAY, due_on=TODAY - 3 * DAY)
        # The weekly letter falls on the fifth day from now.
        make_leave(session, late, TODAY + 4 * DAY, TODAY + 6 * DAY)
        clinic_id = clinic.id
    assert [goes_on for goes_on, _id, _kind in shown(database, clinic_id, sample)] == [
        TODAY + 7 * DAY,
        TODAY + 12 * DAY,
    ]
    assert shown(database, clinic_id, sample) == going_out(database, clinic_id)


def test_two_weeks_ahead_hold_what_is_made_in_them(database: Database, sample: Catalogue) -> None:
    source = random.Random(11)  # noqa: S311 - Any numbers will do, as long as they stay the same.
    course_ids = [course.id for course in sample.courses.values()]
    with database.transaction() as session:
        clinic, _ = make_clinic(session, remind_days=[30, 7, 2], quiet_from=0, quiet_until=0)
        for _ in range(120):
            person = make_person(session, clinic)
            opens_on = TODAY + source.randint(-60, 16) * DAY
            owe(
                session,
                person,
                source.choice(course_ids),
                opens_on=opens_on,
                due_on=opens_on + source.randint(1, 50) * DAY,
                opened_at=min(NOON - DAY, NOON + (opens_on - TODAY)),
            )
            if source.random() < 0.7:
                begins = TODAY + source.randint(-10, 12) * DAY
                make_leave(session, person, begins, begins + source.randint(0, 9) * DAY)
        clinic_id = clinic.id
    expected = shown(database, clinic_id, sample)
    assert expected == going_out(database, clinic_id)
    assert len({kind for _day, _id, kind in expected}) == 4
