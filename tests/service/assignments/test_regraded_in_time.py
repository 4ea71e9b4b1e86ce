"""Who passed in time by a key that was mended later is not late for it."""

from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assignments.terms import Renewal, Terms
from lms.certificates.models import Certificate
from lms.organizations.models import Membership
from lms.quizzes import regrades
from lms.quizzes.regrade_plan import Scope, plan
from lms.quizzes.regrading import Policy
from lms.quizzes.shelf import QuizShelf
from tests.factories import enrol, finish_lessons, publish_sample, take_quiz
from tests.service.quizzes.test_quiz_regrades import ANSWERS, MENDED

from .conftest import SUNDAY, Employer

DONE = datetime(2026, 3, 10, 15, tzinfo=UTC)
REGRADED = datetime(2026, 4, 20, 15, tzinfo=UTC)


def take(session: Session, employer: Employer, membership_id: int) -> None:
    """Everything of the course, with answers that the key in force does not pass."""
    user_id = session.get_one(Membership, membership_id).user_id
    row = enrol(session, user_id, employer.shelf.courses["onboarding"])
    finish_lessons(session, row, employer.shelf, now=DONE)
    take_quiz(session, row, employer.shelf, answers=ANSWERS, now=DONE)


def regrade(session: Session) -> None:
    shelf = publish_sample(session, MENDED, now=REGRADED)
    module = shelf.modules["privacy"]
    scope = Scope(
        module_id=module.id,
        revision_id=module.revision_id,
        question_ids=("payer",),
        policy=Policy.NEW_KEY,
    )
    regrades.apply(
        session,
        scope,
        digest=plan(session, scope, QuizShelf()).digest,
        reason="The key was wrong",
        by_id=None,
        by_name="Ivy Stone",
        quizzes=QuizShelf(),
        shelf=shelf,
        now=REGRADED,
    )


def test_a_mended_key_completes_the_course_on_the_day_of_the_answers(employer: Employer) -> None:
    ada = employer.hire()
    employer.assign(Terms(renewal=Renewal.AFTER_COMPLETION, months=12))
    employer.write(lambda session: take(session, employer, ada))
    employer.new_day(REGRADED)
    assert employer.owed(ada)[0][3] is None
    employer.write(regrade)
    assert employer.owed(ada) == [
        (1, SUNDAY, date(2026, 3, 31), "met", False),
        (2, date(2027, 2, 8), date(2027, 3, 10), None, True),
    ]
    with employer.database.reading_session() as session:
        assert session.scalars(select(Certificate.issued_at)).one() == DONE
