"""Attempts: starting them, their limit, and the revision that each keeps."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.models import ModuleRevision
from lms.courses.service import EnrolmentRow
from lms.quizzes import attempts
from lms.quizzes.attempts import AttemptRow
from lms.quizzes.service import NoAttemptLeft
from lms.quizzes.shelf import KEPT, QuizShelf
from tests.factories import (
    enrol,
    give_answers,
    make_user,
    publish_sample,
    quiz_of,
    start_attempt,
    take_quiz,
)
from tests.sample_content import QUIZ, QUIZ_FILE, WRONG, quiz_with
from tests.service.quizzes.attempts import LATER, all_attempts, submit

HOUR = timedelta(hours=1)


# Starting


def test_an_attempt_keeps_the_paper_it_drew(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    attempt = start_attempt(session, enrolment, shelf, seed=7, now=LATER)
    assert (attempt.number, attempt.started_at, attempt.submitted_at) == (1, LATER, None)
    assert (attempt.course_slug, attempt.module_slug) == ("onboarding", "privacy")
    assert attempt.counts_from == enrolment.counts_from
    ids = {item.question_id for item in attempt.paper.items}
    assert len(attempt.paper.items) == len(ids) == 5
    assert {"payer", "desk", "password", "method"} < ids
    quiz = quiz_of(session, attempt)
    assert all(item.digest == quiz.by_id[item.question_id].digest for item in attempt.paper.items)
    found = attempts.find_attempt(session, attempt.id, enrolment.user_id)
    assert found == attempt


def test_an_open_attempt_is_gone_on_with(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    assert start_attempt(session, enrolment, shelf, seed=99, now=LATER) == attempt
    # Wherever the module is met: there is one open attempt at its quiz.
    refresher = enrol(session, enrolment.user_id, shelf.courses["refresher"])
    assert start_attempt(session, refresher, shelf) == attempt


def test_a_new_attempt_has_the_next_number_and_draws_anew(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    first = take_quiz(session, enrolment, shelf)
    second = start_attempt(session, enrolment, shelf, seed=2)
    assert (first.number, second.number) == (1, 2)
    assert first.paper != second.paper


def test_the_attempts_are_limited(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    for number in (1, 2, 3):
        assert take_quiz(session, enrolment, shelf, answers=WRONG).number == number
    with pytest.raises(NoAttemptLeft):
        start_attempt(session, enrolment, shelf)
    assert len(all_attempts(session, enrolment)) == 3


def test_the_last_attempt_can_be_gone_on_with(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    for _ in (1, 2):
        take_quiz(session, enrolment, shelf, answers=WRONG)
    third = start_attempt(session, enrolment, shelf)
    assert start_attempt(session, enrolment, shelf) == third


def test_attempts_in_another_course_are_counted(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    refresher = enrol(session, enrolment.user_id, shelf.courses["refresher"])
    for row in (enrolment, refresher, enrolment):
        take_quiz(session, row, shelf, answers=WRONG)
    with pytest.raises(NoAttemptLeft):
        start_attempt(session, refresher, shelf)


def test_where_earlier_work_does_not_count_neither_do_earlier_attempts(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    for _ in range(3):
        take_quiz(session, enrolment, shelf, answers=WRONG)
    yearly = enrol(session, enrolment.user_id, shelf.courses["yearly"], now=LATER)
    attempt = start_attempt(session, yearly, shelf, now=LATER + HOUR)
    assert attempt.number == 4
    assert [one.number for one in all_attempts(session, yearly)] == [4]


def test_without_a_limit_one_may_go_on_trying(session: Session) -> None:
    shelf = publish_sample(session, quiz_with("attempts: 3\n", ""))
    enrolment = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    for _ in range(5):
        take_quiz(session, enrolment, shelf, answers=WRONG)
    assert start_attempt(session, enrolment, shelf).number == 6


def test_someone_elses_attempt_is_not_found(
    session: Session, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    assert attempts.find_attempt(session, attempt.id, make_user(session).id) is None
    assert attempts.find_attempt(session, attempt.id + 1, enrolment.user_id) is None


def test_one_persons_attempts_are_no_others(
    session: Session, shelf: Catalogue, attempt: AttemptRow
) -> None:
    other = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    own = start_attempt(session, other, shelf)
    assert own.id != attempt.id
    assert own.number == 1


# Revisions


def test_an_attempt_ends_on_the_revision_it_was_started_on(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    other_key = QUIZ.replace("- [ ] True", "- [x] True").replace("- [x] False", "- [ ] False")
    later = publish_sample(session, {QUIZ_FILE: other_key})
    assert start_attempt(session, enrolment, later) == attempt
    give_answers(session, attempt)
    submit(session, attempt, later)
    assert all_attempts(session, enrolment)[0].score == 5
    number = session.get_one(ModuleRevision, attempt.module_revision_id).number
    assert number == 1
    again = take_quiz(session, enrolment, later)
    assert session.get_one(ModuleRevision, again.module_revision_id).number == 2
    assert all_attempts(session, enrolment)[1].score == 4


def test_an_attempt_ends_even_when_its_quiz_is_gone(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    later = publish_sample(session, {QUIZ_FILE: None, "courses/refresher.md": None})
    assert later.courses["onboarding"].modules[0].quiz is None
    give_answers(session, attempt)
    assert submit(session, attempt, later)
    assert all_attempts(session, enrolment)[0].passed


# The shelf of parsed quizzes


def test_a_quiz_is_parsed_once(session: Session, attempt: AttemptRow) -> None:
    quizzes = QuizShelf()
    quiz = quizzes.get(session, attempt.module_revision_id)
    assert quiz.title == "Privacy check"
    assert quizzes.get(session, attempt.module_revision_id) is quiz


def test_a_revision_without_a_readable_quiz_has_none(session: Session, shelf: Catalogue) -> None:
    quizzes = QuizShelf()
    with pytest.raises(LookupError):
        quizzes.get(session, shelf.courses["onboarding"].modules[1].revision_id)
    broken = session.scalars(select(ModuleRevision)).first()
    assert broken is not None
    broken.source = {"quiz.md": "no longer a quiz"}
    session.flush()
    with pytest.raises(LookupError, match="can no longer be read"):
        quizzes.get(session, broken.id)


def test_a_quiz_published_before_a_limit_stays_readable(
    session: Session, attempt: AttemptRow
) -> None:
    revision = session.get_one(ModuleRevision, attempt.module_revision_id)
    longest = "word " * 900
    source = revision.source["quiz.md"].replace(
        "# Privacy check\n", f"# Privacy check\n\n{longest}\n"
    )
    revision.source = {**revision.source, "quiz.md": source}
    session.flush()
    assert QuizShelf().get(session, revision.id).introduction.count("word") == 900


def test_the_quizzes_longest_unused_are_let_go(session: Session, attempt: AttemptRow) -> None:
    quizzes = QuizShelf()
    first = session.get_one(ModuleRevision, attempt.module_revision_id)
    kept = quizzes.get(session, first.id)
    source = {"quiz.md": "---\ntitle: T\n---\n\n# T\n\n## Q\n\n- [x] a\n- [ ] b\n"}
    others = []
    for number in range(2, KEPT + 2):
        revision = ModuleRevision(
            module_id=first.module_id,
            number=number,
            publication_id=first.publication_id,
            digest="d",
            source=source,
            figures={},
            rendered={},
        )
        session.add(revision)
        session.flush()
        others.append((revision.id, quizzes.get(session, revision.id)))
        # Used again and again, the first stays.
        assert quizzes.get(session, first.id) is kept
    (oldest_id, oldest), (newest_id, newest) = others[0], others[-1]
    assert quizzes.get(session, newest_id) is newest
    again = quizzes.get(session, oldest_id)
    assert again is not oldest
    assert again == oldest
