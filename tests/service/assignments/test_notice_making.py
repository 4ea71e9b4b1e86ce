"""Making notices: for whoever is due one, once, however often and from wherever it is asked for."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from lms.accounts.models import Erasure, User
from lms.assignments import owing
from lms.assignments.models import Notice, Obligation
from lms.assignments.notices import make_notices
from lms.assignments.reminders import reminder
from lms.courses.catalogue import Catalogue
from lms.foundation.database import Database
from tests.factories import make_team, make_team_member
from tests.obligations import make_clinic, make_leave, make_person, owe, waive
from tests.threads import at_once

NOON = datetime(2026, 3, 17, 12, tzinfo=UTC)
TODAY = NOON.date()
DAY = timedelta(days=1)
BEGAN = date(2026, 1, 5)


def keys(database: Database, kind: str | None = None) -> list[str]:
    with database.reading_session() as session:
        found = sa.select(Notice.key).order_by(Notice.id)
        return list(session.scalars(found.where(Notice.kind == kind) if kind else found))


def test_whoever_cannot_or_should_not_be_reached_gets_none(
    database: Database, sample: Catalogue
) -> None:
    course_id = sample.courses["onboarding"].id
    with database.transaction() as session:
        clinic, manager = make_clinic(session)
        people = [make_person(session, clinic) for _ in range(7)]
        late = [owe(session, one, course_id, opens_on=BEGAN, due_on=TODAY - DAY) for one in people]
        _reached, _waived, left, deactivated, erased, no_email, away = people
        waive(session, late[1], NOON)
        left.ended_at = NOON
        for one in (deactivated, erased, no_email):
            user = session.get_one(User, one.user_id)
            if one is deactivated:
                user.deactivated_at = NOON
            if one is no_email:
                user.email, user.user_name = None, f"nurse-{one.id}"
        session.add(
            Erasure(
                user_id=erased.user_id,
                legal_basis="consent",
                reason="They asked for it",
                erased_by_id=manager.user_id,
                erased_at=NOON,
            )
        )
        make_leave(session, away, TODAY, TODAY)
        clinic_id, expected = clinic.id, f"overdue:{late[0].id}:2026-W12"
    make_notices(database, clinic_id, NOON)
    assert keys(database, "overdue") == [expected]
    # The day after, whoever was away hears of it.
    make_notices(database, clinic_id, NOON + DAY)
    assert keys(database, "overdue") == [expected, f"overdue:{late[6].id}:2026-W12"]


def test_asked_for_again_and_by_several_at_once_there_is_one_of_each(
    database: Database, sample: Catalogue
) -> None:
    course_id = sample.courses["onboarding"].id
    with database.transaction() as session:
        clinic, _ = make_clinic(session)
        for _ in range(30):
            person = make_person(session, clinic)
            owe(session, person, course_id, opens_on=BEGAN, due_on=TODAY)
        clinic_id = clinic.id
    at_once([lambda: make_notices(database, clinic_id, NOON)] * 4)
    assert len(keys(database)) == 31
    assert make_notices(database, clinic_id, NOON + timedelta(hours=3)) == 0
    assert make_notices(database, clinic_id, NOON + DAY) == 30


def test_a_manager_of_several_things_gets_one_digest(database: Database, sample: Catalogue) -> None:
    monday = NOON - DAY
    with database.transaction() as session:
        clinic, manager = make_clinic(session)
        leader, plain, former = (make_person(session, clinic) for _ in range(3))
        for name in ("Day shift", "Night shift"):
            team = make_team(session, clinic, name)
            make_team_member(session, team, leader, "manager")
            make_team_member(session, team, plain)
            make_team_member(session, team, former, "manager").ended_at = NOON
        make_team_member(session, team, manager, "manager")
        clinic_id = clinic.id
        expected = [f"digest:{clinic_id}:{one.user_id}:2026-W12" for one in (manager, leader)]
    make_notices(database, clinic_id, monday)
    assert sorted(keys(database)) == sorted(expected)


# The Monday of an organization in New York ends four hours later.
@pytest.mark.parametrize(
    ("opened_at", "expected"),
    [
        ("2026-03-13T12:00+00:00", "W12"),
        ("2026-03-17T03:59+00:00", "W12"),
        ("2026-03-17T04:00+00:00", None),
        ("2026-03-17T12:00+00:00", None),
    ],
)
def test_after_monday_a_digest_is_made_only_of_what_was_there_on_monday(
    database: Database, sample: Catalogue, opened_at: str, expected: str | None
) -> None:
    with database.transaction() as session:
        clinic, manager = make_clinic(session, time_zone="America/New_York")
        owe(
            session,
            make_person(session, clinic),
            sample.courses["onboarding"].id,
            opens_on=BEGAN,
            due_on=TODAY + DAY,
            opened_at=datetime.fromisoformat(opened_at),
        )
        clinic_id, manager_id = clinic.id, manager.user_id
    for days in range(6):
        make_notices(database, clinic_id, NOON + days * DAY)
    of_week = [f"digest:{clinic_id}:{manager_id}:2026-{expected}"] if expected else []
    assert keys(database, "digest") == of_week
    make_notices(database, clinic_id, NOON + 6 * DAY)
    assert keys(database, "digest") == [*of_week, f"digest:{clinic_id}:{manager_id}:2026-W13"]


def test_after_monday_there_is_no_digest_of_what_has_ended(
    database: Database, sample: Catalogue
) -> None:
    with database.transaction() as session:
        clinic, _ = make_clinic(session)
        person = make_person(session, clinic)
        course_id = sample.courses["onboarding"].id
        waive(session, owe(session, person, course_id, opens_on=BEGAN, due_on=TODAY), NOON)
        clinic_id = clinic.id
    make_notices(database, clinic_id, NOON)
    assert keys(database) == []


def test_nothing_of_another_organization(database: Database, sample: Catalogue) -> None:
    course_id = sample.courses["onboarding"].id
    with database.transaction() as session:
        here, _ = make_clinic(session)
        there, _ = make_clinic(session)
        person = make_person(session, there)
        owe(session, person, course_id, opens_on=BEGAN, due_on=TODAY)
        here_id = here.id
    make_notices(database, here_id, NOON)
    assert keys(database) == []


def test_it_waits_for_the_end_of_the_readers_quiet_hours(
    database: Database, sample: Catalogue
) -> None:
    course_id = sample.courses["onboarding"].id
    early = datetime(2026, 3, 17, 0, 30, tzinfo=UTC)
    with database.transaction() as session:
        clinic, _ = make_clinic(session)
        for zone in ("UTC", "Asia/Tokyo", "America/New_York"):
            person = make_person(session, clinic, time_zone=zone)
            owe(session, person, course_id, opens_on=BEGAN, due_on=TODAY)
        clinic_id = clinic.id
    make_notices(database, clinic_id, early)
    with database.reading_session() as session:
        found = session.scalars(
            sa.select(Notice.send_after).where(Notice.kind == "due-today").order_by(Notice.user_id)
        ).all()
    # 9:30 in Tokyo is no quiet hour; it is still the evening before in New York.
    assert [moment.hour for moment in found] == [8, 0, 12]


def test_the_queries_choose_as_the_rule_does(database: Database, sample: Catalogue) -> None:
    """What is read as possibly due holds all that is; a preview of a day names what falls on it."""
    source = random.Random(7)  # noqa: S311 - Any numbers will do, as long as they stay the same.
    course_ids = [course.id for course in sample.courses.values()]
    with database.transaction() as session:
        clinic, _ = make_clinic(session, remind_days=[30, 7, 2], quiet_from=0, quiet_until=0)
        for _ in range(150):
            opens_on = TODAY + source.randint(-80, 20) * DAY
            person = make_person(session, clinic)
            obligation = owe(
                session,
                person,
                source.choice(course_ids),
                opens_on=opens_on,
                due_on=opens_on + source.randint(0, 60) * DAY,
                opened_at=NOON - source.randint(0, 80) * DAY,
            )
            if source.random() < 0.1:
                waive(session, obligation, NOON)
        clinic_id = clinic.id
    with database.reading_session() as session:
        employer = owing.find_employer(session, clinic_id)

        def rows(condition: sa.ColumnElement[bool]) -> dict[int, owing.Owing]:
            found = session.execute(owing.owing_statement().where(condition))
            return {row.id: owing.owing_of(row, {}, employer) for row in found}

        def by_rule(one: owing.Owing, day: date) -> str | None:
            moment = datetime.combine(day, time(12), UTC)
            found = reminder(one.owed, one.reader, employer.habits, moment)
            return found.key if found else None

        everybody = rows(Obligation.organization_id == clinic_id)
        due = {id_ for id_, one in everybody.items() if by_rule(one, TODAY)}
        assert due
        assert due <= rows(owing.may_be_due(employer, NOON)).keys()
        for distance in range(1, 30):
            day = TODAY + distance * DAY
            falling = {
                id_
                for id_, one in everybody.items()
                if by_rule(one, day) not in (None, by_rule(one, day - DAY))
            }
            assert rows(owing.falls_on(employer, day)).keys() == falling, day


def test_five_hundred_rows_and_more_are_written_in_parts(
    database: Database, sample: Catalogue
) -> None:
    course_id = sample.courses["onboarding"].id
    with database.transaction() as session:
        clinic, _ = make_clinic(session)
        for _ in range(510):
            person = make_person(session, clinic)
            owe(session, person, course_id, opens_on=BEGAN, due_on=TODAY)
        clinic_id = clinic.id
    assert make_notices(database, clinic_id, NOON) == 511
    assert len(keys(database)) == 511
