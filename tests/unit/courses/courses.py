"""Modules and courses as plain values, for tests of what is reckoned from them."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from lms.courses.catalogue import Course, Lesson, Module, QuizSummary

QUIZ = QuizSummary(
    title="A quiz",
    introduction="",
    question_count=5,
    points=Fraction(5),
    pass_mark=Fraction(4, 5),
    attempts=3,
    time_limit=None,
    cooldown=None,
    record="highest",
)


def make_module(number: int, lessons: int = 2, *, has_quiz: bool = True) -> Module:
    """The module `m<number>`, its lessons `l1`, `l2` and so on taking 1, 2 … minutes."""
    return Module(
        id=number,
        revision_id=number * 10,
        revision=1,
        slug=f"m{number}",
        title=f"Module {number}",
        summary="",
        introduction="",
        objectives=(),
        lessons=tuple(
            Lesson(slug=f"l{n}", title=f"Lesson {n}", minutes=n, html="")
            for n in range(1, lessons + 1)
        ),
        quiz=QUIZ if has_quiz else None,
    )


def make_course(modules: Sequence[Module], **values: Any) -> Course:
    """A course whose rule asks for lessons and quizzes, unless `values` says otherwise."""
    usual: dict[str, Any] = {
        "needs_lessons": True,
        "needs_quizzes": True,
        "quizzes_wait": True,
        "earlier_work_counts": True,
        "validity_months": None,
        "attestation": "",
        "is_withdrawn": False,
    }
    return Course(
        id=1,
        revision_id=10,
        revision=1,
        slug="c",
        title="A course",
        summary="",
        audience="",
        about="",
        modules=tuple(modules),
        hours=Decimal(1),
        **(usual | values),
    )
