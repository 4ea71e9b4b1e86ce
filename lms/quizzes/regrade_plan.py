"""What a regrade would do, found out without changing anything."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import User
from lms.courses.models import Enrolment
from lms.foundation.database import batches

from .attempts import grade_in_force
from .draw import Paper
from .grading import QuestionMark
from .grading import Response as Answer
from .model import Quiz
from .models import Attempt, Grade, Mark, Response
from .regrading import Policy, Regraded, regrade
from .shelf import QuizShelf
from .terms import GradeOfAttempt, grade_of_record, pass_earned


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a regrade is about: a module's quiz, some of its questions, whose key counts.

    `revision_id` is the module's revision whose key is the new one.
    """

    module_id: int
    revision_id: int
    question_ids: tuple[str, ...]
    policy: Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAttempt:
    """An attempt that was put one of the questions, with its grade in force and the one it would have."""

    attempt_id: int
    user_id: int
    learner: str
    number: int
    submitted_at: datetime
    counts_from: datetime
    grade_number: int
    before: GradeOfAttempt
    marks: Mapping[str, QuestionMark]
    # The wording of each question that was answered.
    digests: Mapping[str, str]
    after: Regraded

    @property
    def changes(self) -> bool:
        """Whether it would have another grade."""
        return self.after.marks != self.marks or self.after.passed != self.before.passed

    @property
    def grade_after(self) -> GradeOfAttempt:
        """What it would be worth."""
        share = self.after.score / self.after.maximum if self.after.maximum else self.before.share
        return GradeOfAttempt(share, self.after.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerOutcome:
    """What a regrade does to the grade of record of one learner, in one period of counting."""

    user_id: int
    counts_from: datetime
    before: GradeOfAttempt | None
    after: GradeOfAttempt | None
    # When the first attempt that passes was submitted, and on which revision; None where none does.
    passing: tuple[datetime, int] | None

    @property
    def gains_pass(self) -> bool:
        return bool(self.after and self.after.passed) and not (self.before and self.before.passed)

    @property
    def loses_pass(self) -> bool:
        """Whether it would not pass any more. The pass that was earned stays all the same."""
        return bool(self.before and self.before.passed) and not (self.after and self.after.passed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a regrade would do, attempt by attempt, and to whom."""

    scope: Scope
    attempts: tuple[PlannedAttempt, ...]
    outcomes: tuple[LearnerOutcome, ...]

    @property
    def changed(self) -> tuple[PlannedAttempt, ...]:
        """The attempts that would have another grade."""
        return tuple(one for one in self.attempts if one.changes)

    @property
    def digest(self) -> str:
        """Tells this plan from any other: whoever applies one says which they looked at."""
        lines = [
            f"{one.attempt_id} {one.grade_number} {one.after.score} {one.after.maximum}"
            for one in self.attempts
        ]
        return sha256("\n".join([repr(self.scope), *lines]).encode()).hexdigest()


def plan(session: Session, scope: Scope, quizzes: QuizShelf) -> Plan:
    """What a regrade would do; nothing is changed. The number of queries grows by the thousand attempts."""
    mended = quizzes.get(session, scope.revision_id)
    found = _graded_attempts(session, scope.module_id)
    wanted = set(scope.question_ids)
    papers = [(row, Paper.from_json(row.paper)) for row in found]
    drawn = [
        (row, paper) for row, paper in papers if wanted & {item.question_id for item in paper.items}
    ]
    answers = _answers(session, [row.id for row, _paper in drawn])
    marks = _marks(session, [row.grade_id for row, _paper in drawn])
    planned = [
        _planned(
            row,
            paper,
            marks[row.grade_id],
            regrade(
                quiz=quizzes.get(session, row.module_revision_id),
                mended=mended,
                paper=paper,
                responses=answers[row.id],
                marks=marks[row.grade_id],
                question_ids=wanted,
                policy=scope.policy,
            ),
        )
        for row, paper in drawn
    ]
    outcomes = _outcomes(found, planned, mended)
    return Plan(scope=scope, attempts=tuple(planned), outcomes=tuple(outcomes))


def _graded_attempts(session: Session, module_id: int) -> Sequence[Any]:
    """Every submitted attempt at the quiz with its grade in force, oldest first."""
    return session.execute(
        select(
            Attempt.id,
            Attempt.user_id,
            User.name,
            Attempt.number,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.module_revision_id,
            Attempt.paper,
            Enrolment.counts_from,
            Grade.id.label("grade_id"),
            Grade.number.label("grade_number"),
            Grade.score,
            Grade.maximum,
            Grade.passed,
        )
        .join(User, User.id == Attempt.user_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Grade, Grade.attempt_id == Attempt.id)
        .where(
            Attempt.module_id == module_id,
            Grade.number == grade_in_force(Attempt.id).correlate(Attempt),
        )
        .order_by(Attempt.id)
    ).all()


def _answers(session: Session, attempt_ids: Sequence[int]) -> dict[int, dict[str, Answer]]:
    """The latest answers of several attempts, by attempt and question."""
    found: dict[int, dict[str, Answer]] = defaultdict(dict)
    for chunk in batches(attempt_ids):
        rows = session.execute(
            select(Response.attempt_id, Response.question_id, Response.value)
            .where(Response.attempt_id.in_(chunk))
            .order_by(Response.id)
        )
        for attempt_id, question_id, value in rows:
            found[attempt_id][question_id] = value
    return found


def _marks(session: Session, grade_ids: Sequence[int]) -> dict[int, dict[str, QuestionMark]]:
    """The marks of several grades, by grade and question."""
    found: dict[int, dict[str, QuestionMark]] = defaultdict(dict)
    for chunk in batches(grade_ids):
        rows = session.execute(
            select(Mark.grade_id, Mark.question_id, Mark.score, Mark.maximum).where(
                Mark.grade_id.in_(chunk)
            )
        )
        for grade_id, question_id, score, maximum in rows:
            found[grade_id][question_id] = QuestionMark(score, maximum)
    return found


def _grade(row: Any) -> GradeOfAttempt:
    share = row.score / row.maximum if row.maximum else Fraction(1)
    return GradeOfAttempt(share, row.passed)


def _planned(
    row: Any, paper: Paper, marks: Mapping[str, QuestionMark], after: Regraded
) -> PlannedAttempt:
    return PlannedAttempt(
        attempt_id=row.id,
        user_id=row.user_id,
        learner=row.name,
        number=row.number,
        submitted_at=row.submitted_at,
        counts_from=row.counts_from,
        grade_number=row.grade_number,
        before=_grade(row),
        marks=marks,
        digests={item.question_id: item.digest for item in paper.items},
        after=after,
    )


def _outcomes(
    found: Sequence[Any], planned: Sequence[PlannedAttempt], mended: Quiz
) -> list[LearnerOutcome]:
    """What changes for each learner: an attempt counts with all those since the same moment."""
    changed = {one.attempt_id: one for one in planned if one.changes}
    of_learner: dict[int, list[Any]] = defaultdict(list)
    for row in found:
        of_learner[row.user_id].append(row)
    periods = dict.fromkeys((one.user_id, one.counts_from) for one in changed.values())
    outcomes: list[LearnerOutcome] = []
    for user_id, counts_from in periods:
        rows = [row for row in of_learner[user_id] if row.started_at >= counts_from]
        before = [_grade(row) for row in rows]
        after = [changed[row.id].grade_after if row.id in changed else _grade(row) for row in rows]
        outcomes.append(
            LearnerOutcome(
                user_id=user_id,
                counts_from=counts_from,
                before=grade_of_record(mended.settings.record, before, mended.settings.pass_mark),
                after=grade_of_record(mended.settings.record, after, mended.settings.pass_mark),
                passing=_first_pass(rows, after, mended),
            )
        )
    return outcomes


def _first_pass(
    rows: Sequence[Any], grades: Sequence[GradeOfAttempt], mended: Quiz
) -> tuple[datetime, int] | None:
    """When the first attempt that earns a pass was submitted, and its module's revision."""
    for end, row in enumerate(rows, start=1):
        earned = pass_earned(mended.settings.record, grades[:end], mended.settings.pass_mark)
        if earned is not None:
            return row.submitted_at, row.module_revision_id
    return None
