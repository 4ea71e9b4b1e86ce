"""A new day is settled some people at a time: who is killed in the middle has little to do again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from lms.assignments import newday, reconcile
from lms.foundation.jobs import LEASE, Job
from lms.foundation.worker import Worker
from lms.organizations.models import Organization
from tests.factories import make_member, make_user
from tests.web.test_query_counts import statements

from .conftest import MONDAY, Employer


class Killed(BaseException):
    """The end of a worker, which no handler hears of."""


def arrive(employer: Employer, count: int) -> None:
    """People who are there before anybody has looked what they owe."""
    with employer.database.transaction() as session:
        organization = session.get_one(Organization, employer.organization_id)
        for number in range(count):
            make_member(session, organization, make_user(session, name=f"Person {number}"))


def test_a_day_is_a_job_for_each_assignment_and_asked_for_once(employer: Employer) -> None:
    ids = [employer.assign(course=course) for course in ("onboarding", "refresher")]
    for _ in range(2):
        employer.new_day(MONDAY)
    with employer.database.reading_session() as session:
        asked = session.scalars(select(Job).where(Job.kind == newday.ONE).order_by(Job.id)).all()
    assert [job.payload for job in asked] == [{"assignment_id": id_} for id_ in ids]
    assert all(job.done_at for job in asked)


def test_a_killed_worker_leaves_what_is_done_and_the_next_goes_on(
    employer: Employer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "CHUNK", 2)
    employer.assign()
    arrive(employer, 6)
    commits = 0

    def die(_connection: Any) -> None:
        nonlocal commits
        commits += 1
        # Asked for, leased, two people, two people; the last two are not kept.
        if commits == 5:
            raise Killed

    engine = employer.database.engine
    event.listen(engine, "commit", die)
    try:
        with pytest.raises(Killed):
            employer.new_day(MONDAY)
    finally:
        event.remove(engine, "commit", die)
    assert len(employer.owed()) == 4
    worker = Worker(employer.database, lambda: MONDAY + LEASE * 2, {newday.ONE: newday.settle})
    with statements(employer.database) as seen:
        assert worker.do_all()
    assert len(employer.owed()) == 6
    # Nothing is written again of those who were done.
    assert sum(one.startswith("INSERT INTO obligation ") for one in seen) == 1


def test_an_assignment_that_is_gone_is_nothing_to_do(employer: Employer) -> None:
    assert not reconcile.reconcile_apart(employer.database, 999, MONDAY + timedelta(days=1))
