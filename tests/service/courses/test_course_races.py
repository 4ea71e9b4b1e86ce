"""Work that arrives at the same moment: nothing is overlooked, nothing happens twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from lms.certificates.models import Certificate
from lms.courses import service
from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion, Enrolment, LessonCompletion
from lms.courses.service import EnrolmentRow
from lms.foundation.database import Database
from tests.factories import enrol, finish_lessons, make_user, take_quiz
from tests.threads import at_once, beside


@pytest.fixture
def enrolment(database: Database, sample: Catalogue) -> EnrolmentRow:
    with database.transaction() as session:
        return enrol(session, make_user(session).id, sample.courses["onboarding"])


@pytest.fixture
def counts(database: Database) -> Callable[[], list[int]]:
    """A function that gives the numbers of completions and of certificates."""

    def look() -> list[int]:
        with database.reading_session() as session:
            tables = (CourseCompletion, Certificate)
            return [session.scalar(select(func.count()).select_from(one)) or 0 for one in tables]

    return look


def test_the_last_two_pieces_at_once_complete_the_course(
    database: Database, sample: Catalogue, enrolment: EnrolmentRow, counts: Callable[[], list[int]]
) -> None:
    with database.transaction() as session:
        finish_lessons(session, enrolment, sample, modules=["privacy"])

    def pass_quiz() -> None:
        with database.transaction() as session:
            take_quiz(session, enrolment, sample)

    with database.writing_session() as session:
        finish_lessons(session, enrolment, sample, modules=["handover"])
        # Neither transaction could see what the other has not committed yet.
        with beside(database, pass_quiz):
            session.commit()
    assert counts() == [1, 1]


def test_the_last_piece_and_the_enrolment_at_once_complete_the_course(
    database: Database, sample: Catalogue, enrolment: EnrolmentRow, counts: Callable[[], list[int]]
) -> None:
    def pass_quiz() -> None:
        with database.transaction() as session:
            take_quiz(session, enrolment, sample)

    with database.writing_session() as session:
        enrol(session, enrolment.user_id, sample.courses["refresher"])
        with beside(database, pass_quiz):
            session.commit()
    assert counts() == [1, 1]


def test_twenty_times_the_last_piece_at_once_completes_the_course_once(
    database: Database, sample: Catalogue, enrolment: EnrolmentRow, counts: Callable[[], list[int]]
) -> None:
    with database.transaction() as session:
        take_quiz(session, enrolment, sample)
        finish_lessons(session, enrolment, sample, modules=["privacy"])

    def finish() -> None:
        with database.transaction() as session:
            finish_lessons(session, enrolment, sample, modules=["handover"])

    at_once([finish] * 20)
    assert counts() == [1, 1]
    with database.reading_session() as session:
        assert session.scalar(select(func.count()).select_from(LessonCompletion)) == 3


def test_twenty_enrolments_at_once_are_one(database: Database, sample: Catalogue) -> None:
    with database.transaction() as session:
        user_id = make_user(session).id

    def join() -> int:
        with database.transaction() as session:
            return enrol(session, user_id, sample.courses["onboarding"]).id

    assert len(set(at_once([join] * 20))) == 1
    with database.reading_session() as session:
        assert session.scalar(select(func.count()).select_from(Enrolment)) == 1
        assert len(service.record_of(session, user_id).enrolments) == 1
