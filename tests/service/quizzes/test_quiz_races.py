"""Twenty of everything at the same moment: the database settles it."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, func, select

from lms.certificates.models import Certificate
from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion, ModulePass
from lms.courses.service import EnrolmentRow
from lms.foundation.database import Database
from lms.quizzes import attempts, service
from lms.quizzes.attempts import AttemptRow
from lms.quizzes.grading import Response as Answer
from lms.quizzes.grading import grade_paper
from lms.quizzes.models import Attempt, Grade, Mark, Response
from lms.quizzes.service import AttemptClosed, NoAttemptLeft
from tests.factories import (
    BEGINNING,
    enrol,
    finish_lessons,
    give_answers,
    make_user,
    publish_sample,
    quiz_of,
    start_attempt,
    take_quiz,
)
from tests.sample_content import WRONG, quiz_with
from tests.service.quizzes.attempts import scores_of
from tests.threads import at_once, beside

TWENTY = 20
# More than there is time for until the submit, but not without end.
MANY = 100


@pytest.fixture
def enrolment(database: Database, sample: Catalogue) -> EnrolmentRow:
    """Somebody for whom only the quiz is left to do."""
    with database.transaction() as session:
        enrolment = enrol(session, make_user(session).id, sample.courses["onboarding"])
        finish_lessons(session, enrolment, sample)
        return enrolment


@pytest.fixture
def attempt(database: Database, sample: Catalogue, enrolment: EnrolmentRow) -> AttemptRow:
    """Their open attempt, every question answered right."""
    with database.transaction() as session:
        attempt = start_attempt(session, enrolment, sample)
        give_answers(session, attempt)
        return attempt


@pytest.fixture
def count(database: Database) -> Callable[[Any], int]:
    def look(table: Any) -> int:
        with database.reading_session() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    return look


def submitted(database: Database, shelf: Catalogue, attempt: AttemptRow) -> bool:
    with database.transaction() as session:
        quiz = quiz_of(session, attempt)
        return service.submit(session, attempt, quiz=quiz, shelf=shelf, now=BEGINNING)


def saved(
    database: Database, attempt: AttemptRow, question: str, value: Answer, page: str, sequence: int
) -> bool:
    """Whether the save was acknowledged, which is after its commit."""
    try:
        with database.transaction() as session:
            service.save_from_page(
                session,
                attempt,
                question_id=question,
                value=value,
                page=page,
                sequence=sequence,
                now=BEGINNING,
            )
    except AttemptClosed:
        return False
    return True


def test_twenty_starts_at_once_are_one_attempt(
    database: Database,
    sample: Catalogue,
    enrolment: EnrolmentRow,
    count: Callable[[Any], int],
) -> None:
    def start() -> int:
        with database.transaction() as session:
            return start_attempt(session, enrolment, sample).id

    assert len(set(at_once([start] * TWENTY))) == 1
    assert count(Attempt) == 1


def test_twenty_submits_at_once_are_one_grade(
    database: Database, sample: Catalogue, attempt: AttemptRow, count: Callable[[Any], int]
) -> None:
    did_it = at_once([lambda: submitted(database, sample, attempt)] * TWENTY)
    assert did_it.count(True) == 1
    tables = (Grade, ModulePass, CourseCompletion, Certificate)
    assert [count(table) for table in tables] == [1, 1, 1, 1]
    assert count(Mark) == 5


def test_twenty_forms_at_once_are_one_grade(
    database: Database, sample: Catalogue, attempt: AttemptRow, count: Callable[[Any], int]
) -> None:
    """The plain form saves and submits in one transaction."""

    def send() -> bool:
        with database.transaction() as session:
            try:
                service.save_from_form(session, attempt, {"payer": 2}, BEGINNING)
            except AttemptClosed:
                return False
            quiz = quiz_of(session, attempt)
            return service.submit(session, attempt, quiz=quiz, shelf=sample, now=BEGINNING)

    assert at_once([send] * TWENTY).count(True) == 1
    tables = (Grade, ModulePass, CourseCompletion, Certificate)
    assert [count(table) for table in tables] == [1, 1, 1, 1]


@pytest.mark.parametrize("round_number", range(3))
def test_every_save_that_was_acknowledged_is_graded(
    database: Database,
    sample: Catalogue,
    attempt: AttemptRow,
    count: Callable[[Any], int],
    round_number: int,
) -> None:
    before = count(Response)

    def go_on_saving(question: str, values: tuple[Answer, Answer]) -> int:
        page = question.encode().hex()
        for sequence, value in enumerate(values * MANY):
            if not saved(database, attempt, question, value, page, sequence):
                return sequence
        return 2 * MANY

    def save_then_submit() -> int:
        for sequence in range(5 + round_number):
            assert saved(database, attempt, "desk", [1], "aaaa", sequence)
        assert submitted(database, sample, attempt)
        return 5 + round_number

    acknowledged = at_once(
        [
            lambda: go_on_saving("payer", (1, 2)),
            lambda: go_on_saving("password", (1, 2)),
            lambda: go_on_saving("method", ("talk", "teach-back")),
            save_then_submit,
        ]
    )
    assert count(Response) == before + sum(acknowledged)
    with database.reading_session() as session:
        answers = attempts.answers_of(session, attempt.id)
        quiz = quiz_of(session, attempt)
        expected = grade_paper(
            quiz,
            [item.question_id for item in attempt.paper.items],
            {question_id: answer.value for question_id, answer in answers.items()},
        )
        assert scores_of(session, attempt.id) == {
            mark.question_id: mark.score for mark in expected.marks
        }
        assert session.scalars(select(Grade.score)).all() == [expected.score]


def test_a_save_that_came_first_is_finished_before_the_grade(
    database: Database, sample: Catalogue, attempt: AttemptRow
) -> None:
    with database.writing_session() as session:
        service.save_from_form(session, attempt, {"payer": 1}, BEGINNING)
        with beside(database, lambda: submitted(database, sample, attempt)):
            session.commit()
        assert scores_of(session, attempt.id)["payer"] == 0


def test_a_save_during_a_submit_is_not_acknowledged(
    database: Database, sample: Catalogue, attempt: AttemptRow, count: Callable[[Any], int]
) -> None:
    before, told = count(Response), []
    with database.writing_session() as session:
        quiz = quiz_of(session, attempt)
        service.submit(session, attempt, quiz=quiz, shelf=sample, now=BEGINNING)
        late = lambda: told.append(saved(database, attempt, "payer", 1, "aa", 1))  # noqa: E731
        with beside(database, late):
            session.commit()
    assert told == [False]
    assert count(Response) == before


def test_a_late_save_of_a_page_does_not_win_even_beside_the_newer_one(
    database: Database, attempt: AttemptRow
) -> None:
    """As when a page is left: its last save overtakes the one that was under way."""
    with database.writing_session() as session:
        service.save_from_page(
            session,
            attempt,
            question_id="payer",
            value=2,
            page="aa",
            sequence=2,
            now=BEGINNING,
        )
        with beside(database, lambda: saved(database, attempt, "payer", 1, "aa", 1)):
            session.commit()
    with database.reading_session() as session:
        assert attempts.answers_of(session, attempt.id)["payer"].value == 2


# Before its look, and before its insert; what it asks after that waits for nobody.
@pytest.mark.parametrize("place", range(2))
def test_an_attempt_beside_a_start_is_not_overlooked(
    database: Database, count: Callable[[Any], int], place: int
) -> None:
    """With one attempt allowed: another one is started and submitted in the middle of this start."""
    with database.transaction() as session:
        shelf = publish_sample(session, quiz_with("attempts: 3", "attempts: 1"))
        enrolment = enrol(session, make_user(session).id, shelf.courses["onboarding"])

    def intrude() -> None:
        with database.transaction() as session:
            take_quiz(session, enrolment, shelf, answers=WRONG)

    with database.writing_session() as session:
        seen = itertools.count()
        quiz_of_module = shelf.courses["onboarding"].modules[0]
        connection = session.connection()

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            # On SQLite nobody can come between: this transaction is alone.
            if "attempt" in statement and next(seen) == place and not database.is_sqlite:
                intrude()

        event.listen(connection, "before_cursor_execute", note)
        try:
            start_attempt(session, enrolment, shelf, module=quiz_of_module.slug)
        except NoAttemptLeft:
            session.rollback()
        else:
            session.commit()
    assert count(Attempt) == 1
