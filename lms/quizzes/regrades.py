"""Regrades: apply a plan, list them. Grades are appended; nothing that was earned is taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.courses import service as courses
from lms.courses.catalogue import Catalogue
from lms.courses.models import Module
from lms.foundation import audit

from .model import Quiz
from .models import Attempt, Grade, Mark, Regrade
from .regrade_plan import Plan, Scope, plan
from .regrading import Policy
from .shelf import QuizShelf


class PlanOutdated(Exception):
    """Since the plan was made an attempt was submitted, or graded again: it has to be looked at anew."""


@dataclass(frozen=True, slots=True)
class RegradeRow:
    """A regrade that was applied. `grades` is how many attempts it gave another grade."""

    id: int
    policy: Policy
    question_ids: Sequence[str]
    reason: str
    decided_by: str
    decided_at: datetime
    grades: int


def apply(
    session: Session,
    scope: Scope,
    *,
    digest: str,
    reason: str,
    by_id: int | None,
    by_name: str,
    quizzes: QuizShelf,
    shelf: Catalogue,
    now: datetime,
) -> Plan:
    """Append the grades of the plan with this digest, and complete what they complete.

    Who passes by it has passed when the attempt was submitted: the answers were right then. Who would
    not pass any more keeps what was earned. Raises PlanOutdated.
    """
    made = plan(session, scope, quizzes)
    if made.digest != digest:
        raise PlanOutdated
    decision = Regrade(
        module_id=scope.module_id,
        module_revision_id=scope.revision_id,
        policy=scope.policy.value,
        question_ids=list(scope.question_ids),
        reason=reason,
        decided_by_id=by_id,
        decided_by_name=by_name,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    try:
        with session.begin_nested():
            _append_grades(session, made, decision.id, now)
    except IntegrityError as error:
        # Somebody else appended a grade to one of the attempts between our look and now.
        raise PlanOutdated from error
    _record_passes(session, made, shelf, now)
    act = audit.Act(
        "quiz.regraded",
        "module",
        scope.module_id,
        session.scalar(select(Module.slug).where(Module.id == scope.module_id)) or "",
        details={
            "policy": scope.policy.value,
            "questions": list(scope.question_ids),
            "attempts": len(made.changed),
            "reason": reason,
        },
    )
    audit.record(session, audit.Actor(by_name, by_id), act, now)
    return made


def list_for(session: Session, module_id: int) -> Sequence[RegradeRow]:
    """The regrades of a module's quiz, newest first."""
    grades = (
        select(func.count())
        .select_from(Grade)
        .where(Grade.regrade_id == Regrade.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Regrade, grades).where(Regrade.module_id == module_id).order_by(Regrade.id.desc())
    )
    return [
        RegradeRow(
            row.id,
            Policy(row.policy),
            tuple(row.question_ids),
            row.reason,
            row.decided_by_name,
            row.decided_at,
            count,
        )
        for row, count in rows
    ]


def changed_questions(
    session: Session, module_id: int, mended: Quiz, quizzes: QuizShelf
) -> dict[str, int]:
    """How many submitted attempts were put another wording of each question than `mended` has.

    By question id, in the order of `mended`; questions that it no longer has come last. The wordings
    are read from the revisions, because what makes a digest may change from one version to the next.
    """
    papers = session.execute(
        select(Attempt.module_revision_id, Attempt.paper).where(
            Attempt.module_id == module_id, Attempt.submitted_at.is_not(None)
        )
    )
    now = {question.id: question.digest for question in mended.questions}
    counts: dict[str, int] = dict.fromkeys(now, 0)
    for revision_id, paper in papers.all():
        taken = quizzes.get(session, revision_id).by_id
        for question_id in (item["question_id"] for item in paper):
            if now.get(question_id) != taken[question_id].digest:
                counts[question_id] = counts.get(question_id, 0) + 1
    return {question_id: count for question_id, count in counts.items() if count}


def _append_grades(session: Session, made: Plan, regrade_id: int, now: datetime) -> None:
    for one in made.changed:
        grade = Grade(
            attempt_id=one.attempt_id,
            number=one.grade_number + 1,
            score=one.after.score,
            maximum=one.after.maximum,
            passed=one.after.passed,
            graded_at=now,
            regrade_id=regrade_id,
        )
        session.add(grade)
        session.flush()
        session.add_all(
            Mark(
                grade_id=grade.id,
                question_id=question_id,
                question_digest=one.digests[question_id],
                score=mark.score,
                maximum=mark.maximum,
            )
            for question_id, mark in one.after.marks.items()
        )
    session.flush()


def _record_passes(session: Session, made: Plan, shelf: Catalogue, now: datetime) -> None:
    for one in made.outcomes:
        if one.after is None or not one.after.passed or one.after == one.before:
            continue
        assert one.passing is not None
        passed_at, revision_id = one.passing
        courses.record_pass(
            session,
            user_id=one.user_id,
            module_id=made.scope.module_id,
            module_revision_id=revision_id,
            score=one.after.share,
            replaces_earlier=True,
            passed_at=passed_at,
            shelf=shelf,
            now=now,
        )
