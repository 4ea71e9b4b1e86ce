"""The content that comes with the product, from an empty database to the last certificate."""

from datetime import datetime, timedelta
from functools import cache

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.preview.key import right_response
from lms.certificates.models import Certificate
from lms.courses import attestations, service
from lms.courses.catalogue import Catalogue
from lms.courses.models import Attestation, Enrolment
from lms.courses.publications import load_catalogue
from lms.courses.service import EnrolmentRow
from lms.foundation.database import Database
from lms.foundation.shipped import shipped
from lms.quizzes import service as quizzes
from tests.factories import (
    BEGINNING,
    enrol,
    finish_lessons,
    make_user,
    publish_files,
    quiz_of,
    start_attempt,
)

LEGAL = "legal-and-ethical-basics"
ANNUAL = "privacy-and-ethics"
# The order in which the learner takes them; each has a module that none before it had.
ORDER = (
    ANNUAL,
    "care-coordinator-onboarding",
    "clinical-care-coordinator",
    "clinical-coordinator",
    "careers-in-care-coordination",
)
NEXT_YEAR = BEGINNING + timedelta(days=365)


@pytest.fixture
def shelf(database: Database) -> Catalogue:
    """The catalogue of the content that comes with the product."""
    with database.transaction() as session:
        published = publish_files(session, _files())
        return load_catalogue(session, published.number)


@cache
def _files() -> dict[str, bytes]:
    content = shipped("content")
    return {
        str(file.relative_to(content)): file.read_bytes()
        for file in content.rglob("*")
        if file.is_file()
    }


def begun(row: EnrolmentRow) -> datetime:
    """When the person was enrolled."""
    return max(row.counts_from, BEGINNING)


def finish(session: Session, row: EnrolmentRow, shelf: Catalogue, module: str) -> None:
    """Read a module's lessons and answer its quiz rightly."""
    finish_lessons(session, row, shelf, modules=[module], now=begun(row))
    attempt = start_attempt(session, row, shelf, module=module, now=begun(row))
    quiz = quiz_of(session, attempt)
    answers = {
        item.question_id: right_response(quiz.by_id[item.question_id])
        for item in attempt.paper.items
    }
    quizzes.save_from_form(session, attempt, answers, begun(row))
    quizzes.submit(session, attempt, quiz=quiz, shelf=shelf, now=begun(row))


def sign(session: Session, row: EnrolmentRow, shelf: Catalogue) -> bool:
    return attestations.sign(
        session,
        user_id=row.user_id,
        course=shelf.courses[ANNUAL],
        typed_name="Ada Okafor",
        now=begun(row),
    )


def undone(session: Session, row: EnrolmentRow, shelf: Catalogue) -> list[str]:
    """The modules of the enrolment's course that are not done."""
    course = shelf.course_by_id(row.course_id)
    assert course is not None
    progress = service.record_of(session, row.user_id).progress_in(course, row)
    return [part.module.slug for part in progress.modules if not part.is_done]


def completed(session: Session, user_id: int, shelf: Catalogue) -> set[str]:
    record = service.record_of(session, user_id)
    return {
        slug
        for slug, course in shelf.courses.items()
        if (row := record.enrolment_in(course)) is not None and row.completed_at is not None
    }


def renew(session: Session, row: EnrolmentRow, shelf: Catalogue) -> EnrolmentRow:
    """The enrolment in the course for another year."""
    session.add(
        Enrolment(
            user_id=row.user_id,
            course_id=row.course_id,
            cycle=2,
            enrolled_at=NEXT_YEAR,
            counts_from=NEXT_YEAR,
        )
    )
    session.flush()
    found = service.record_of(session, row.user_id).enrolment_in(shelf.courses[ANNUAL])
    assert found is not None
    return found


def test_a_learner_finishes_all_five_courses(session: Session, shelf: Catalogue) -> None:
    assert set(shelf.courses) == set(ORDER)
    assert len(shelf.modules) == 15
    user_id = make_user(session).id
    rows = {slug: enrol(session, user_id, shelf.courses[slug]) for slug in ORDER}

    # What is finished in one course counts in all that have it.
    finish(session, rows[ANNUAL], shelf, LEGAL)
    for slug, course in shelf.courses.items():
        others = [module.slug for module in course.modules if module.slug != LEGAL]
        assert undone(session, rows[slug], shelf) == others
    assert completed(session, user_id, shelf) == set()
    assert sign(session, rows[ANNUAL], shelf)
    assert completed(session, user_id, shelf) == {ANNUAL}

    for number, slug in enumerate(ORDER, 1):
        for module in undone(session, rows[slug], shelf):
            assert slug not in completed(session, user_id, shelf)
            finish(session, rows[slug], shelf, module)
        assert completed(session, user_id, shelf) == set(ORDER[:number])
    issued = session.scalars(select(Certificate.course_title)).all()
    assert sorted(issued) == sorted(course.title for course in shelf.courses.values())


def test_the_annual_course_is_taken_and_signed_anew(session: Session, shelf: Catalogue) -> None:
    first = enrol(session, make_user(session).id, shelf.courses[ANNUAL])
    finish(session, first, shelf, LEGAL)
    assert sign(session, first, shelf)
    second = renew(session, first, shelf)
    assert undone(session, second, shelf) == [LEGAL]
    assert not sign(session, second, shelf)
    finish(session, second, shelf, LEGAL)
    assert completed(session, first.user_id, shelf) == set()
    assert sign(session, second, shelf)
    assert completed(session, first.user_id, shelf) == {ANNUAL}
    signed = session.scalars(select(Attestation.signed_at).order_by(Attestation.signed_at)).all()
    assert signed == [BEGINNING, NEXT_YEAR]
    assert session.scalar(select(func.count()).select_from(Certificate)) == 2


def test_what_was_done_before_does_not_count_for_the_annual_course(
    session: Session, shelf: Catalogue
) -> None:
    user_id = make_user(session).id
    earlier = enrol(session, user_id, shelf.courses["clinical-coordinator"])
    finish(session, earlier, shelf, LEGAL)
    annual = enrol(session, user_id, shelf.courses[ANNUAL], now=NEXT_YEAR)
    assert undone(session, annual, shelf) == [LEGAL]
    later = enrol(session, user_id, shelf.courses["care-coordinator-onboarding"], now=NEXT_YEAR)
    assert LEGAL not in undone(session, later, shelf)
