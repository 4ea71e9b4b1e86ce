"""Saving answers and submitting an attempt, and what is kept of both."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.models import ModulePass
from lms.courses.service import EnrolmentRow
from lms.quizzes import attempts, service
from lms.quizzes.attempts import AttemptRow, AttemptSummary
from lms.quizzes.grading import Response as Answer
from lms.quizzes.models import Grade, Mark, Response
from lms.quizzes.service import AttemptClosed
from tests.factories import (
    BEGINNING,
    give_answers,
    take_quiz,
)
from tests.sample_content import RIGHT, WRONG
from tests.service.quizzes.attempts import LATER, all_attempts, scores_of, submit


def values(session: Session, attempt: AttemptRow) -> dict[str, Answer]:
    answers = attempts.answers_of(session, attempt.id)
    return {question_id: answer.value for question_id, answer in answers.items()}


def save(
    session: Session,
    attempt: AttemptRow,
    value: Answer,
    sequence: int,
    *,
    question: str = "payer",
    page: str = "aa",
) -> None:
    service.save_from_page(
        session,
        attempt,
        question_id=question,
        value=value,
        page=page,
        sequence=sequence,
        now=BEGINNING,
    )


# Saving


def test_the_latest_answer_is_the_answer_and_the_others_stay(
    session: Session, attempt: AttemptRow
) -> None:
    save(session, attempt, 1, 1)
    save(session, attempt, 3, 2)
    save(session, attempt, None, 3)
    save(session, attempt, 2, 4)
    assert values(session, attempt) == {"payer": 2}
    rows = session.execute(
        select(Response.value, Response.page, Response.sequence).order_by(Response.id)
    )
    assert [tuple(row) for row in rows] == [
        (1, "aa", 1),
        (3, "aa", 2),
        (None, "aa", 3),
        (2, "aa", 4),
    ]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("payer", 3),
        ("desk", [1, 3]),
        ("desk", []),
        ("method", "“été” — 10 µg"),
        ("method", "a\x00b"),
        ("days", "1,5 days"),
        ("payer", None),
    ],
)
def test_an_answer_comes_back_as_it_was_given(
    session: Session, attempt: AttemptRow, question: str, value: Answer
) -> None:
    save(session, attempt, value, 1, question=question)
    session.commit()
    assert values(session, attempt) == {question: value}


def test_an_earlier_save_that_arrives_late_is_dropped(
    session: Session, attempt: AttemptRow
) -> None:
    save(session, attempt, 2, 5)
    save(session, attempt, 1, 4)
    assert values(session, attempt) == {"payer": 2}
    assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_the_same_save_twice_is_kept_once(session: Session, attempt: AttemptRow) -> None:
    save(session, attempt, 2, 5)
    save(session, attempt, 2, 5)
    assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_a_pages_count_is_its_own_and_each_questions(session: Session, attempt: AttemptRow) -> None:
    save(session, attempt, 2, 5)
    save(session, attempt, [1], 4, question="desk")
    save(session, attempt, 3, 1, page="bb")
    assert values(session, attempt) == {"payer": 3, "desk": [1]}


def test_a_form_wins_over_what_was_saved_before(session: Session, attempt: AttemptRow) -> None:
    save(session, attempt, 1, 5)
    service.save_from_form(session, attempt, {"payer": 2, "desk": [1, 2]}, LATER)
    assert values(session, attempt) == {"payer": 2, "desk": [1, 2]}
    service.save_from_form(session, attempt, {"payer": None}, LATER)
    assert values(session, attempt) == {"payer": None, "desk": [1, 2]}
    save(session, attempt, 3, 6)
    assert values(session, attempt) == {"payer": 3, "desk": [1, 2]}
    assert session.scalars(select(Response.saved_at).order_by(Response.id)).all() == [
        BEGINNING,
        LATER,
        LATER,
        LATER,
        BEGINNING,
    ]


def test_an_unchanged_form_saves_nothing(session: Session, attempt: AttemptRow) -> None:
    service.save_from_form(session, attempt, {}, LATER)
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_after_submitting_nothing_is_saved(
    session: Session, shelf: Catalogue, attempt: AttemptRow
) -> None:
    assert submit(session, attempt, shelf)
    with pytest.raises(AttemptClosed):
        save(session, attempt, 2, 1)
    with pytest.raises(AttemptClosed):
        service.save_from_form(session, attempt, {"payer": 2}, LATER)
    assert session.scalar(select(func.count()).select_from(Response)) == 0


# Submitting


def test_a_submitted_attempt_is_graded_once(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    give_answers(session, attempt)
    assert submit(session, attempt, shelf)
    assert not submit(session, attempt, shelf)
    (summary,) = all_attempts(session, enrolment)
    assert summary == AttemptSummary(
        id=attempt.id,
        module_id=attempt.module_id,
        number=1,
        started_at=BEGINNING,
        closes_at=None,
        submitted_at=LATER,
        timed_out=False,
        score=Fraction(5),
        maximum=Fraction(5),
        passed=True,
    )
    grade = session.scalars(select(Grade)).one()
    assert (grade.number, grade.graded_at) == (1, LATER)
    marks = session.scalars(select(Mark)).all()
    assert {(mark.question_id, mark.question_digest) for mark in marks} == {
        (item.question_id, item.digest) for item in attempt.paper.items
    }
    assert all(mark.score == mark.maximum == 1 for mark in marks)
    earned = session.scalars(select(ModulePass)).one()
    assert (earned.user_id, earned.score, earned.passed_at) == (enrolment.user_id, 1, LATER)
    assert earned.module_revision_id == attempt.module_revision_id


@pytest.mark.parametrize(
    ("changes", "score", "passed"),
    [
        ({}, Fraction(5), True),
        ({"payer": ["1"]}, Fraction(4), True),
        # Half of the points for one of two right ticks: three and a half is below the mark.
        ({"payer": ["1"], "desk": ["1"]}, Fraction(7, 2), False),
        ({"payer": [], "desk": []}, Fraction(3), False),
    ],
)
def test_the_pass_mark_is_met_or_not(
    session: Session,
    shelf: Catalogue,
    enrolment: EnrolmentRow,
    changes: Mapping[str, list[str]],
    score: Fraction,
    *,
    passed: bool,
) -> None:
    attempt = take_quiz(session, enrolment, shelf, answers={**RIGHT, **changes})
    (summary,) = all_attempts(session, enrolment)
    assert (summary.score, summary.maximum, summary.passed) == (score, Fraction(5), passed)
    assert sum(scores_of(session, attempt.id).values()) == score
    assert session.scalars(select(ModulePass.score)).all() == ([score / 5] if passed else [])


def test_an_empty_attempt_scores_nothing(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    assert submit(session, attempt, shelf)
    (summary,) = all_attempts(session, enrolment)
    assert (summary.score, summary.maximum, summary.passed) == (0, 5, False)
    assert set(scores_of(session, attempt.id).values()) == {Fraction(0)}


def test_only_the_latest_answers_are_graded(
    session: Session, shelf: Catalogue, attempt: AttemptRow
) -> None:
    give_answers(session, attempt)
    give_answers(session, attempt, WRONG)
    save(session, attempt, 2, 1)
    submit(session, attempt, shelf)
    marks = scores_of(session, attempt.id)
    assert {question_id for question_id, score in marks.items() if score} == {"payer"}


def test_the_grade_in_force_is_the_latest(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    attempt = take_quiz(session, enrolment, shelf, answers=WRONG)
    regrade = Grade(
        attempt_id=attempt.id,
        number=2,
        score=Fraction(9, 2),
        maximum=Fraction(5),
        passed=True,
        graded_at=LATER,
    )
    session.add(regrade)
    session.flush()
    session.add(
        Mark(
            grade_id=regrade.id,
            question_id="payer",
            question_digest="d",
            score=Fraction(1, 3),
            maximum=Fraction(1),
        )
    )
    session.flush()
    (summary,) = all_attempts(session, enrolment)
    assert (summary.score, summary.passed) == (Fraction(9, 2), True)
    assert scores_of(session, attempt.id) == {"payer": Fraction(1, 3)}
