"""Failed tries are counted, waited for, and forgotten."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts import service
from lms.accounts.models import SignInFailure
from lms.accounts.throttle import account_subject, reset_subjects, sign_in_subjects
from lms.foundation.database import Database
from tests.factories import make_user
from tests.threads import at_once, beside

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOME = "192.0.2.7"
FREE = timedelta(0)


def fail(session: Session, name: str, address: str = HOME, *, now: datetime = NOW) -> None:
    service.record_try(session, sign_in_subjects(name, address), now=now)


def wait(session: Session, name: str, address: str = HOME, *, now: datetime = NOW) -> timedelta:
    return service.waiting_time(session, sign_in_subjects(name, address), now=now)


def test_five_failures_close_an_account_from_everywhere(session: Session) -> None:
    for minute in range(5):
        assert wait(session, "ada", now=NOW + timedelta(minutes=minute)) == FREE
        fail(session, "ada", now=NOW + timedelta(minutes=minute))
    at = NOW + timedelta(minutes=4)
    assert wait(session, "ada", now=at) == timedelta(minutes=11)
    assert wait(session, "ada", "198.51.100.1", now=at) == timedelta(minutes=11)
    assert wait(session, "eve", now=at) == FREE
    # The oldest has left the window: one more try is free, and one more failure closes it again.
    at = NOW + timedelta(minutes=15)
    assert wait(session, "ada", now=at) == FREE
    fail(session, "ada", now=at)
    assert wait(session, "ada", now=at) == timedelta(minutes=1)


def test_thirty_failures_close_an_address_for_every_account(session: Session) -> None:
    for number in range(30):
        assert wait(session, "ada") == FREE
        fail(session, f"guess-{number}")
    assert wait(session, "ada") == timedelta(minutes=15)
    assert wait(session, "ada", "198.51.100.1") == FREE


def test_asking_for_resets_does_not_close_signing_in(session: Session) -> None:
    subjects = reset_subjects("ada", HOME)
    for _ in range(5):
        service.record_try(session, subjects, now=NOW)
    assert service.waiting_time(session, subjects, now=NOW) == timedelta(minutes=15)
    assert wait(session, "ada") == FREE


def test_success_opens_the_account_under_both_names_but_not_the_address(session: Session) -> None:
    ada = make_user(session, email="ada@example.org", user_name="ada.o")
    for _ in range(15):
        fail(session, "ada@example.org")
        fail(session, "ada.o")
    service.forget_failures(session, ada)
    assert wait(session, "ada@example.org", "198.51.100.1") == FREE
    assert wait(session, "ada.o", "198.51.100.1") == FREE
    assert wait(session, "ada.o") == timedelta(minutes=15)


def test_success_of_one_leaves_the_failures_of_others(session: Session) -> None:
    ada = make_user(session, email="ada@example.org")
    for _ in range(5):
        fail(session, "eve@example.org")
    service.forget_failures(session, ada)
    assert wait(session, "eve@example.org") == timedelta(minutes=15)


def test_failures_of_more_than_a_day_ago_go_when_one_is_added(session: Session) -> None:
    fail(session, "ada")
    fail(session, "ada", now=NOW + timedelta(hours=12))
    fail(session, "eve", now=NOW + timedelta(hours=24, seconds=1))
    kept = session.scalars(select(SignInFailure.failed_at).order_by(SignInFailure.failed_at)).all()
    assert sorted(set(kept)) == [NOW + timedelta(hours=12), NOW + timedelta(hours=24, seconds=1)]


def test_the_table_holds_digests_alone(session: Session) -> None:
    fail(session, "ada@example.org")
    kept = session.scalars(select(SignInFailure.subject)).all()
    assert set(kept) == {subject.digest for subject in sign_in_subjects("ada@example.org", HOME)}


def test_tries_at_the_same_moment_get_no_more_than_five(database: Database) -> None:
    """Each looks at the limit and then counts itself, as a request does: they must take turns."""
    subjects = sign_in_subjects("ada", HOME)

    def attempt() -> bool:
        with database.transaction() as session:
            service.take_turn(session, subjects)
            if service.waiting_time(session, subjects, now=NOW):
                return False
            service.record_try(session, subjects, now=NOW)
            return True

    assert sum(at_once([attempt] * 12)) == 5
    with database.reading_session() as session:
        counted = select(func.count()).where(SignInFailure.subject == account_subject("ada").digest)
        assert session.scalar(counted) == 5


def test_a_try_is_judged_after_the_one_before_it_is_counted(database: Database) -> None:
    subjects = sign_in_subjects("ada", HOME)
    with database.transaction() as session:
        for _ in range(4):
            service.record_try(session, subjects, now=NOW)
    waits: list[timedelta] = []

    def judge() -> None:
        with database.transaction() as session:
            service.take_turn(session, subjects)
            waits.append(service.waiting_time(session, subjects, now=NOW))

    with database.writing_session() as first:
        service.take_turn(first, subjects)
        service.record_try(first, subjects, now=NOW)
        with beside(database, judge):
            first.commit()
    assert waits == [timedelta(minutes=15)]
