"""How far a learner is: rules of courses, what counts, where to go on."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses.catalogue import Course
from lms.courses.progress import (
    CourseProgress,
    History,
    LessonFact,
    PassFact,
    Work,
    around,
    course_score,
    progress_in,
)
from tests.unit.courses.courses import make_course, make_module

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
COURSE = make_course([make_module(1), make_module(2, 1, has_quiz=False)])


def work_of(lessons: Iterable[str] = (), passes: Iterable[int] = ()) -> Work:
    """Lessons as `m1/l2`, and the modules whose quiz was passed."""
    return Work(
        lessons=frozenset((int(name[1]), name.split("/")[1]) for name in lessons),
        passes={number: PassFact(number, 1, Fraction(1), NOON) for number in passes},
    )


def test_steps_were_done_when_the_last_of_them_was_done_first() -> None:
    lessons = tuple(
        LessonFact(1, slug, NOON + hours * HOUR)
        for slug, hours in (("l1", 1), ("l2", 2), ("l1", 5), ("l2", -3))
    )
    passes = tuple(PassFact(1, 1, Fraction(1), NOON + hours * HOUR) for hours in (-1, 4, 3, 9))
    history = History(lessons, passes)
    (part, _) = progress_in(COURSE, history.since(NOON)).modules
    assert history.done_at(part.steps, NOON) == NOON + 3 * HOUR
    assert history.done_at(part.steps[:2], NOON) == NOON + 2 * HOUR
    assert history.done_at(part.steps, NOON - 4 * HOUR) == NOON + HOUR


def step_names(progress: CourseProgress) -> list[str]:
    return [
        f"{step.module.slug}/{step.lesson.slug if step.lesson else 'quiz'}"
        for step in progress.required
    ]


def next_name(progress: CourseProgress) -> str | None:
    step = progress.next_step
    return step and f"{step.module.slug}/{step.lesson.slug if step.lesson else 'quiz'}"


# What the rule of a course asks for


@pytest.mark.parametrize(
    ("needs_lessons", "needs_quizzes", "required"),
    [
        (True, True, ["m1/l1", "m1/l2", "m1/quiz", "m2/l1"]),
        (True, False, ["m1/l1", "m1/l2", "m2/l1"]),
        (False, True, ["m1/quiz"]),
    ],
)
def test_the_rule_asks_for(
    *, needs_lessons: bool, needs_quizzes: bool, required: list[str]
) -> None:
    course = make_course(COURSE.modules, needs_lessons=needs_lessons, needs_quizzes=needs_quizzes)
    progress = progress_in(course, work_of())
    assert step_names(progress) == required
    assert (progress.total, progress.done_count) == (len(required), 0)
    assert not progress.is_complete
    lessons = [name for name in required if not name.endswith("quiz")]
    done = progress_in(course, work_of(lessons, [1] if "m1/quiz" in required else []))
    assert done.is_complete
    assert done.done_count == done.total
    assert done.next_step is None
    assert done.minutes_left == 0


def test_a_course_that_asks_for_nothing_is_never_complete() -> None:
    course = make_course([make_module(1, has_quiz=False)], needs_lessons=False)
    progress = progress_in(course, work_of(["m1/l1", "m1/l2"]))
    assert progress.total == 0
    assert not progress.is_complete
    assert progress.next_step is None


# Signing


@pytest.mark.parametrize(
    ("lessons", "passes", "is_signed", "done", "waits"),
    [
        ([], [], False, 0, False),
        (["m1/l1"], [], False, 1, False),
        (["m1/l1"], [1], False, 2, True),
        (["m1/l1"], [1], True, 3, False),
        # Signed, and then a revision asked for more.
        (["m1/l1"], [], True, 2, False),
    ],
)
def test_a_statement_is_the_last_thing_to_do(
    lessons: list[str], passes: list[int], *, is_signed: bool, done: int, waits: bool
) -> None:
    course = make_course([make_module(1, 1)], attestation="I have read it.")
    progress = progress_in(course, work_of(lessons, passes), is_signed=is_signed)
    assert (progress.done_count, progress.total) == (done, 3)
    assert progress.waits_for_signature == waits
    assert progress.is_complete == (done == 3)


def test_once_only_the_statement_is_left_no_lesson_is_next() -> None:
    # Its second lesson is not asked for: it is not what to go on with.
    course = make_course([make_module(1)], needs_lessons=False, attestation="I have read it.")
    assert progress_in(course, work_of(["m1/l1"], [1])).next_step is None


def test_a_signature_is_not_asked_for_where_there_is_nothing_to_sign() -> None:
    done = ["m1/l1", "m1/l2", "m2/l1"]
    progress = progress_in(COURSE, work_of(done, [1]), is_signed=True)
    assert (progress.done_count, progress.total) == (4, 4)
    assert progress.is_complete
    assert not progress.waits_for_signature


# Where to go on


@pytest.mark.parametrize(
    ("lessons", "passes", "quizzes_wait", "expected"),
    [
        ([], [], True, "m1/l1"),
        (["m1/l1"], [], True, "m1/l2"),
        (["m1/l2"], [], True, "m1/l1"),
        (["m1/l1", "m1/l2"], [], True, "m1/quiz"),
        (["m1/l1", "m1/l2"], [1], True, "m2/l1"),
        (["m1/l1", "m1/l2", "m2/l1"], [], True, "m1/quiz"),
        (["m1/l1", "m1/l2", "m2/l1"], [1], True, None),
        ([], [1], True, "m1/l1"),
        ([], [], False, "m1/l1"),
    ],
)
def test_the_next_step(
    lessons: list[str], passes: list[int], *, quizzes_wait: bool, expected: str | None
) -> None:
    course = make_course(COURSE.modules, quizzes_wait=quizzes_wait)
    assert next_name(progress_in(course, work_of(lessons, passes))) == expected


@pytest.mark.parametrize(
    ("lessons", "passes", "expected"),
    [
        ([], [], "m1/l1"),
        (["m1/l1"], [], "m1/l2"),
        (["m1/l1", "m1/l2"], [], "m1/quiz"),
        ([], [1], None),
    ],
)
def test_where_only_quizzes_are_asked_for_lessons_still_open_them(
    lessons: list[str], passes: list[int], expected: str | None
) -> None:
    course = make_course(COURSE.modules, needs_lessons=False)
    assert next_name(progress_in(course, work_of(lessons, passes))) == expected


@pytest.mark.parametrize(
    ("lessons", "passes", "quizzes_wait", "is_open"),
    [
        ([], [], True, False),
        (["m1/l1"], [], True, False),
        (["m1/l1", "m1/l2"], [], True, True),
        ([], [1], True, True),
        ([], [], False, True),
    ],
)
def test_when_a_quiz_is_open(
    lessons: list[str], passes: list[int], *, quizzes_wait: bool, is_open: bool
) -> None:
    course = make_course(COURSE.modules, quizzes_wait=quizzes_wait)
    quiz = progress_in(course, work_of(lessons, passes)).part_of(course.modules[0]).quiz
    assert quiz is not None
    assert quiz.is_open == is_open
    assert quiz.is_done == bool(passes)


def test_a_modules_part() -> None:
    progress = progress_in(COURSE, work_of(["m1/l2", "m2/l1"]))
    first, second = map(progress.part_of, COURSE.modules[:2])
    assert (first.done_count, first.is_done) == (1, False)
    assert first.states == ((False, True, True), (True, True, True), (False, True, False))
    assert (second.done_count, second.is_done) == (1, True)
    assert second.quiz is None
    assert progress.modules[:2] == (first, second)
    assert progress.minutes_left == 1


def test_work_in_other_modules_is_not_this_courses() -> None:
    assert progress_in(COURSE, work_of(["m7/l1"], [7])).done_count == 0


# What counts


def test_work_counts_from_its_moment_on() -> None:
    history = History(
        lessons=(LessonFact(1, "l1", NOON - HOUR), LessonFact(1, "l2", NOON)),
        passes=(PassFact(1, 1, Fraction(1), NOON - HOUR), PassFact(2, 1, Fraction(4, 5), NOON)),
    )
    work = history.since(NOON)
    assert work.lessons == {(1, "l2")}
    assert set(work.passes) == {2}
    assert history.since(NOON + HOUR) == Work(frozenset(), {})


def test_the_best_pass_that_counts_is_kept() -> None:
    def passed(score: int, moment: datetime) -> PassFact:
        return PassFact(1, score, Fraction(score, 100), moment)

    facts = (
        passed(100, NOON - HOUR),
        passed(85, NOON),
        passed(95, NOON + HOUR),
        passed(90, NOON + 2 * HOUR),
    )
    assert History(passes=facts).since(NOON).passes[1] is facts[2]
    assert History(passes=facts).since(NOON - HOUR).passes[1] is facts[0]


def test_of_equal_passes_the_first_counts() -> None:
    facts = tuple(PassFact(1, number, Fraction(1), NOON + number * HOUR) for number in (1, 2))
    # In whatever order the database gives them.
    assert History(passes=facts).since(NOON).passes[1] is facts[0]
    assert History(passes=facts[::-1]).since(NOON).passes[1] is facts[0]


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({}, None),
        ({1: Fraction(4, 5)}, Fraction(4, 5)),
        ({1: Fraction(4, 5), 2: Fraction(1)}, Fraction(9, 10)),
        ({1: Fraction(1), 9: Fraction(4, 5)}, Fraction(1)),
    ],
)
def test_the_score_of_a_course_is_the_mean_of_its_quizzes(
    scores: dict[int, Fraction], expected: Fraction | None
) -> None:
    course = make_course([make_module(1), make_module(2)])
    passes = {number: PassFact(number, 1, score, NOON) for number, score in scores.items()}
    assert course_score(course, Work(frozenset(), passes)) == expected


# What lies beside a lesson


@pytest.mark.parametrize(
    ("module", "lesson", "before", "after"),
    [
        (0, 0, None, "m1/l2"),
        (0, 1, "m1/l1", "m1/quiz"),
        (1, 0, "m1/quiz", None),
    ],
)
def test_neighbours_cross_modules_and_quizzes(
    module: int, lesson: int, before: str | None, after: str | None
) -> None:
    names = [
        step and f"{step.module.slug}/{step.lesson.slug if step.lesson else 'quiz'}"
        for step in around(COURSE, COURSE.modules[module].lessons[lesson])
    ]
    assert names == [before, after]


# Laws


@st.composite
def courses(draw: st.DrawFn) -> Course:
    modules = [
        make_module(number, draw(st.integers(1, 3)), has_quiz=draw(st.booleans()))
        for number in range(1, draw(st.integers(1, 3)) + 1)
    ]
    lessons, quizzes = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    return make_course(
        modules, needs_lessons=lessons, needs_quizzes=quizzes, quizzes_wait=draw(st.booleans())
    )


LESSONS = st.sets(st.sampled_from([f"m{m}/l{n}" for m in (1, 2, 3) for n in (1, 2, 3)]))
PASSES = st.sets(st.integers(1, 3))


@given(courses(), LESSONS, PASSES, LESSONS, PASSES)
def test_more_work_never_takes_progress_away(
    course: Course, lessons: set[str], passes: set[int], more: set[str], further: set[int]
) -> None:
    less = progress_in(course, work_of(lessons, passes))
    after = progress_in(course, work_of(lessons | more, passes | further))
    assert after.done_count >= less.done_count
    assert after.minutes_left <= less.minutes_left
    assert after.total == less.total
    assert after.is_complete or not less.is_complete
    for old, new in zip(less.modules, after.modules, strict=True):
        assert new.is_done or not old.is_done
        for before, now in zip(old.steps, new.steps, strict=True):
            assert now.is_open or not before.is_open


@given(courses(), LESSONS, PASSES)
def test_the_next_step_is_open_and_undone(
    course: Course, lessons: set[str], passes: set[int]
) -> None:
    progress = progress_in(course, work_of(lessons, passes))
    step = progress.next_step
    if step is None:
        assert progress.is_complete or progress.total == 0
        return
    assert step.is_open
    assert not step.is_done
    assert not progress.is_complete
    # What is not asked for comes only where it opens what is.
    assert step.is_required or not course.needs_lessons
