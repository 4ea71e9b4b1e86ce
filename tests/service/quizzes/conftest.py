"""Somebody with an open attempt at the sample's quiz, in one session."""

import pytest
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.service import EnrolmentRow
from lms.quizzes.service import AttemptRow
from tests.factories import enrol, make_user, publish_sample, start_attempt


@pytest.fixture
def shelf(session: Session) -> Catalogue:
    return publish_sample(session)


@pytest.fixture
def enrolment(session: Session, shelf: Catalogue) -> EnrolmentRow:
    return enrol(session, make_user(session).id, shelf.courses["onboarding"])


@pytest.fixture
def attempt(session: Session, shelf: Catalogue, enrolment: EnrolmentRow) -> AttemptRow:
    return start_attempt(session, enrolment, shelf)
