"""Another time zone of an organization: what is unfinished is due until its day ends there."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lms.assignments import assignments, habits, owing
from lms.assignments.reminders import Habits
from lms.assignments.terms import Terms
from lms.courses.models import Enrolment
from lms.foundation.worker import Worker
from lms.organizations.models import Membership, Organization
from tests.factories import make_assignment, make_member, make_organization

from .conftest import EVERYONE, MONDAY, SUNDAY, Employer

HONOLULU = Habits("Pacific/Honolulu")
# The last second of 11 March in New York and in Honolulu.
THERE = datetime(2026, 3, 12, 3, 59, 59, tzinfo=UTC)
HERE = datetime(2026, 3, 12, 9, 59, 59, tzinfo=UTC)
DUE_ON = date(2026, 3, 11)
TEN_DAYS = Terms(first_days=10)


def change(employer: Employer, wanted: Habits) -> None:
    with employer.database.transaction() as session:
        known = owing.find_employer(session, employer.organization_id)
        habits.change(session, known, wanted, MONDAY)


def work(employer: Employer) -> None:
    """What a worker does afterwards."""
    handlers = {habits.ZONE_JOB: habits.move_deadlines}
    assert Worker(employer.database, lambda: MONDAY, handlers).do_all()


def deadlines(
    employer: Employer, *membership_ids: int
) -> list[tuple[date | None, datetime | None]]:
    with employer.database.reading_session() as session:
        rows = session.execute(
            select(Enrolment.due_on, Enrolment.due_at)
            .join(Membership, Membership.user_id == Enrolment.user_id)
            .where(Membership.id.in_(membership_ids))
            .order_by(Membership.id, Enrolment.id)
        )
        return [(due_on, due_at) for due_on, due_at in rows]


def test_what_is_unfinished_is_due_until_its_day_ends_in_the_new_zone(
    employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(habits, "CHUNK", 2)
    people = [employer.hire(f"Person {number}") for number in range(5)]
    employer.assign(TEN_DAYS)
    employer.complete(people[1], MONDAY)
    assert deadlines(employer, *people) == [(DUE_ON, THERE)] * 5
    change(employer, HONOLULU)
    work(employer)
    # What is complete stays as it was.
    moved = (DUE_ON, HERE)
    assert deadlines(employer, *people) == [moved, (DUE_ON, THERE), moved, moved, moved]


def test_whoever_owes_it_to_two_employers_has_the_earlier_deadline(employer: Employer) -> None:
    here = employer.hire()
    employer.assign(TEN_DAYS)
    with employer.database.transaction() as session:
        other = make_organization(session, time_zone="America/Chicago")
        user = session.get_one(Membership, here).user
        make_member(session, other, user)
        course, by_id = employer.shelf.courses["onboarding"], user.id
        make_assignment(session, other, course, by_id, terms=TEN_DAYS, now=MONDAY)
    assert deadlines(employer, here)[0] == (DUE_ON, THERE)
    change(employer, HONOLULU)
    work(employer)
    assert deadlines(employer, here)[0] == (DUE_ON, THERE + timedelta(hours=1))


def test_a_zone_that_changes_twice_before_a_worker_comes_is_the_last_one(
    employer: Employer,
) -> None:
    ada = employer.hire()
    employer.assign(TEN_DAYS)
    change(employer, Habits("Asia/Tokyo"))
    change(employer, HONOLULU)
    work(employer)
    assert deadlines(employer, ada) == [(DUE_ON, HERE)]


def test_other_habits_move_no_deadline(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(TEN_DAYS)
    with employer.database.transaction() as session:
        # One that a job would bring back.
        session.execute(update(Enrolment).values(due_at=HERE))
    change(employer, Habits("America/New_York", remind_days=(5,)))
    work(employer)
    assert deadlines(employer, ada) == [(DUE_ON, HERE)]
    with employer.database.reading_session() as session:
        assert session.get_one(Organization, employer.organization_id).remind_days == [5]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Pacific/Kiritimati"])
def test_the_day_on_which_it_is_due_stays_in_another_zone(employer: Employer, zone: str) -> None:
    """It was assigned on Sunday in New York, which is Monday there."""
    ada, ben = employer.hire(), employer.hire()
    assignment = employer.assign(TEN_DAYS)
    employer.place(ben, MONDAY, ended_at=MONDAY)
    employer.place(ben, MONDAY, ended_at=None)
    before = employer.owed()
    assert [(row[2], row[3]) for row in before] == [
        (DUE_ON, None),
        (DUE_ON, "expired"),
        (DUE_ON, None),
    ]
    change(employer, Habits(zone))
    employer.new_day(MONDAY + timedelta(days=2))
    assert employer.owed() == before
    # A changed rule counts from the same day.
    longer = replace(TEN_DAYS, first_days=12)
    employer.write(
        lambda session: assignments.change(
            session,
            assignment,
            number=1,
            audience=EVERYONE,
            terms=longer,
            by=employer.by,
            now=MONDAY + timedelta(days=2),
        )
    )
    assert employer.owed(ada) == [(1, SUNDAY, DUE_ON + timedelta(days=2), None, True)]
