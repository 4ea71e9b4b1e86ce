"""Attempts with a time limit: by the server's clock, with a short grace, closed for who vanished."""

import logging
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.models import ModulePass
from lms.courses.publications import CatalogueShelf
from lms.courses.service import EnrolmentRow
from lms.foundation.database import Database
from lms.quizzes import accommodations, attempts, service
from lms.quizzes.attempts import AttemptRow
from lms.quizzes.closing import Closer, keep_closing
from lms.quizzes.models import Attempt, Grade, Response
from lms.quizzes.service import AttemptClosed
from lms.quizzes.shelf import QuizShelf
from lms.quizzes.terms import GRACE
from tests.factories import (
    BEGINNING,
    enrol,
    give_answers,
    make_user,
    publish_sample,
    quiz_of,
    start_attempt,
)
from tests.sample_content import quiz_with
from tests.threads import at_once

LIMIT = timedelta(minutes=20)
TIME_UP = BEGINNING + LIMIT
IN_GRACE = TIME_UP + GRACE
TOO_LATE = IN_GRACE + timedelta(seconds=1)
TIMED = quiz_with("attempts: 3", "attempts: 3\ntime_limit: 20 min")


@pytest.fixture
def shelf(session: Session) -> Catalogue:
    return publish_sample(session, TIMED)


def submit(session: Session, attempt: AttemptRow, shelf: Catalogue, now: datetime) -> bool:
    quiz = quiz_of(session, attempt)
    return service.submit(session, attempt, quiz=quiz, shelf=shelf, now=now)


def found_again(session: Session, attempt: AttemptRow) -> AttemptRow:
    found = attempts.find_attempt(session, attempt.id, attempt.user_id)
    assert found is not None
    return found


def test_the_time_is_fixed_at_the_start(session: Session, attempt: AttemptRow) -> None:
    assert attempt.closes_at == TIME_UP
    assert not attempt.is_over(IN_GRACE)
    assert attempt.is_over(TOO_LATE)


def test_without_a_limit_there_is_no_end(session: Session) -> None:
    shelf = publish_sample(session)
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    attempt = start_attempt(session, row, shelf)
    assert attempt.closes_at is None
    assert not attempt.is_over(BEGINNING + timedelta(days=3650))


def test_a_limit_that_is_published_later_is_not_for_who_started_before(session: Session) -> None:
    shelf = publish_sample(session)
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    attempt = start_attempt(session, row, shelf)
    shelf = publish_sample(session, TIMED)
    assert start_attempt(session, row, shelf) == attempt


def save(session: Session, attempt: AttemptRow, now: datetime) -> None:
    service.save_from_page(
        session, attempt, question_id="payer", value=2, page="a1", sequence=1, now=now
    )


def test_an_answer_in_the_grace_is_saved(session: Session, attempt: AttemptRow) -> None:
    save(session, attempt, IN_GRACE)
    assert attempts.answers_of(session, attempt.id)["payer"].value == 2


def test_an_answer_after_it_is_not(session: Session, attempt: AttemptRow) -> None:
    with pytest.raises(AttemptClosed):
        save(session, attempt, TOO_LATE)
    with pytest.raises(AttemptClosed):
        service.save_from_form(session, attempt, {"payer": 2}, TOO_LATE)
    assert session.scalar(select(func.count()).select_from(Response)) == 0


@pytest.mark.parametrize(
    ("now", "submitted_at", "timed_out"),
    [
        (TIME_UP - LIMIT / 2, TIME_UP - LIMIT / 2, False),
        (TIME_UP, TIME_UP, True),
        (IN_GRACE, IN_GRACE, True),
        # However late somebody comes to submit it: it was submitted when its time was up.
        (TOO_LATE, TIME_UP, True),
        (TIME_UP + timedelta(days=9), TIME_UP, True),
    ],
)
def test_when_it_was_submitted(
    session: Session,
    shelf: Catalogue,
    attempt: AttemptRow,
    now: datetime,
    submitted_at: datetime,
    timed_out: bool,
) -> None:
    give_answers(session, attempt)
    assert submit(session, attempt, shelf, now)
    found = found_again(session, attempt)
    assert (found.submitted_at, found.timed_out) == (submitted_at, timed_out)
    passed = session.scalars(select(ModulePass)).one()
    assert passed.passed_at == submitted_at
    assert session.scalars(select(Grade)).one().graded_at == now


# Extra time


def grant(session: Session, enrolment: EnrolmentRow, module_id: int | None, percent: int) -> None:
    accommodations.grant(
        session,
        user_id=enrolment.user_id,
        module_id=module_id,
        extra_time=percent,
        reason="Reads slowly",
        by_id=make_user(session, name="Mo Lind").id,
        organization_id=None,
        now=BEGINNING,
    )


@pytest.mark.parametrize("at_every_quiz", [True, False])
def test_extra_time_is_for_the_next_attempt(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, at_every_quiz: bool
) -> None:
    module = shelf.courses["onboarding"].modules[0]
    grant(session, enrolment, None if at_every_quiz else module.id, 25)
    grant(session, enrolment, module.id, 50)
    attempt = start_attempt(session, enrolment, shelf, module=module.slug)
    assert attempt.closes_at == BEGINNING + 1.5 * LIMIT
    grant(session, enrolment, module.id, 100)
    assert found_again(session, attempt).closes_at == attempt.closes_at


def test_somebody_elses_extra_time_changes_nothing(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    other = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    grant(session, other, None, 50)
    assert start_attempt(session, enrolment, shelf).closes_at == TIME_UP


# Who vanished


@pytest.fixture
def vanished(database: Database) -> AttemptRow:
    """An attempt, rightly answered, that its learner left open; in a database of its own."""
    with database.transaction() as session:
        shelf = publish_sample(session, TIMED)
        row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
        attempt = start_attempt(session, row, shelf)
        give_answers(session, attempt)
        return attempt


def closer_of(database: Database) -> Closer:
    return Closer(database, QuizShelf(), CatalogueShelf())


def test_the_server_submits_what_was_saved(database: Database, vanished: AttemptRow) -> None:
    closer = closer_of(database)
    assert closer.close_overdue(IN_GRACE) == 0
    assert closer.close_overdue(TOO_LATE) == 1
    assert closer.close_overdue(TOO_LATE) == 0
    with database.reading_session() as session:
        found = found_again(session, vanished)
        (summary,) = attempts.attempts_of(session, vanished.user_id)
    assert (found.submitted_at, found.timed_out) == (TIME_UP, True)
    assert (summary.passed, summary.score) == (True, 5)


def test_many_that_close_at_once_give_one_grade(database: Database, vanished: AttemptRow) -> None:
    closed = at_once([lambda: closer_of(database).close_overdue(TOO_LATE)] * 8)
    assert sum(closed) == 1
    with database.reading_session() as session:
        assert session.scalar(select(func.count()).select_from(Grade)) == 1
        assert session.scalar(select(func.count()).select_from(ModulePass)) == 1


def test_one_that_cannot_be_closed_keeps_no_other(
    database: Database, vanished: AttemptRow, caplog: pytest.LogCaptureFixture
) -> None:
    with database.transaction() as session:
        # Its paper names a question that its revision does not have.
        broken = session.get_one(Attempt, vanished.id)
        broken.paper = [{"question_id": "gone", "digest": "0" * 64, "options": []}]
        shelf = publish_sample(session, TIMED)
        row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
        start_attempt(session, row, shelf)
    with caplog.at_level(logging.ERROR):
        assert closer_of(database).close_overdue(TOO_LATE) == 1
    assert f"Attempt {vanished.id} is overdue" in caplog.text


class CountedClock:
    """A clock that fails the first `failures` looks, and tells when it was looked at `looks` times."""

    def __init__(self, *, failures: int, looks: int) -> None:
        self.failures = failures
        self.looks = looks
        self.seen = 0
        self.enough = threading.Event()

    def __call__(self) -> datetime:
        self.seen += 1
        if self.seen >= self.looks:
            self.enough.set()
        if self.seen <= self.failures:
            raise ConnectionError("away")
        return TOO_LATE


def test_the_thread_closes_and_goes_on(database: Database, vanished: AttemptRow) -> None:
    clock = CountedClock(failures=0, looks=3)
    end = keep_closing(closer_of(database), clock, pause=timedelta(0))
    assert clock.enough.wait(30)
    end()
    with database.reading_session() as session:
        assert found_again(session, vanished).timed_out


def test_the_thread_outlives_what_fails(
    database: Database, vanished: AttemptRow, caplog: pytest.LogCaptureFixture
) -> None:
    clock = CountedClock(failures=2, looks=4)
    end = keep_closing(closer_of(database), clock, pause=timedelta(0))
    assert clock.enough.wait(30)
    end()
    assert caplog.text.count("could not be looked for") == 2
    with database.reading_session() as session:
        assert found_again(session, vanished).timed_out
