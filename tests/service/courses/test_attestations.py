"""Signing a statement: when all else is done, with one's own name, once, and the course is complete."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.courses import attestations, service
from lms.courses.attestations import NameDiffers
from lms.courses.catalogue import Catalogue
from lms.courses.models import Attestation, CourseCompletion, CourseRevision, Enrolment
from lms.courses.service import EnrolmentRow
from lms.foundation.database import Database
from tests.factories import (
    BEGINNING,
    complete_course,
    enrol,
    finish_lessons,
    make_user,
    publish_sample,
    take_quiz,
)
from tests.sample_content import PLEDGE, PLEDGE_FILE, STATEMENT

TUESDAY = BEGINNING + timedelta(days=1)
YEARLY = PLEDGE.replace("hours:", "earlier_work: does-not-count\nhours:")


@pytest.fixture
def shelf(session: Session) -> Catalogue:
    return publish_sample(session, {PLEDGE_FILE: YEARLY})


@pytest.fixture
def enrolment(session: Session, shelf: Catalogue) -> EnrolmentRow:
    user_id = make_user(session, name="Dana Whitfield").id
    return enrol(session, user_id, shelf.courses["pledge"])


def sign(session: Session, user_id: int, shelf: Catalogue, name: str = "Dana Whitfield") -> bool:
    course = shelf.courses["pledge"]
    return attestations.sign(session, user_id=user_id, course=course, typed_name=name, now=TUESDAY)


def counts(session: Session) -> list[int]:
    """How many statements are signed, courses completed, certificates issued."""
    tables = (Attestation, CourseCompletion, Certificate)
    return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_signing_completes_the_course(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    complete_course(session, enrolment, shelf)
    assert counts(session) == [0, 0, 0]
    assert sign(session, enrolment.user_id, shelf, "  dana\tWHITFIELD ")
    kept = session.scalars(select(Attestation)).one()
    assert (kept.enrolment_id, kept.signed_at) == (enrolment.id, TUESDAY)
    assert (kept.statement, kept.signed_name) == (STATEMENT, "dana WHITFIELD")
    assert session.get_one(CourseRevision, kept.course_revision_id).number == 1
    assert attestations.signed_for(session, enrolment.id) is kept
    row = service.record_of(session, enrolment.user_id).enrolment_in(shelf.courses["pledge"])
    assert row is not None
    assert (row.signed_at, row.completed_at) == (TUESDAY, TUESDAY)
    certificate = session.scalars(select(Certificate)).one()
    assert (certificate.issued_at, certificate.signed_at) == (TUESDAY, TUESDAY)


def test_nothing_is_signed_before_all_else_is_done(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    finish_lessons(session, enrolment, shelf)
    assert not sign(session, enrolment.user_id, shelf)
    take_quiz(session, enrolment, shelf)
    stranger = make_user(session, name="Dana Whitfield").id
    assert not sign(session, stranger, shelf)
    assert counts(session) == [0, 0, 0]
    assert attestations.signed_for(session, enrolment.id) is None


def test_another_name_signs_nothing_and_is_told_which_does(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    complete_course(session, enrolment, shelf)
    with pytest.raises(NameDiffers, match="name in your account, which is Dana Whitfield"):
        sign(session, enrolment.user_id, shelf, "Dana Whitefield")
    assert counts(session) == [0, 0, 0]


def test_what_is_signed_stays_as_it_was(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    complete_course(session, enrolment, shelf)
    assert sign(session, enrolment.user_id, shelf)
    shelf = publish_sample(session, {PLEDGE_FILE: YEARLY.replace("I keep", "I always keep")})
    assert not sign(session, enrolment.user_id, shelf)
    assert counts(session) == [1, 1, 1]
    assert session.scalars(select(Attestation.statement)).one() == STATEMENT


def test_a_course_completed_before_it_had_a_statement_needs_none(
    session: Session, shelf: Catalogue
) -> None:
    shelf = publish_sample(session)
    before = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    complete_course(session, before, shelf)
    changed = PLEDGE.replace("title: Pledge", "title: Onboarding")
    shelf = publish_sample(session, {"courses/onboarding.md": changed})
    course = shelf.courses["onboarding"]
    assert not attestations.sign(
        session, user_id=before.user_id, course=course, typed_name="Ada Okafor", now=TUESDAY
    )
    assert counts(session) == [0, 1, 1]


def test_each_cycle_is_signed_anew(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    complete_course(session, enrolment, shelf)
    assert sign(session, enrolment.user_id, shelf)
    session.add(
        Enrolment(
            user_id=enrolment.user_id,
            course_id=enrolment.course_id,
            cycle=2,
            enrolled_at=TUESDAY,
            counts_from=TUESDAY,
        )
    )
    session.flush()
    course = shelf.courses["pledge"]
    record = service.record_of(session, enrolment.user_id)
    row = record.enrolment_in(course)
    assert row is not None
    assert (row.signed_at, row.completed_at) == (None, None)
    complete_course(session, row, shelf, now=TUESDAY)
    assert counts(session) == [1, 1, 1]
    assert sign(session, enrolment.user_id, shelf)
    assert counts(session) == [2, 2, 2]


def test_two_who_sign_at_once_sign_once(database: Database) -> None:
    with database.transaction() as session:
        shelf = publish_sample(session, {PLEDGE_FILE: PLEDGE})
        row = enrol(session, make_user(session, name="Dana Whitfield").id, shelf.courses["pledge"])
        complete_course(session, row, shelf)
    answers: list[bool] = []

    def ask() -> None:
        with database.transaction() as session:
            answers.append(sign(session, row.user_id, shelf))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]
    with database.transaction() as session:
        assert counts(session) == [1, 1, 1]
