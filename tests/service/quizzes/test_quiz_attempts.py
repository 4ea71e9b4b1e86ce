"""Attempts: starting, saving, submitting, and what is kept of them."""

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.courses.catalogue import Catalogue
from lms.courses.models import ModulePass, ModuleRevision
from lms.courses.service import EnrolmentRow
from lms.quizzes import service
from lms.quizzes.grading import Response as Answer
from lms.quizzes.models import Attempt, Grade, Mark, Response
from lms.quizzes.service import AttemptClosed, AttemptRow, AttemptSummary, NoAttemptLeft
from lms.quizzes.shelf import KEPT, QuizShelf
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
from tests.sample_content import QUIZ, QUIZ_FILE, RIGHT, WRONG, quiz_with

HOUR = timedelta(hours=1)
LATER = BEGINNING + HOUR


@pytest.fixture
def shelf(session: Session) -> Catalogue:
    return publish_sample(session)


@pytest.fixture
def enrolment(session: Session, shelf: Catalogue) -> EnrolmentRow:
    return enrol(session, make_user(session).id, shelf.courses["onboarding"])


@pytest.fixture
def attempt(session: Session, shelf: Catalogue, enrolment: EnrolmentRow) -> AttemptRow:
    return start_attempt(session, enrolment, shelf)


def all_attempts(session: Session, enrolment: EnrolmentRow) -> list[AttemptSummary]:
    module_id = session.scalars(select(Attempt.module_id)).first() or 0
    return service.attempts_at(session, enrolment.user_id, module_id, enrolment.counts_from)


def values(session: Session, attempt: AttemptRow) -> dict[str, Answer]:
    answers = service.answers_of(session, attempt.id)
    return {question_id: answer.value for question_id, answer in answers.items()}


def submit(session: Session, attempt: AttemptRow, shelf: Catalogue) -> bool:
    quiz = quiz_of(session, attempt)
    return service.submit(session, attempt, quiz=quiz, shelf=shelf, now=LATER)


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
    found = service.find_attempt(session, attempt.id, enrolment.user_id)
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


@pytest.mark.parametrize(
    ("limit", "used", "left"), [(None, 7, None), (3, 0, 3), (3, 2, 1), (3, 3, 0), (1, 4, 0)]
)
def test_attempts_left(limit: int | None, used: int, left: int | None) -> None:
    one = AttemptSummary(1, 1, BEGINNING, None, None, None, None)
    assert service.attempts_left(limit, [one] * used) == left


def test_someone_elses_attempt_is_not_found(
    session: Session, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    assert service.find_attempt(session, attempt.id, make_user(session).id) is None
    assert service.find_attempt(session, attempt.id + 1, enrolment.user_id) is None


def test_one_persons_attempts_are_no_others(
    session: Session, shelf: Catalogue, attempt: AttemptRow
) -> None:
    other = enrol(session, make_user(session).id, shelf.courses["onboarding"])
    own = start_attempt(session, other, shelf)
    assert own.id != attempt.id
    assert own.number == 1


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
        number=1,
        started_at=BEGINNING,
        submitted_at=LATER,
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
    assert sum(service.marks_of(session, attempt.id).values()) == score
    assert session.scalars(select(ModulePass.score)).all() == ([score / 5] if passed else [])


def test_an_empty_attempt_scores_nothing(
    session: Session, shelf: Catalogue, enrolment: EnrolmentRow, attempt: AttemptRow
) -> None:
    assert submit(session, attempt, shelf)
    (summary,) = all_attempts(session, enrolment)
    assert (summary.score, summary.maximum, summary.passed) == (0, 5, False)
    assert set(service.marks_of(session, attempt.id).values()) == {Fraction(0)}


def test_only_the_latest_answers_are_graded(
    session: Session, shelf: Catalogue, attempt: AttemptRow
) -> None:
    give_answers(session, attempt)
    give_answers(session, attempt, WRONG)
    save(session, attempt, 2, 1)
    submit(session, attempt, shelf)
    marks = service.marks_of(session, attempt.id)
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
    assert service.marks_of(session, attempt.id) == {"payer": Fraction(1, 3)}


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
