"""The queue: asked for once, leased to one, tried again after pauses, given up in the end."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.foundation import jobs
from lms.foundation.database import Database
from lms.foundation.jobs import Job, Leased
from tests.factories import BEGINNING
from tests.threads import at_once

NOW = BEGINNING
MINUTE = timedelta(minutes=1)


def ask(session: Session, number: int = 1, *, key: str | None = None, after: int = 0) -> bool:
    return jobs.ask(session, "note", {"number": number}, run_at=NOW + after * MINUTE, key=key)


def take(session: Session, now: datetime = NOW) -> Leased:
    leased = jobs.lease(session, now)
    assert leased is not None
    return leased


def only_job(session: Session) -> Job:
    session.expire_all()
    return session.scalars(sa.select(Job)).one()


def test_a_job_exists_if_and_only_if_its_askers_transaction_commits(database: Database) -> None:
    with database.writing_session() as session:
        ask(session)
        session.rollback()
    with database.transaction() as session:
        assert jobs.lease(session, NOW) is None
        ask(session)
    with database.transaction() as session:
        assert take(session).payload == {"number": 1}


def test_the_longest_waiting_comes_first_and_none_before_its_time(session: Session) -> None:
    for number, after in ((1, 2), (2, 0), (3, 1), (4, 1)):
        ask(session, number, after=after)
    found = []
    for after in (0, 0, 1, 1, 1, 2):
        leased = jobs.lease(session, NOW + after * MINUTE)
        found.append(leased and leased.payload["number"])
    assert found == [2, None, 3, 4, None, 1]


def test_of_the_same_key_there_is_one_job_for_ever(session: Session) -> None:
    assert ask(session, key="daily:7")
    assert not ask(session, key="daily:7")
    assert jobs.finish(session, take(session), NOW)
    assert not ask(session, key="daily:7")
    assert ask(session)
    assert ask(session)
    many = [f"daily:{number}" for number in range(1_200)]
    assert jobs.known(session, many) == {"daily:7"}


def test_eight_who_ask_at_once_get_one_job(database: Database) -> None:
    def ask_for_it() -> bool:
        with database.transaction() as session:
            return ask(session, key="daily:7")

    assert sorted(at_once([ask_for_it] * 8)) == [False] * 7 + [True]


def test_what_is_leased_is_nobody_elses_until_the_lease_ends(session: Session) -> None:
    ask(session)
    first = take(session)
    before_its_end = NOW + jobs.LEASE - timedelta(seconds=1)
    assert not jobs.waits(session, before_its_end)
    assert jobs.lease(session, before_its_end) is None
    assert jobs.waits(session, NOW + jobs.LEASE)
    second = take(session, NOW + jobs.LEASE)
    assert (second.id, second.tries) == (first.id, 2)
    # Whoever lost it can change nothing any more.
    assert not jobs.extend(session, first, NOW + jobs.LEASE)
    assert not jobs.finish(session, first, NOW + jobs.LEASE)
    assert not jobs.fail(session, first, "too late", NOW + jobs.LEASE)
    assert jobs.finish(session, second, NOW + jobs.LEASE)
    assert not jobs.waits(session, NOW + 10 * jobs.LEASE)


def test_a_lease_that_is_extended_lasts_longer(session: Session) -> None:
    ask(session)
    leased = take(session)
    assert jobs.extend(session, leased, NOW + 4 * MINUTE)
    assert jobs.lease(session, NOW + 4 * MINUTE + jobs.LEASE - timedelta(seconds=1)) is None
    assert take(session, NOW + 4 * MINUTE + jobs.LEASE).id == leased.id


def test_what_has_ended_is_not_settled_again(session: Session) -> None:
    ask(session)
    leased = take(session)
    assert jobs.finish(session, leased, NOW)
    assert not jobs.fail(session, leased, "and yet", NOW)
    assert not jobs.extend(session, leased, NOW)
    job = only_job(session)
    assert (job.done_at, job.failed_at, job.fault) == (NOW, None, "")


def test_a_failed_job_is_tried_again_after_longer_and_longer_pauses_and_given_up(
    session: Session,
) -> None:
    ask(session)
    now = NOW
    for pause in (1, 4, 16, 64):
        assert jobs.fail(session, take(session, now), f"fault {pause}", now)
        assert jobs.lease(session, now + pause * MINUTE - timedelta(seconds=1)) is None
        now += pause * MINUTE
        assert only_job(session).fault == f"fault {pause}"
    last = take(session, now)
    assert last.is_last_try
    assert jobs.fail(session, last, "x" * 10_000, now)
    job = only_job(session)
    assert (job.failed_at, job.tries, len(job.fault)) == (now, 5, jobs.MAX_FAULT)
    assert not jobs.waits(session, now + timedelta(days=365))


def test_a_job_that_ended_each_of_its_workers_is_given_up_and_the_next_one_is_done(
    session: Session,
) -> None:
    ask(session, 1)
    now = NOW
    for _ in range(jobs.MAX_TRIES):
        assert take(session, now).payload == {"number": 1}
        now += jobs.LEASE
    ask(session, 2, after=1)
    assert take(session, now).payload == {"number": 2}
    deadly = session.scalars(sa.select(Job).where(Job.failed_at.is_not(None))).one()
    assert (deadly.failed_at, deadly.fault) == (now, jobs.DEADLY)
