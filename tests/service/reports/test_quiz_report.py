"""Item statistics from the database: which attempts count, and the same figures as by another way."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from statistics import median

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue, Course, Module
from lms.quizzes import regrades
from lms.quizzes import service as quizzes
from lms.quizzes.attempts import AttemptRow
from lms.quizzes.grading import grade_paper
from lms.quizzes.model import Quiz
from lms.quizzes.models import Attempt, Grade, Mark, Response
from lms.quizzes.regrade_plan import Scope, plan
from lms.quizzes.regrading import Policy
from lms.quizzes.shelf import QuizShelf
from lms.quizzes.statistics import (
    ItemStatistics,
    Sitting,
    items_of,
    option_numbers,
    quiz_statistics,
)
from lms.reports.item_statistics import QuizReport, find_quiz
from lms.reports.report_shelf import KEPT, ReportShelf
from tests.cohort import add_cohort, guesses
from tests.factories import (
    BEGINNING,
    enrol,
    give_answers,
    make_user,
    publish_sample,
    quiz_of,
    start_attempt,
    take_quiz,
)
from tests.sample_content import LESSON, QUIZ, QUIZ_FILE, REFRESHER, RIGHT, WRONG, quiz_with


def course_and_module(shelf: Catalogue) -> tuple[Course, Module]:
    course = shelf.courses["onboarding"]
    module = course.module("privacy")
    assert module is not None
    return course, module


def quiz_in(session: Session, module: Module) -> Quiz:
    return QuizShelf().get(session, module.revision_id)


def report_of(session: Session, reports: ReportShelf | None = None) -> QuizReport:
    """The report of the privacy check, from a shelf of its own if none is given."""
    row = find_quiz(session, "privacy")
    assert row is not None
    quiz = QuizShelf().get(session, row.revision_id)
    return (reports or ReportShelf()).get(session, row, quiz)


def item_of(report: QuizReport, question_id: str) -> ItemStatistics:
    return next(item for item in report.statistics.items if item.id == question_id)


def new_attempt(
    session: Session, shelf: Catalogue, answers: Mapping[str, list[str]] = RIGHT
) -> tuple[AttemptRow, int]:
    """A new learner's submitted attempt, and its grade."""
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    attempt = take_quiz(session, row, shelf, answers=answers)
    grade_id = session.scalars(sa.select(Grade.id).where(Grade.attempt_id == attempt.id)).one()
    return attempt, grade_id


def regrade(session: Session, shelf: Catalogue) -> None:
    """Give everybody the points of the question about the payer."""
    module, quizzes = shelf.modules["privacy"], QuizShelf()
    scope = Scope(
        module_id=module.id,
        revision_id=module.revision_id,
        question_ids=("payer",),
        policy=Policy.FULL_CREDIT,
    )
    regrades.apply(
        session,
        scope,
        digest=plan(session, scope, quizzes).digest,
        reason="The key was wrong",
        by_id=None,
        by_name="Ivy Stone",
        quizzes=quizzes,
        shelf=shelf,
        now=BEGINNING,
    )


# Which attempts


def test_only_the_first_submitted_attempt_of_each_learner_counts(session: Session) -> None:
    shelf = publish_sample(session)
    for _ in range(2):
        row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
        take_quiz(session, row, shelf, answers=WRONG)
        take_quiz(session, row, shelf, answers=RIGHT)
    start_attempt(session, enrol(session, make_user(session).id, shelf.courses["yearly"]), shelf)
    report = report_of(session)
    assert (report.attempts, report.statistics.attempts) == (2, 2)
    assert report.statistics.totals == {0: 2}
    assert [option.count for option in item_of(report, "payer").options] == [2, 0, 0]


def test_the_grade_in_force_counts(session: Session) -> None:
    shelf = publish_sample(session)
    attempt, first_id = new_attempt(session, shelf)
    marks = session.scalars(sa.select(Mark).where(Mark.grade_id == first_id)).all()
    later = Grade(
        attempt_id=attempt.id,
        number=2,
        score=Fraction(5, 2),
        maximum=Fraction(5),
        passed=False,
        graded_at=BEGINNING,
    )
    session.add(later)
    session.flush()
    session.add_all(
        Mark(
            grade_id=later.id,
            question_id=mark.question_id,
            question_digest=mark.question_digest,
            score=mark.score / 2,
            maximum=mark.maximum,
        )
        for mark in marks
    )
    session.flush()
    assert report_of(session).statistics.totals == {Fraction(5, 2): 1}
    assert item_of(report_of(session), "desk").facility == 50


def test_the_answer_saved_last_counts(session: Session) -> None:
    shelf = publish_sample(session)
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    attempt = start_attempt(session, row, shelf)
    give_answers(session, attempt, WRONG)
    give_answers(session, attempt, RIGHT)
    quizzes.submit(session, attempt, quiz=quiz_of(session, attempt), shelf=shelf, now=BEGINNING)
    desk = item_of(report_of(session), "desk")
    assert [option.count for option in desk.options] == [1, 1, 0]
    assert desk.blank == 0


def test_nobody_has_been_there(session: Session) -> None:
    publish_sample(session)
    report = report_of(session)
    assert (report.attempts, report.statistics.attempts) == (0, 0)
    assert {item.attempts for item in report.statistics.items} == {0}


# Wordings


def test_another_wording_is_another_question(session: Session) -> None:
    shelf = publish_sample(session)
    new_attempt(session, shelf)
    shelf = publish_sample(session, quiz_with("What do you send to a payer?", "What to a payer?"))
    new_attempt(session, shelf)
    report = report_of(session)
    assert (report.attempts, report.statistics.attempts) == (2, 1)
    payer, desk = item_of(report, "payer"), item_of(report, "desk")
    assert (payer.attempts, payer.reworded) == (1, 1)
    assert (desk.attempts, desk.reworded) == (2, 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # A question more, a question less, and one more of a pool.
        ("## How long", "## New?\n`id: new`\n\n**Answer:** `a`\n\n## How long"),
        (QUIZ[QUIZ.index("## A password") : QUIZ.index("## What is it called")], ""),
        ("`draw: 1`", "`draw: 2`"),
    ],
)
def test_an_attempt_at_another_quiz_counts_in_the_questions_that_are_the_same(
    session: Session, old: str, new: str
) -> None:
    new_attempt(session, publish_sample(session))
    publish_sample(session, quiz_with(old, new))
    report = report_of(session)
    assert (report.attempts, report.statistics.attempts) == (1, 0)
    assert item_of(report, "payer").attempts == 1


def test_another_lesson_makes_no_other_quiz(session: Session) -> None:
    new_attempt(session, publish_sample(session))
    path = "modules/privacy/lessons/01-right-amount.md"
    assert publish_sample(session, {path: LESSON + "\nMore.\n"}).number
    assert report_of(session).statistics.attempts == 1


def test_the_last_quiz_of_a_module_without_one(session: Session) -> None:
    new_attempt(session, publish_sample(session))
    found = find_quiz(session, "privacy")
    assert found is not None
    assert (found.module_title, found.revision, found.is_in_force) == ("Privacy at work", 1, True)
    refresher = REFRESHER.replace("pass_rule: quizzes", "pass_rule: lessons")
    publish_sample(session, {QUIZ_FILE: None, "courses/refresher.md": refresher})
    later = find_quiz(session, "privacy")
    assert later == replace(found, is_in_force=False)
    assert report_of(session).attempts == 1


@pytest.mark.parametrize("slug", ["handover", "nothing", "onboarding"])
def test_a_module_that_never_had_a_quiz(session: Session, slug: str) -> None:
    publish_sample(session)
    assert find_quiz(session, slug) is None


def test_a_regraded_mark_belongs_to_the_wording_that_was_answered(session: Session) -> None:
    new_attempt(session, publish_sample(session), WRONG)
    shelf = publish_sample(session, quiz_with("What do you send to a payer?", "What to a payer?"))
    regrade(session, shelf)
    payer, desk = (item_of(report_of(session), name) for name in ("payer", "desk"))
    assert (payer.attempts, payer.reworded) == (0, 1)
    assert (desk.attempts, desk.reworded) == (1, 0)


# What a process keeps


def test_a_report_is_kept_until_the_quiz_or_its_grades_change(session: Session) -> None:
    shelf, reports = publish_sample(session), ReportShelf()
    before = report_of(session, reports)
    assert report_of(session, reports) is before
    new_attempt(session, shelf, WRONG)
    after = report_of(session, reports)
    assert (before.attempts, after.attempts) == (0, 1)
    assert report_of(session, reports) is after
    shelf = publish_sample(session, quiz_with("What do you send to a payer?", "What to a payer?"))
    reworded = report_of(session, reports)
    assert item_of(reworded, "payer").reworded == 1
    regrade(session, shelf)
    again = report_of(session, reports)
    assert again is not reworded
    assert again == report_of(session)


def test_a_grade_with_an_earlier_id_that_is_seen_later_counts(session: Session) -> None:
    reports = ReportShelf()
    attempt, _ = new_attempt(session, publish_sample(session))
    assert report_of(session, reports).statistics.attempts == 1
    # Of two transactions at once the one that began first may end last.
    session.add(
        Grade(
            id=-1,
            attempt_id=attempt.id,
            number=2,
            score=Fraction(0),
            maximum=Fraction(5),
            passed=False,
            graded_at=BEGINNING,
        )
    )
    session.flush()
    assert report_of(session, reports).statistics.attempts == 0


def test_the_reports_longest_unasked_for_are_let_go(session: Session) -> None:
    publish_sample(session)
    row = find_quiz(session, "privacy")
    assert row is not None
    quiz, reports = QuizShelf().get(session, row.revision_id), ReportShelf()
    kept = reports.get(session, row, quiz)
    # Nobody has been at the quizzes of other modules, be there any or not.
    for number in range(1, KEPT):
        reports.get(session, replace(row, module_id=row.module_id + number), quiz)
    assert reports.get(session, row, quiz) is kept
    for number in range(KEPT):
        reports.get(session, replace(row, module_id=row.module_id + 1 + number), quiz)
    assert reports.get(session, row, quiz) is not kept


# Times


def test_times_are_those_between_the_saves_of_an_open_page(session: Session) -> None:
    shelf = publish_sample(session)
    row = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    attempt = start_attempt(session, row, shelf)
    saves = [("payer", 15), ("desk", 75), ("payer", 80), ("password", 80 + 601), ("method", 700)]
    for sequence, (question_id, second) in enumerate(saves, 1):
        quizzes.save_from_page(
            session,
            attempt,
            question_id=question_id,
            value=None,
            page="abc",
            sequence=sequence,
            now=BEGINNING + timedelta(seconds=second),
        )
    give_answers(session, attempt, RIGHT, now=BEGINNING + timedelta(seconds=800))
    quizzes.submit(session, attempt, quiz=quiz_of(session, attempt), shelf=shelf, now=BEGINNING)
    report = report_of(session)
    assert {item.id: item.seconds for item in report.statistics.items} == {
        "payer": 20,
        "desk": 60,
        "password": None,
        "method": 19,
        "days": None,
        "hours": None,
    }


# Another way to the same figures


def slow_sittings(session: Session, quiz: Quiz) -> list[Sitting]:
    """The attempts one by one, graded anew from what was saved."""
    sittings = []
    for attempt in session.scalars(sa.select(Attempt)):
        saves = session.scalars(
            sa.select(Response).where(Response.attempt_id == attempt.id).order_by(Response.id)
        ).all()
        answers = {save.question_id: save.value for save in saves}
        result = grade_paper(quiz, [item["question_id"] for item in attempt.paper], answers)
        sittings.append(
            Sitting(
                scores={mark.question_id: mark.score for mark in result.marks},
                chosen={key: option_numbers(answer) for key, answer in answers.items()},
            )
        )
    return sittings


def slow_times(session: Session) -> Mapping[str, float]:
    times: dict[str, list[float]] = {}
    for attempt in session.scalars(sa.select(Attempt)):
        before = attempt.started_at
        for save in session.scalars(
            sa.select(Response).where(Response.attempt_id == attempt.id).order_by(Response.saved_at)
        ):
            times.setdefault(save.question_id, []).append((save.saved_at - before).total_seconds())
            before = save.saved_at
    return {question_id: median(seconds) for question_id, seconds in times.items()}


PARTIAL = quiz_with(
    "`id: desk` `objective: spot-leaks` `scoring: net`", "`id: desk` `scoring: each` `points: 2.5`"
)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("changes", [{}, PARTIAL], ids=["whole", "partial"])
def test_the_figures_are_those_of_the_same_attempts_read_and_graded_one_by_one(
    session: Session, seed: int, changes: Mapping[str, str | None]
) -> None:
    shelf = publish_sample(session, changes)
    course, module = course_and_module(shelf)
    quiz = quiz_in(session, module)
    add_cohort(session, course, module, quiz, list(guesses(quiz, 30, seed=seed)))
    report = report_of(session)
    expected = quiz_statistics(items_of(quiz), slow_sittings(session, quiz))
    times = slow_times(session)
    assert report.attempts == 30
    assert report.statistics.attempts == 30
    assert any(item.discrimination for item in report.statistics.items)
    assert report.statistics == replace(
        expected,
        items=tuple(replace(item, seconds=times.get(item.id)) for item in expected.items),
    )
    assert times.keys() >= {"payer", "desk", "password"}


def test_what_is_not_graded_counts_in_nothing_but_takes_its_time(session: Session) -> None:
    survey = "## Who?\n`id: who` `ungraded`\n\n- [ ] I\n- [ ] You\n\n## What do you send"
    shelf = publish_sample(session, quiz_with("## What do you send", survey))
    course, module = course_and_module(shelf)
    quiz = quiz_in(session, module)
    sheets = [{"who": 1, "payer": 2}] * 10
    add_cohort(session, course, module, quiz, sheets)
    report = report_of(session)
    assert "who" not in {item.id for item in report.statistics.items}
    assert report.statistics.attempts == 10
    assert item_of(report, "payer").facility == 100
    # The later of the two answers took the time since the earlier one, whichever that was.
    assert item_of(report, "payer").seconds == slow_times(session)["payer"]
