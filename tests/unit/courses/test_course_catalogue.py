"""The catalogue: what pages are made from, as it comes out of a published revision."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lms.courses.catalogue import Catalogue, Lesson, QuizSummary, course_from, module_from
from tests.unit.courses.courses import make_course, make_module

MODULE_PAGE: dict[str, Any] = {
    "title": "Privacy",
    "summary": "Keep it.",
    "introduction": "<p>Read.</p>",
    "objectives": ["Explain it", "Spot it"],
    "lessons": [
        {"slug": "one", "title": "One", "minutes": 4, "html": "<p>1</p>"},
        {"slug": "two", "title": "Two", "minutes": 3, "html": "<p>2</p>"},
    ],
    "quiz": {
        "title": "Check",
        "introduction": "<p>Five.</p>",
        "question_count": 5,
        "points": "11/2",
        "pass_mark": "4/5",
        "attempts": None,
    },
}
COURSE_PAGE: dict[str, Any] = {
    "title": "Onboarding",
    "summary": "First.",
    "audience": "New",
    "about": "<p>About.</p>",
    "modules": ["second", "first"],
    "pass_rule": "lessons-and-quizzes",
    "quizzes_open": "after-lessons",
    "earlier_work": "counts",
    "validity_months": 12,
    "hours": "2.50",
}


def test_a_module_from_its_page() -> None:
    module = module_from(id=1, revision_id=7, revision=3, slug="privacy", page=MODULE_PAGE)
    assert (module.id, module.revision_id, module.revision, module.slug) == (1, 7, 3, "privacy")
    assert module.objectives == ("Explain it", "Spot it")
    assert module.minutes == 7
    assert module.lesson("two") == Lesson(slug="two", title="Two", minutes=3, html="<p>2</p>")
    assert module.lesson("three") is None
    assert module.quiz == QuizSummary(
        title="Check",
        introduction="<p>Five.</p>",
        question_count=5,
        points=Fraction(11, 2),
        pass_mark=Fraction(4, 5),
        attempts=None,
        # What was published before quizzes had such rules says nothing of them.
        time_limit=None,
        cooldown=None,
        record="highest",
    )


def test_the_terms_of_a_quiz() -> None:
    terms = {"time_limit_seconds": 1200, "cooldown_seconds": 86400, "record": "average"}
    page = MODULE_PAGE | {"quiz": MODULE_PAGE["quiz"] | terms}
    quiz = module_from(id=1, revision_id=7, revision=3, slug="privacy", page=page).quiz
    assert quiz is not None
    assert quiz.time_limit == timedelta(minutes=20)
    assert quiz.cooldown == timedelta(days=1)
    assert quiz.record == "average"


def test_a_module_without_quiz() -> None:
    page = MODULE_PAGE | {"quiz": None}
    assert module_from(id=1, revision_id=7, revision=3, slug="privacy", page=page).quiz is None


def test_a_course_from_its_page() -> None:
    modules = {"first": make_module(1, 1), "second": make_module(2, 2)}
    course = course_from(
        id=4, revision_id=9, revision=2, slug="on", page=COURSE_PAGE, modules=modules
    )
    assert (course.id, course.revision_id, course.revision, course.slug) == (4, 9, 2, "on")
    assert [module.slug for module in course.modules] == ["m2", "m1"]
    assert course.minutes == 4
    assert course.module("m1") is modules["first"]
    assert course.module("m3") is None
    assert course.hours == Decimal("2.50")
    assert course.validity_months == 12
    # What was published before courses had statements says nothing of one.
    assert course.attestation == ""


def test_the_statement_of_a_course() -> None:
    page = COURSE_PAGE | {"modules": [], "attestation": "I have read it."}
    course = course_from(id=4, revision_id=9, revision=2, slug="on", page=page, modules={})
    assert course.attestation == "I have read it."


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pass_rule": "lessons-and-quizzes"}, (True, True, True, True)),
        ({"pass_rule": "lessons"}, (True, False, True, True)),
        ({"pass_rule": "quizzes"}, (False, True, True, True)),
        ({"quizzes_open": "at-once"}, (True, True, False, True)),
        ({"earlier_work": "does-not-count"}, (True, True, True, False)),
    ],
)
def test_the_rules_of_a_course(change: dict[str, str], expected: tuple[bool, ...]) -> None:
    page = COURSE_PAGE | {"modules": []} | change
    course = course_from(id=4, revision_id=9, revision=2, slug="on", page=page, modules={})
    assert (
        course.needs_lessons,
        course.needs_quizzes,
        course.quizzes_wait,
        course.earlier_work_counts,
    ) == expected


def test_a_course_by_its_id() -> None:
    course = make_course([make_module(1)])
    catalogue = Catalogue(1, {"c": course})
    assert catalogue.course_by_id(1) is course
    assert catalogue.course_by_id(2) is None
    assert Catalogue(None).courses == {}


def test_the_modules_of_all_courses() -> None:
    shared, other = make_module(1), make_module(2)
    catalogue = Catalogue(1, {"c": make_course([shared]), "d": make_course([shared, other])})
    assert catalogue.modules == {"m1": shared, "m2": other}


def test_what_is_withdrawn_is_there_and_not_offered() -> None:
    kept, gone = make_course([]), make_course([], is_withdrawn=True)
    catalogue = Catalogue(1, {"c": kept, "d": gone})
    assert catalogue.offered == [kept]
    assert catalogue.courses["d"] is gone
