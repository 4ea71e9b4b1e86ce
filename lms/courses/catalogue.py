"""What is published, as plain values: the catalogue that a process keeps and pages are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson as it is shown. `minutes` is its reading time."""

    slug: str
    title: str
    minutes: int
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSummary:
    """What a learner may know of a quiz before starting it.

    `attempts` is None where they are unlimited, `time_limit` and `cooldown` where there is none.
    `record` names the attempt that counts: highest, first, last, or the average of all.
    """

    title: str
    introduction: str
    question_count: int
    points: Fraction
    pass_mark: Fraction
    attempts: int | None
    time_limit: timedelta | None
    cooldown: timedelta | None
    record: str


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module at its current revision."""

    id: int
    revision_id: int
    revision: int
    slug: str
    title: str
    summary: str
    introduction: str
    objectives: tuple[str, ...]
    lessons: tuple[Lesson, ...]
    quiz: QuizSummary | None

    @cached_property
    def minutes(self) -> int:
        """Reading time of all its lessons."""
        return sum(lesson.minutes for lesson in self.lessons)

    def lesson(self, slug: str) -> Lesson | None:
        """The lesson with that slug, if it has one."""
        return next((lesson for lesson in self.lessons if lesson.slug == slug), None)


class Stop(NamedTuple):
    """A place on the way through a course: a lesson, or the module's quiz where `lesson` is None."""

    module: Module
    lesson: Lesson | None


# A catalogue has one object for each: comparing every lesson, as for a memory's key, would take long.
@dataclass(frozen=True, kw_only=True, eq=False)
class Course:
    """A course at its current revision, with the current revisions of its modules in their order.

    `attestation` is the statement that completes it once signed; "" where nothing is signed. Nobody new
    begins one that `is_withdrawn`.
    """

    id: int
    revision_id: int
    revision: int
    slug: str
    title: str
    summary: str
    audience: str
    about: str
    modules: tuple[Module, ...]
    needs_lessons: bool
    needs_quizzes: bool
    quizzes_wait: bool
    earlier_work_counts: bool
    validity_months: int | None
    hours: Decimal
    attestation: str
    is_withdrawn: bool

    @cached_property
    def minutes(self) -> int:
        """Reading time of all its modules."""
        return sum(module.minutes for module in self.modules)

    @cached_property
    def module_ids(self) -> frozenset[int]:
        """The ids of its modules."""
        return frozenset(module.id for module in self.modules)

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        """The way through it: each module's lessons, and its quiz after them."""
        return tuple(
            Stop(module, one)
            for module in self.modules
            for one in (*module.lessons, *(() if module.quiz is None else (None,)))
        )

    def module(self, slug: str) -> Module | None:
        """The module with that slug, if the course has it."""
        return next((module for module in self.modules if module.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything in force since publication `number`; None before the first."""

    number: int | None
    courses: Mapping[str, Course] = field(default_factory=dict)

    @property
    def offered(self) -> list[Course]:
        """The courses that may be begun and assigned, by title."""
        return [course for course in self.courses.values() if not course.is_withdrawn]

    @property
    def modules(self) -> Mapping[str, Module]:
        """Every module that a course has, by its slug."""
        return {
            module.slug: module for course in self.courses.values() for module in course.modules
        }

    def course_by_id(self, course_id: int) -> Course | None:
        """The course with that id, if it is published."""
        return next((course for course in self.courses.values() if course.id == course_id), None)


def module_from(*, id: int, revision_id: int, revision: int, slug: str, page: Any) -> Module:  # noqa: A002
    """A module from what was rendered when its revision was published."""
    quiz = page["quiz"]
    return Module(
        id=id,
        revision_id=revision_id,
        revision=revision,
        slug=slug,
        title=page["title"],
        summary=page["summary"],
        introduction=page["introduction"],
        objectives=tuple(page["objectives"]),
        lessons=tuple(Lesson(**lesson) for lesson in page["lessons"]),
        quiz=None
        if quiz is None
        else QuizSummary(
            title=quiz["title"],
            introduction=quiz["introduction"],
            question_count=quiz["question_count"],
            points=Fraction(quiz["points"]),
            pass_mark=Fraction(quiz["pass_mark"]),
            attempts=quiz["attempts"],
            # Revisions that were published before there were such rules do not name them.
            time_limit=_span(quiz.get("time_limit_seconds")),
            cooldown=_span(quiz.get("cooldown_seconds")),
            record=quiz.get("record", "highest"),
        ),
    )


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def course_from(
    *,
    id: int,  # noqa: A002
    revision_id: int,
    revision: int,
    slug: str,
    page: Any,
    modules: Mapping[str, Module],
) -> Course:
    """A course from what was rendered when its revision was published."""
    return Course(
        id=id,
        revision_id=revision_id,
        revision=revision,
        slug=slug,
        title=page["title"],
        summary=page["summary"],
        audience=page["audience"],
        about=page["about"],
        modules=tuple(modules[module] for module in page["modules"]),
        needs_lessons=page["pass_rule"] in ("lessons-and-quizzes", "lessons"),
        needs_quizzes=page["pass_rule"] in ("lessons-and-quizzes", "quizzes"),
        quizzes_wait=page["quizzes_open"] == "after-lessons",
        earlier_work_counts=page["earlier_work"] == "counts",
        validity_months=page["validity_months"],
        hours=Decimal(page["hours"]),
        # Revisions that were published before there was such a setting do not name it.
        attestation=page.get("attestation", ""),
        is_withdrawn=page.get("withdrawn", False),
    )
