"""Completing a course: by each rule, once, from whatever was done wherever it counts."""

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.courses import service, signals
from lms.courses.catalogue import Catalogue
from lms.courses.due import Deadline
from lms.courses.models import CourseCompletion, CourseRevision, Enrolment, ModulePass
from lms.courses.progress import LessonFact, PassFact
from lms.courses.service import ALWAYS, LearnerRecord
from tests.factories import (
    BEGINNING,
    complete_course,
    enrol,
    finish_lessons,
    make_user,
    publish_sample,
    take_quiz,
)
from tests.sample_content import COURSE, LESSON, OTHER_MODULE, QUIZ, QUIZ_FILE, WRONG

DAY = timedelta(days=1)
TUESDAY, WEDNESDAY = BEGINNING + DAY, BEGINNING + 2 * DAY
# Four of five points, with the third question wrong.
MOSTLY_RIGHT = {
    "payer": ["2"],
    "desk": ["1", "2"],
    "password": ["1"],
    "method": ["teach-back"],
    "days": ["30"],
    "hours": ["80"],
}


@pytest.fixture
def shelf(session: Session) -> Catalogue:
    return publish_sample(session)


@pytest.fixture
def user_id(session: Session) -> int:
    return make_user(session, name="Dana Whitfield").id


@pytest.fixture
def news() -> Iterator[list[dict[str, Any]]]:
    """What the signal of a completed course said, in order."""
    heard: list[dict[str, Any]] = []

    def listen(course: Any, **told: Any) -> None:
        heard.append({"course": course, **told})

    with signals.course_completed.connected_to(listen):
        yield heard


def record(session: Session, user_id: int) -> LearnerRecord:
    return service.record_of(session, user_id)


def completed(session: Session, user_id: int, shelf: Catalogue) -> list[str]:
    """The slugs of the courses that the person completed."""
    done = [row for row in record(session, user_id).enrolments if row.completed_at]
    return sorted(
        course.slug for row in done if (course := shelf.course_by_id(row.course_id)) is not None
    )


def count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


# Enrolling


def test_enrolling_is_done_once(session: Session, shelf: Catalogue, user_id: int) -> None:
    course, manager = shelf.courses["onboarding"], make_user(session)
    due = Deadline.in_zone(WEDNESDAY.date(), "America/Chicago")
    first = enrol(session, user_id, course, due=due, enrolled_by_id=manager.id)
    again = enrol(session, user_id, course, now=TUESDAY)
    assert again == first
    assert (first.due, first.completed_at) == (due, None)
    kept = session.execute(select(Enrolment.enrolled_at, Enrolment.enrolled_by_id)).all()
    assert kept == [(BEGINNING, manager.id)]


def test_from_when_work_counts(session: Session, shelf: Catalogue, user_id: int) -> None:
    assert enrol(session, user_id, shelf.courses["onboarding"]).counts_from == ALWAYS
    assert enrol(session, user_id, shelf.courses["yearly"], now=TUESDAY).counts_from == TUESDAY


def test_a_record_has_only_the_persons_own(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    other = make_user(session).id
    complete_course(session, enrol(session, other, shelf.courses["onboarding"]), shelf)
    mine = enrol(session, user_id, shelf.courses["refresher"])
    found = record(session, user_id)
    assert found.enrolments == (mine,)
    assert found.history.lessons == ()
    assert found.history.passes == ()
    assert found.enrolment_in(shelf.courses["refresher"]) == mine
    assert found.enrolment_in(shelf.courses["onboarding"]) is None


def test_a_record_says_what_was_finished_when(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    finish_lessons(session, enrolment, shelf, modules=["privacy"], now=TUESDAY)
    take_quiz(session, enrolment, shelf, answers=MOSTLY_RIGHT, now=WEDNESDAY)
    privacy = shelf.courses["onboarding"].modules[0]
    history = record(session, user_id).history
    assert sorted(history.lessons, key=lambda fact: fact.lesson_slug) == [
        LessonFact(privacy.id, "desk-without-names", TUESDAY),
        LessonFact(privacy.id, "right-amount", TUESDAY),
    ]
    assert history.passes == (PassFact(privacy.id, 1, Fraction(4, 5), WEDNESDAY),)


def test_of_each_course_the_latest_cycle_counts(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    course = shelf.courses["yearly"]
    complete_course(session, enrol(session, user_id, course), shelf)
    session.add(
        Enrolment(
            user_id=user_id,
            course_id=course.id,
            cycle=2,
            enrolled_at=TUESDAY,
            counts_from=TUESDAY,
        )
    )
    session.flush()
    found = record(session, user_id)
    row = found.enrolment_in(course)
    assert row is not None
    assert (row.counts_from, row.completed_at) == (TUESDAY, None)
    assert len(found.enrolments) == 1
    # The second cycle starts fresh, and is completed by itself.
    assert found.progress_in(course, row).done_count == 0
    complete_course(session, row, shelf, now=WEDNESDAY)
    assert count(session, CourseCompletion) == 2


# Rules


def test_lessons_and_quizzes(
    session: Session, shelf: Catalogue, user_id: int, news: list[dict[str, Any]]
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    finish_lessons(session, enrolment, shelf)
    assert completed(session, user_id, shelf) == []
    take_quiz(session, enrolment, shelf, answers=WRONG)
    assert completed(session, user_id, shelf) == []
    assert news == []
    take_quiz(session, enrolment, shelf, now=TUESDAY)
    assert completed(session, user_id, shelf) == ["onboarding"]
    assert len(news) == 1


def test_lessons_alone(session: Session, user_id: int) -> None:
    text = COURSE.replace("hours:", "pass_rule: lessons\nhours:")
    shelf = publish_sample(session, {"courses/onboarding.md": text})
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    finish_lessons(session, enrolment, shelf, modules=["privacy"])
    assert completed(session, user_id, shelf) == []
    finish_lessons(session, enrolment, shelf, modules=["handover"])
    assert completed(session, user_id, shelf) == ["onboarding"]
    assert session.scalars(select(CourseCompletion.score)).all() == [None]


def test_quizzes_alone(session: Session, shelf: Catalogue, user_id: int) -> None:
    enrolment = enrol(session, user_id, shelf.courses["refresher"])
    finish_lessons(session, enrolment, shelf)
    assert completed(session, user_id, shelf) == []
    take_quiz(session, enrolment, shelf)
    assert completed(session, user_id, shelf) == ["refresher"]


# What a completion says


def test_a_completion_says_what_it_was_reached_with(
    session: Session, shelf: Catalogue, user_id: int, news: list[dict[str, Any]]
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    take_quiz(session, enrolment, shelf, answers=MOSTLY_RIGHT)
    shelf = publish_sample(
        session,
        {
            "courses/onboarding.md": COURSE.replace("hours: 2.5", "hours: 3"),
            QUIZ_FILE: QUIZ.replace("Five questions.", "Five short questions."),
            "modules/handover/module.md": OTHER_MODULE.replace("Handing over", "Passing on"),
        },
    )
    finish_lessons(session, enrolment, shelf, now=WEDNESDAY)
    completion = session.scalars(select(CourseCompletion)).one()
    assert completion.enrolment_id == enrolment.id
    assert completion.completed_at == WEDNESDAY
    assert completion.score == Fraction(4, 5)
    # The quiz was passed on the first revision; what has no quiz was finished on the current one.
    assert completion.module_revisions == {"privacy": 1, "handover": 2}
    assert session.get_one(CourseRevision, completion.course_revision_id).number == 2
    assert news == [
        {
            "course": shelf.courses["onboarding"],
            "session": session,
            "completion": completion,
            "user_id": user_id,
            "learner_name": "Dana Whitfield",
            "now": WEDNESDAY,
        }
    ]


def test_a_completion_brings_one_certificate(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    complete_course(
        session, enrol(session, user_id, shelf.courses["onboarding"]), shelf, now=TUESDAY
    )
    certificate = session.scalars(select(Certificate)).one()
    assert certificate.learner_name == "Dana Whitfield"
    assert certificate.course_title == "Onboarding"
    assert certificate.modules == [
        {"title": "Privacy at work", "revision": 1},
        {"title": "Handing over", "revision": 1},
    ]
    assert (certificate.issued_at, certificate.score) == (TUESDAY, Fraction(1))
    assert certificate.expires_at is not None


def test_the_best_score_that_counts_is_the_courses(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    take_quiz(session, enrolment, shelf, answers=MOSTLY_RIGHT)
    take_quiz(session, enrolment, shelf)
    take_quiz(session, enrolment, shelf, answers=MOSTLY_RIGHT)
    finish_lessons(session, enrolment, shelf)
    assert session.scalars(select(CourseCompletion.score)).all() == [Fraction(1)]


# Once, and for good


def test_more_work_completes_nothing_a_second_time(
    session: Session, shelf: Catalogue, user_id: int, news: list[dict[str, Any]]
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    complete_course(session, enrolment, shelf)
    finish_lessons(session, enrolment, shelf, now=TUESDAY)
    take_quiz(session, enrolment, shelf, now=TUESDAY)
    enrol(session, user_id, shelf.courses["onboarding"], now=WEDNESDAY)
    assert count(session, CourseCompletion) == 1
    assert count(session, Certificate) == 1
    assert len(news) == 1
    # A lesson finished twice is one fact, a quiz passed twice are two: the first fixes the date.
    assert len(record(session, user_id).history.lessons) == 3
    assert session.scalars(select(ModulePass.passed_at).order_by(ModulePass.id)).all() == [
        BEGINNING,
        TUESDAY,
    ]


def test_a_later_failure_takes_nothing_away(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    complete_course(session, enrolment, shelf)
    before = record(session, user_id)
    take_quiz(session, enrolment, shelf, answers=WRONG, now=TUESDAY)
    assert record(session, user_id) == before
    assert completed(session, user_id, shelf) == ["onboarding"]


def test_a_new_revision_takes_nothing_away(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    enrolment = enrol(session, user_id, shelf.courses["onboarding"])
    complete_course(session, enrolment, shelf)
    before = record(session, user_id)
    third = {"modules/privacy/lessons/03-more.md": LESSON}
    shelf = publish_sample(session, third)
    assert record(session, user_id) == before
    progress = before.progress_in(shelf.courses["onboarding"], before.enrolments[0])
    assert (progress.done_count, progress.total) == (4, 5)
    finish_lessons(session, enrolment, shelf, now=TUESDAY)
    assert count(session, CourseCompletion) == 1


# Several courses


def test_finishing_in_one_course_counts_in_the_other(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    onboarding = enrol(session, user_id, shelf.courses["onboarding"])
    refresher = enrol(session, user_id, shelf.courses["refresher"])
    take_quiz(session, onboarding, shelf)
    assert completed(session, user_id, shelf) == ["refresher"]
    finish_lessons(session, refresher, shelf)
    found = record(session, user_id)
    assert found.progress_in(shelf.courses["onboarding"], onboarding).done_count == 3
    finish_lessons(session, onboarding, shelf, modules=["handover"])
    assert completed(session, user_id, shelf) == ["onboarding", "refresher"]


def test_one_piece_may_complete_two_courses(
    session: Session, shelf: Catalogue, user_id: int, news: list[dict[str, Any]]
) -> None:
    onboarding = enrol(session, user_id, shelf.courses["onboarding"])
    enrol(session, user_id, shelf.courses["refresher"])
    enrol(session, user_id, shelf.courses["yearly"])
    complete_course(session, onboarding, shelf)
    # What comes after the enrolment counts, even where earlier work does not.
    assert completed(session, user_id, shelf) == ["onboarding", "refresher", "yearly"]
    assert len(news) == count(session, Certificate) == 3


def test_earlier_work_completes_a_new_enrolment_at_once(
    session: Session, shelf: Catalogue, user_id: int, news: list[dict[str, Any]]
) -> None:
    complete_course(session, enrol(session, user_id, shelf.courses["onboarding"]), shelf)
    row = enrol(session, user_id, shelf.courses["refresher"], now=TUESDAY)
    assert row.completed_at == TUESDAY
    assert [told["course"].slug for told in news] == ["onboarding", "refresher"]


def test_earlier_work_does_not_count_where_the_course_says_so(
    session: Session, shelf: Catalogue, user_id: int
) -> None:
    onboarding = enrol(session, user_id, shelf.courses["onboarding"])
    complete_course(session, onboarding, shelf)
    yearly = enrol(session, user_id, shelf.courses["yearly"], now=TUESDAY)
    assert yearly.completed_at is None
    found = record(session, user_id)
    assert found.progress_in(shelf.courses["yearly"], yearly).done_count == 0
    finish_lessons(session, yearly, shelf, now=WEDNESDAY)
    assert record(session, user_id).progress_in(shelf.courses["yearly"], yearly).done_count == 3
    take_quiz(session, yearly, shelf, now=WEDNESDAY)
    assert completed(session, user_id, shelf) == ["onboarding", "yearly"]
    # Once more in the first course: nothing happens there.
    assert count(session, CourseCompletion) == 2
