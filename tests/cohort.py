"""Many learners with submitted attempts, inserted in bulk: what statistics are made of."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.courses.catalogue import Course, Module
from lms.courses.models import Enrolment
from lms.quizzes.draw import Paper, draw_paper
from lms.quizzes.grading import Response as Answer
from lms.quizzes.grading import grade_paper
from lms.quizzes.model import ChoiceQuestion, Question, Quiz
from lms.quizzes.models import Attempt, Grade, Mark, Response

from .factories import BEGINNING

# Rows held in memory at a time.
BATCH = 500
# What each question of a paper takes on its open page; the n-th one `n` seconds more.
SECONDS_A_QUESTION = 20


def add_cohort(
    session: Session,
    course: Course,
    module: Module,
    quiz: Quiz,
    sheets: Sequence[Mapping[str, Answer]],
    *,
    from_page: bool = True,
    now: datetime = BEGINNING,
) -> None:
    """A learner for each sheet of answers, who started at `now` and answered question by question.

    Only the questions that the paper drew count, graded as the product grades them. The saves come
    from an open page, or all at once from a plain form.
    """
    for begin in range(0, len(sheets), BATCH):
        batch = sheets[begin : begin + BATCH]
        attempts = _attempts(session, course, module, quiz, begin, len(batch), now)
        page = "c0ffee" if from_page else None
        rows = [
            _response(attempt_id, question_id, sheet[question_id], place, page, now)
            for (attempt_id, paper), sheet in zip(attempts, batch, strict=True)
            for place, question_id in enumerate((i.question_id for i in paper.items), 1)
            if question_id in sheet
        ]
        if rows:
            _fill(session, Response, rows)
        _grade(session, quiz, attempts, batch, now)


def _attempts(
    session: Session,
    course: Course,
    module: Module,
    quiz: Quiz,
    first: int,
    count: int,
    now: datetime,
) -> list[tuple[int, Paper]]:
    """New people, each with a submitted attempt: its id and its paper."""
    number = session.scalar(sa.select(sa.func.count()).select_from(User)) or 0
    users = _insert(
        session,
        User,
        [
            {"name": "Ada Okafor", "email": f"c{number + n}@example.org", "created_at": now}
            for n in range(count)
        ],
    )
    enrolments = _insert(
        session,
        Enrolment,
        [
            {"user_id": user, "course_id": course.id, "enrolled_at": now, "counts_from": now}
            for user in users
        ],
    )
    papers = [draw_paper(quiz, first + n) for n in range(count)]
    attempts = _insert(
        session,
        Attempt,
        [
            {
                "user_id": user,
                "module_id": module.id,
                "module_revision_id": module.revision_id,
                "enrolment_id": enrolment,
                "number": 1,
                "seed": first + n,
                "paper": paper.to_json(),
                "started_at": now,
                "submitted_at": now + timedelta(hours=1),
            }
            for n, (user, enrolment, paper) in enumerate(
                zip(users, enrolments, papers, strict=True)
            )
        ],
    )
    return list(zip(attempts, papers, strict=True))


def _response(
    attempt_id: int, question_id: str, value: Answer, place: int, page: str | None, now: datetime
) -> dict[str, Any]:
    """One save; the first question takes 21 seconds, the second 22, and so on."""
    passed = place * SECONDS_A_QUESTION + place * (place + 1) // 2
    return {
        "attempt_id": attempt_id,
        "question_id": question_id,
        "value": value,
        "page": page,
        "sequence": place if page else None,
        "saved_at": now + timedelta(seconds=passed),
    }


def _grade(
    session: Session,
    quiz: Quiz,
    attempts: Sequence[tuple[int, Paper]],
    sheets: Sequence[Mapping[str, Answer]],
    now: datetime,
) -> None:
    results = [
        grade_paper(quiz, [item.question_id for item in paper.items], sheet)
        for (_, paper), sheet in zip(attempts, sheets, strict=True)
    ]
    grades = _insert(
        session,
        Grade,
        [
            {
                "attempt_id": attempt_id,
                "number": 1,
                "score": result.score,
                "maximum": result.maximum,
                "passed": result.passed,
                "graded_at": now,
            }
            for (attempt_id, _), result in zip(attempts, results, strict=True)
        ],
    )
    _fill(
        session,
        Mark,
        [
            {
                "grade_id": grade_id,
                "question_id": mark.question_id,
                "question_digest": item.digest,
                "score": mark.score,
                "maximum": mark.maximum,
            }
            for grade_id, (_, paper), result in zip(grades, attempts, results, strict=True)
            for mark, item in zip(result.marks, paper.items, strict=True)
        ],
    )


def _fill(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    """Insert many rows whose ids nobody asks for; going round the unit of work saves half of the time."""
    session.connection().execute(sa.insert(table.__table__), rows)


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> list[int]:
    """The ids of new rows, in the order of the rows."""
    statement = sa.insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, rows))


def guesses(quiz: Quiz, count: int, *, seed: int = 1) -> Iterator[Mapping[str, Answer]]:
    """Answers of `count` learners, some stronger than others, to every question with options.

    The first questions are easy, the last are hard; now and then one is left blank.
    """
    chance = Random(seed)  # noqa: S311 - Made-up answers guard nothing.
    choices = [question for question in quiz.questions if isinstance(question, ChoiceQuestion)]
    for _ in range(count):
        strength = chance.random()
        yield {
            question.id: _guess(question, strength - place / len(choices) / 2, chance)
            for place, question in enumerate(choices)
            if chance.random() < 0.98
        }


def _guess(question: Question, ease: float, chance: Random) -> Answer:
    assert isinstance(question, ChoiceQuestion)
    right = [option.number for option in question.options if option.correct]
    if chance.random() < 0.35 + ease:
        return right if question.select_many else right[0]
    number = chance.choice(question.options).number
    return [number] if question.select_many else number
