"""What tests of attempts do with them."""

from datetime import timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.service import EnrolmentRow
from lms.quizzes import attempts, service
from lms.quizzes.attempts import AttemptRow, AttemptSummary
from lms.quizzes.models import Attempt
from tests.factories import BEGINNING, quiz_of

LATER = BEGINNING + timedelta(hours=1)


def all_attempts(session: Session, enrolment: EnrolmentRow) -> list[AttemptSummary]:
    """The person's attempts at the one quiz there is, as far as they count for the enrolment."""
    module_id = session.scalars(select(Attempt.module_id)).first() or 0
    history = attempts.history_at(session, enrolment.user_id, module_id)
    return history.since(enrolment.counts_from)


def scores_of(session: Session, attempt_id: int) -> dict[str, Fraction]:
    """The points of each question in the grade in force."""
    grade = attempts.grade_of(session, attempt_id)
    return {question_id: mark.score for question_id, mark in grade.marks.items()}


def submit(session: Session, attempt: AttemptRow, shelf: Catalogue) -> bool:
    """Submit the attempt at `LATER`; whether this was the submit that did it."""
    quiz = quiz_of(session, attempt)
    return service.submit(session, attempt, quiz=quiz, shelf=shelf, now=LATER)
