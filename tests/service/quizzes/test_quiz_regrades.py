"""Regrades on both databases: planned, applied once, never taking away, undone by another."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certificates.models import Certificate
from lms.certificates.service import issued_with
from lms.courses.catalogue import Catalogue
from lms.courses.models import CourseCompletion, ModulePass
from lms.courses.service import EnrolmentRow
from lms.foundation.audit import AuditEntry
from lms.foundation.database import Database
from lms.quizzes import attempts, regrades
from lms.quizzes.attempts import AttemptRow
from lms.quizzes.models import Grade, Mark, Regrade
from lms.quizzes.regrade_plan import Plan, Scope, plan
from lms.quizzes.regrades import PlanOutdated
from lms.quizzes.regrading import Policy
from lms.quizzes.shelf import QuizShelf
from tests.factories import (
    BEGINNING,
    enrol,
    finish_lessons,
    make_user,
    publish_sample,
    start_attempt,
    take_quiz,
)
from tests.sample_content import QUIZ, QUIZ_FILE, RIGHT, quiz_with
from tests.service.quizzes.attempts import scores_of
from tests.threads import at_once

HOUR = timedelta(hours=1)
LATER = BEGINNING + 24 * HOUR
# By the old key three of five are right, by the new one four: enough to pass.
ANSWERS = dict(RIGHT) | {"payer": ["1"], "password": ["1"]}
# The whole chart, which is the first option, becomes the right one.
MENDED_QUIZ = QUIZ.replace("- [ ] The whole chart", "- [x] The whole chart").replace(
    "- [x] The part that", "- [ ] The part that"
)
MENDED = {QUIZ_FILE: MENDED_QUIZ}


def mended(session: Session) -> Catalogue:
    return publish_sample(session, MENDED, now=BEGINNING + 12 * HOUR)


def scope_of(shelf: Catalogue, policy: Policy = Policy.NEW_KEY, *questions: str) -> Scope:
    module = shelf.modules["privacy"]
    return Scope(
        module_id=module.id,
        revision_id=module.revision_id,
        question_ids=questions or ("payer",),
        policy=policy,
    )


def planned(session: Session, scope: Scope) -> Plan:
    return plan(session, scope, QuizShelf())


def changed(session: Session, shelf: Catalogue) -> dict[str, int]:
    """What `changed_questions` finds against the quiz now in force."""
    quizzes, module = QuizShelf(), shelf.modules["privacy"]
    quiz = quizzes.get(session, module.revision_id)
    return regrades.changed_questions(session, module.id, quiz, quizzes)


def applied(session: Session, shelf: Catalogue, scope: Scope, digest: str | None = None) -> Plan:
    return regrades.apply(
        session,
        scope,
        digest=digest or planned(session, scope).digest,
        reason="The key was wrong",
        by_id=None,
        by_name="Ivy Stone",
        quizzes=QuizShelf(),
        shelf=shelf,
        now=LATER,
    )


def grade_of(session: Session, attempt: AttemptRow) -> tuple[Fraction, bool]:
    (found,) = [
        one for one in attempts.attempts_of(session, attempt.user_id) if one.id == attempt.id
    ]
    assert found.grade is not None
    return found.grade.share, found.grade.passed


@pytest.fixture
def failed(session: Session, shelf: Catalogue, enrolment: EnrolmentRow) -> AttemptRow:
    """An attempt that the old key fails, by somebody for whom only the quiz is left to do."""
    finish_lessons(session, enrolment, shelf)
    return take_quiz(session, enrolment, shelf, answers=ANSWERS, now=BEGINNING + HOUR)


def test_a_plan_changes_nothing(session: Session, failed: AttemptRow) -> None:
    shelf = mended(session)
    made = planned(session, scope_of(shelf))
    (one,) = made.attempts
    assert (one.learner, one.number, one.submitted_at) == ("Ada Okafor", 1, BEGINNING + HOUR)
    assert (one.before.share, one.before.passed) == (Fraction(3, 5), False)
    assert (one.grade_after.share, one.grade_after.passed) == (Fraction(4, 5), True)
    (outcome,) = made.outcomes
    assert outcome.gains_pass
    assert not outcome.loses_pass
    assert grade_of(session, failed) == (Fraction(3, 5), False)
    assert session.scalar(select(func.count()).select_from(Regrade)) == 0


def test_who_gains_the_pass_completes_the_course(session: Session, failed: AttemptRow) -> None:
    shelf = mended(session)
    applied(session, shelf, scope_of(shelf))
    assert grade_of(session, failed) == (Fraction(4, 5), True)
    passed = session.scalars(select(ModulePass)).one()
    # They passed when they gave the right answers, on the revision they took.
    assert (passed.passed_at, passed.score) == (BEGINNING + HOUR, Fraction(4, 5))
    assert passed.module_revision_id == failed.module_revision_id
    completion = session.scalars(select(CourseCompletion)).one()
    assert (completion.completed_at, completion.score) == (BEGINNING + HOUR, Fraction(4, 5))
    assert session.scalars(select(Certificate)).one().issued_at == BEGINNING + HOUR


def test_a_course_is_completed_with_what_was_done_last(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    finish_lessons(session, enrolment, shelf, modules=["privacy"])
    take_quiz(session, enrolment, shelf, answers=ANSWERS, now=BEGINNING + HOUR)
    finish_lessons(session, enrolment, shelf, modules=["handover"], now=BEGINNING + 3 * HOUR)
    refresher = enrol(
        session, enrolment.user_id, shelf.courses["refresher"], now=BEGINNING + 5 * HOUR
    )
    new_shelf = mended(session)
    applied(session, new_shelf, scope_of(new_shelf))
    found = session.execute(
        select(CourseCompletion.enrolment_id, CourseCompletion.completed_at)
    ).all()
    # The shorter course lets earlier work count: it is not completed before it was begun.
    assert {row[0]: row[1] for row in found} == {
        enrolment.id: BEGINNING + 3 * HOUR,
        refresher.id: BEGINNING + 5 * HOUR,
    }


def test_what_was_completed_already_stays_of_its_day(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, failed: AttemptRow
) -> None:
    again = BEGINNING + 2 * HOUR
    take_quiz(session, enrolment, shelf, now=again)
    new_shelf = mended(session)
    applied(session, new_shelf, scope_of(new_shelf))
    assert grade_of(session, failed)[1]
    assert session.scalars(select(CourseCompletion)).one().completed_at == again
    assert session.scalars(select(Certificate)).one().issued_at == again


def test_grades_are_appended_and_say_why(session: Session, failed: AttemptRow) -> None:
    shelf = mended(session)
    applied(session, shelf, scope_of(shelf))
    first, second = session.scalars(select(Grade).order_by(Grade.number)).all()
    assert (first.score, first.passed, first.regrade_id) == (3, False, None)
    assert (second.number, second.score, second.graded_at) == (2, 4, LATER)
    (decision,) = session.scalars(select(Regrade)).all()
    assert second.regrade_id == decision.id
    (row,) = regrades.list_for(session, failed.module_id)
    assert (row.policy, row.question_ids, row.reason, row.decided_by, row.grades) == (
        Policy.NEW_KEY,
        ("payer",),
        "The key was wrong",
        "Ivy Stone",
        1,
    )
    digests = {
        (mark.grade_id, mark.question_id): mark.question_digest
        for mark in session.scalars(select(Mark))
    }
    assert digests == {
        (grade.id, item.question_id): item.digest
        for grade in (first, second)
        for item in failed.paper.items
    }
    shown = attempts.grade_of(session, failed.id)
    assert (shown.regrade_reason, shown.regraded_at) == ("The key was wrong", LATER)


def test_a_pass_and_a_certificate_are_never_taken_away(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow
) -> None:
    finish_lessons(session, enrolment, shelf)
    answers = dict(RIGHT) | {"password": ["1"]}
    attempt = take_quiz(session, enrolment, shelf, answers=answers)
    after = mended(session)
    made = applied(session, after, scope_of(after))
    (outcome,) = made.outcomes
    assert outcome.loses_pass
    assert grade_of(session, attempt) == (Fraction(3, 5), False)
    assert session.scalars(select(ModulePass)).one().score == Fraction(4, 5)
    (certificate,) = issued_with(session, {attempt.user_id}, "privacy")
    assert certificate.score == Fraction(4, 5)
    assert issued_with(session, {attempt.user_id}, "none") == []
    assert issued_with(session, set(), "privacy") == []


def test_another_regrade_undoes_it(session: Session, failed: AttemptRow) -> None:
    shelf = mended(session)
    applied(session, shelf, scope_of(shelf, Policy.FULL_CREDIT, "payer", "password"))
    assert grade_of(session, failed) == (1, True)
    applied(session, shelf, scope_of(shelf, Policy.ORIGINAL_KEY, "password"))
    assert grade_of(session, failed) == (Fraction(4, 5), True)
    applied(session, shelf, scope_of(shelf, Policy.ORIGINAL_KEY))
    assert grade_of(session, failed) == (Fraction(3, 5), False)
    assert scores_of(session, failed.id)["payer"] == 0
    assert session.scalar(select(func.count()).select_from(Grade)) == 4


def test_only_attempts_that_change_get_a_grade(
    session: Session, shelf: Catalogue, failed: AttemptRow
) -> None:
    # The same under both keys, because nothing was answered.
    other = enrol(session, make_user(session, name="Bo Reed").id, shelf.courses["onboarding"])
    take_quiz(session, other, shelf, answers={})
    unsubmitted = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    start_attempt(session, unsubmitted, shelf)
    after = mended(session)
    made = applied(session, after, scope_of(after))
    assert [(one.learner, one.changes) for one in made.attempts] == [
        ("Ada Okafor", True),
        ("Bo Reed", False),
    ]
    assert session.scalar(select(func.count()).select_from(Grade)) == 3
    # A second time there is nothing left to change.
    assert planned(session, scope_of(after)).changed == ()


def test_a_question_that_was_not_drawn_changes_nothing(
    session: Session, failed: AttemptRow
) -> None:
    drawn = {item.question_id for item in failed.paper.items}
    (other,) = {"days", "hours"} - drawn
    assert planned(session, scope_of(mended(session), Policy.FULL_CREDIT, other)).attempts == ()


def test_the_grade_of_record_decides_who_gains(session: Session) -> None:
    shelf = publish_sample(session, quiz_with("attempts: 3", "attempts: 3\nrecord: last"))
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    take_quiz(session, row, shelf, answers=ANSWERS, now=BEGINNING)
    take_quiz(session, row, shelf, answers={}, now=BEGINNING + HOUR)
    text = MENDED_QUIZ.replace("attempts: 3", "attempts: 3\nrecord: last")
    after = publish_sample(session, {QUIZ_FILE: text})
    made = applied(session, after, scope_of(after))
    (outcome,) = made.outcomes
    assert not outcome.gains_pass
    assert session.scalars(select(ModulePass)).all() == []


def test_which_questions_were_worded_differently(session: Session, failed: AttemptRow) -> None:
    shelf = mended(session)
    assert changed(session, shelf) == {"payer": 1}
    # One that the new revision no longer has cannot be compared, but can be given in full.
    gone = publish_sample(session, quiz_with("`id: payer`", "`id: payer-now`"))
    assert changed(session, gone) == {"payer": 1}
    (one,) = planned(session, scope_of(gone)).attempts
    assert (one.changes, one.after.not_compared) == (False, ("payer",))
    assert planned(session, scope_of(gone, Policy.FULL_CREDIT)).attempts[0].changes


def test_a_plan_that_is_out_of_date_is_not_applied(
    session: Session, shelf: Catalogue, failed: AttemptRow
) -> None:
    after = mended(session)
    old = planned(session, scope_of(after)).digest
    other = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    take_quiz(session, other, shelf, answers={})
    with pytest.raises(PlanOutdated):
        applied(session, after, scope_of(after), old)
    assert session.scalar(select(func.count()).select_from(Regrade)) == 0


def test_of_many_at_once_one_is_applied(database: Database) -> None:
    with database.transaction() as session:
        shelf = publish_sample(session)
        row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
        finish_lessons(session, row, shelf)
        take_quiz(session, row, shelf, answers=ANSWERS)
    with database.transaction() as session:
        after = mended(session)
        digest = planned(session, scope_of(after)).digest

    def attempt_it() -> bool:
        try:
            with database.transaction() as session:
                applied(session, after, scope_of(after), digest)
        except PlanOutdated:
            return False
        return True

    assert sum(at_once([attempt_it] * 8)) == 1
    with database.reading_session() as session:
        for table, count in ((Grade, 2), (Regrade, 1), (ModulePass, 1), (Certificate, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == count


def test_a_regrade_is_in_the_audit_trail(session: Session, failed: AttemptRow) -> None:
    shelf = mended(session)
    applied(session, shelf, scope_of(shelf))
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_name, entry.subject_name) == (
        "quiz.regraded",
        "Ivy Stone",
        "privacy",
    )
    assert entry.details == {
        "policy": "new-key",
        "questions": ["payer"],
        "attempts": 1,
        "reason": "The key was wrong",
    }
