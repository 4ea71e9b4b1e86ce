"""Attempts as pages and rules need them: read in statements that were built once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.courses.models import Course, Enrolment, Module
from lms.foundation.database import fetch, part_of_union

from .accommodations import sum_of
from .draw import Paper
from .grading import QuestionMark
from .grading import Response as Answer
from .models import Accommodation, Attempt, Grade, Mark, Regrade, Response
from .terms import Allowance, GradeOfAttempt, is_over


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
class Granted:
    """An accommodation in force: percent of the time limit, attempts, and when they were granted."""

    extra_time: int
    extra_attempts: int
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class QuizHistory:
    """What one person did at one quiz, oldest first, and what they are granted there."""

    attempts: tuple[AttemptSummary, ...]
    grants: tuple[Granted, ...]

    def since(self, moment: datetime) -> list[AttemptSummary]:
        """The attempts that count where work counts since a moment."""
        return [one for one in self.attempts if one.started_at >= moment]

    def allowance(self, since: datetime) -> Allowance:
        """What the grants come to where work counts since a moment."""
        return sum_of(self.grants, since)

    @property
    def open_attempt(self) -> AttemptSummary | None:
        """The attempt that is not yet submitted; there is one at most."""
        return next((one for one in self.attempts if one.submitted_at is None), None)


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


_SUMMARY = {
    "id": Attempt.id,
    "module_id": Attempt.module_id,
    "number": Attempt.number,
    "started_at": Attempt.started_at,
    "closes_at": Attempt.closes_at,
    "submitted_at": Attempt.submitted_at,
    "timed_out": Attempt.timed_out,
    "score": Grade.score,
    "maximum": Grade.maximum,
    "passed": Grade.passed,
}
_GRANT = {
    "extra_time": Accommodation.extra_time,
    "extra_attempts": Accommodation.extra_attempts,
    "granted_at": Accommodation.granted_at,
}
_COLUMNS = {name: column.type for name, column in (_SUMMARY | _GRANT).items()}


def _with_grade(attempts: Any) -> Any:
    """A person's attempts, each with its grade in force."""
    return attempts.outerjoin_from(
        Attempt,
        Grade,
        (Grade.attempt_id == Attempt.id)
        & (Grade.number == grade_in_force(Attempt.id).correlate(Attempt)),
    ).where(Attempt.user_id == bindparam("user_id"))


_SUMMARIES = _with_grade(select(*_SUMMARY.values())).order_by(Attempt.number)
_HISTORY = union_all(
    _with_grade(part_of_union(_COLUMNS, "attempt", **_SUMMARY)).where(
        Attempt.module_id == bindparam("module_id")
    ),
    part_of_union(_COLUMNS, "grant", **_GRANT).where(
        Accommodation.user_id == bindparam("user_id"),
        Accommodation.withdrawn_at.is_(None),
        or_(Accommodation.module_id.is_(None), Accommodation.module_id == bindparam("module_id")),
    ),
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


def history_at(session: Session, user_id: int, module_id: int) -> QuizHistory:
    """What a person did at a module's quiz, and what they are granted there, in one query."""
    tried: list[AttemptSummary] = []
    grants: list[Granted] = []
    for kind, *values in fetch(session, _HISTORY, user_id=user_id, module_id=module_id):
        if kind == "attempt":
            tried.append(AttemptSummary(*values[: len(_SUMMARY)]))
        else:
            grants.append(Granted(*values[len(_SUMMARY) :]))
    return QuizHistory(tuple(sorted(tried, key=attrgetter("number"))), tuple(grants))


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
