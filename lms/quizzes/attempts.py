"""Attempts as pages and rules need them: read in statements that were built once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, Enrolment, Module
from lms.foundation.database import fetch

from .draw import Paper
from .grading import QuestionMark
from .grading import Response as Answer
from .models import Attempt, Grade, Mark, Regrade, Response
from .terms import GradeOfAttempt, is_over


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt with the course it was started in. `closes_at` is None where it has no time limit."""

    id: int
    user_id: int
    module_id: int
    module_revision_id: int
    number: int
    paper: Paper
    started_at: datetime
    closes_at: datetime | None
    submitted_at: datetime | None
    timed_out: bool
    counts_from: datetime
    course_slug: str
    module_slug: str

    def is_over(self, now: datetime) -> bool:
        """Whether nothing can be answered in it any more, be it submitted yet or not."""
        return self.submitted_at is not None or is_over(self.closes_at, now)


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """One line of a learner's attempts at a quiz. The grade's parts are None until it is submitted."""

    id: int
    module_id: int
    number: int
    started_at: datetime
    closes_at: datetime | None
    submitted_at: datetime | None
    timed_out: bool
    score: Fraction | None
    maximum: Fraction | None
    passed: bool | None

    @property
    def grade(self) -> GradeOfAttempt | None:
        """What it was worth; None until it is submitted."""
        if self.score is None or self.maximum is None or self.passed is None:
            return None
        share = self.score / self.maximum if self.maximum else Fraction(1)
        return GradeOfAttempt(share, self.passed)


@dataclass(frozen=True, slots=True)
class GradeInForce:
    """The marks of an attempt by question id and, where it was graded again, why and when."""

    marks: Mapping[str, QuestionMark]
    regrade_reason: str | None
    regraded_at: datetime | None


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """The latest answer to a question; `row_id` grows with every save."""

    row_id: int
    value: Answer


_each = aliased(Grade)


def grade_in_force(attempt_id: Any) -> Any:
    """The number of an attempt's grade in force, for a query: a regrade gives it another."""
    return select(func.max(_each.number)).where(_each.attempt_id == attempt_id).scalar_subquery()


_SUMMARIES = (
    select(
        Attempt.id,
        Attempt.module_id,
        Attempt.number,
        Attempt.started_at,
        Attempt.closes_at,
        Attempt.submitted_at,
        Attempt.timed_out,
        Grade.score,
        Grade.maximum,
        Grade.passed,
    )
    .outerjoin(
        Grade,
        (Grade.attempt_id == Attempt.id)
        & (Grade.number == grade_in_force(Attempt.id).correlate(Attempt)),
    )
    .where(Attempt.user_id == bindparam("user_id"))
    .order_by(Attempt.number)
)
_AT_QUIZ = _SUMMARIES.where(
    Attempt.module_id == bindparam("module_id"), Attempt.started_at >= bindparam("since")
)
_ATTEMPT = (
    select(
        Attempt.id,
        Attempt.user_id,
        Attempt.module_id,
        Attempt.module_revision_id,
        Attempt.number,
        Attempt.paper,
        Attempt.started_at,
        Attempt.closes_at,
        Attempt.submitted_at,
        Attempt.timed_out,
        Enrolment.counts_from,
        Course.slug.label("course_slug"),
        Module.slug.label("module_slug"),
    )
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .join(Course, Course.id == Enrolment.course_id)
    .join(Module, Module.id == Attempt.module_id)
    .where(Attempt.id == bindparam("attempt_id"), Attempt.user_id == bindparam("user_id"))
)
_ANSWERS = (
    select(Response.question_id, Response.id, Response.value)
    .where(Response.attempt_id == bindparam("attempt_id"))
    .order_by(Response.id)
)
_MARKS = (
    select(Mark.question_id, Mark.score, Mark.maximum, Regrade.reason, Regrade.decided_at)
    .join(Grade, Grade.id == Mark.grade_id)
    .outerjoin(Regrade, Regrade.id == Grade.regrade_id)
    .where(
        Grade.attempt_id == bindparam("attempt_id"),
        Grade.number == grade_in_force(bindparam("attempt_id")),
    )
)


def attempts_at(
    session: Session, user_id: int, module_id: int, since: datetime
) -> list[AttemptSummary]:
    """A person's attempts at a module's quiz since a moment, oldest first, with the grade in force."""
    rows = fetch(session, _AT_QUIZ, user_id=user_id, module_id=module_id, since=since)
    return [AttemptSummary(*row) for row in rows]


def attempts_of(session: Session, user_id: int) -> list[AttemptSummary]:
    """A person's attempts at every quiz, those at one quiz oldest first, with the grade in force."""
    return [AttemptSummary(*row) for row in fetch(session, _SUMMARIES, user_id=user_id)]


def find_attempt(session: Session, attempt_id: int, user_id: int) -> AttemptRow | None:
    """A person's own attempt; None for anyone else's."""
    rows = fetch(session, _ATTEMPT, attempt_id=attempt_id, user_id=user_id)
    if not rows:
        return None
    values = dict(rows[0]._mapping)
    values["paper"] = Paper.from_json(values["paper"])
    return AttemptRow(**values)


def open_attempt(session: Session, user_id: int, module_id: int) -> int | None:
    """The id of the attempt that a person has not yet submitted; there is one at most."""
    return session.scalar(
        select(Attempt.id).where(
            Attempt.user_id == user_id,
            Attempt.module_id == module_id,
            Attempt.submitted_at.is_(None),
        )
    )


def answers_of(session: Session, attempt_id: int) -> dict[str, SavedAnswer]:
    """The latest answer to each question of an attempt, by question id."""
    rows = fetch(session, _ANSWERS, attempt_id=attempt_id)
    return {question_id: SavedAnswer(row_id, value) for question_id, row_id, value in rows}


def grade_of(session: Session, attempt_id: int) -> GradeInForce:
    """What a submitted attempt is worth now, question by question."""
    rows = fetch(session, _MARKS, attempt_id=attempt_id)
    return GradeInForce(
        {row.question_id: QuestionMark(row.score, row.maximum) for row in rows},
        rows[0].reason if rows else None,
        rows[0].decided_at if rows else None,
    )


def times_seen(session: Session, user_id: int, module_id: int) -> Counter[str]:
    """How often a person was put each question of a quiz, in whatever attempt, by question id."""
    papers: Sequence[list[dict[str, Any]]] = session.scalars(
        select(Attempt.paper).where(Attempt.user_id == user_id, Attempt.module_id == module_id)
    ).all()
    return Counter(item["question_id"] for paper in papers for item in paper)
