"""How far a learner is: pure, from what is published and what they did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from .catalogue import Course, Lesson, Module


class LessonFact(NamedTuple):
    """A lesson was finished."""

    module_id: int
    lesson_slug: str
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class PassFact:
    """A module's quiz was passed, with `score` from 0 to 1.

    Where it `replaces_earlier` passes it counts instead of them, even with a lower score.
    """

    module_id: int
    module_revision: int
    score: Fraction
    passed_at: datetime
    replaces_earlier: bool = False

    def is_better_than(self, other: "PassFact") -> bool:
        """Whether this one counts rather than the earlier `other`.

        That is the one with the higher score, of equal scores the earlier.
        """
        return self.replaces_earlier or (self.score, other.passed_at) > (
            other.score,
            self.passed_at,
        )


@dataclass(frozen=True, slots=True)
class History:
    """Everything that one learner finished, in any course, at any time; passes as they were earned."""

    lessons: tuple[LessonFact, ...] = ()
    passes: tuple[PassFact, ...] = ()

    def since(self, moment: datetime) -> "Work":
        """The part that counts for an enrolment whose work counts from `moment`."""
        best: dict[int, PassFact] = {}
        for fact in self.passes:
            known = best.get(fact.module_id)
            if fact.passed_at >= moment and (known is None or fact.is_better_than(known)):
                best[fact.module_id] = fact
        return Work(
            lessons=frozenset(
                (fact.module_id, fact.lesson_slug)
                for fact in self.lessons
                if fact.completed_at >= moment
            ),
            passes=best,
        )


@dataclass(frozen=True, slots=True)
class Work:
    """The work that counts for one enrolment: finished lessons, and the best pass of each module's quiz."""

    lessons: frozenset[tuple[int, str]]
    passes: Mapping[int, PassFact]


# The work of someone who has not begun.
NOTHING = Work(frozenset(), {})


class Step(NamedTuple):
    """One thing to do: a lesson, or the module's quiz where `lesson` is None.

    A page makes dozens of them: a named tuple is made in a third of a frozen dataclass's time.
    """

    module: Module
    lesson: Lesson | None
    is_done: bool
    # Whether the course's rule asks for it.
    is_required: bool
    # A quiz may wait for its module's lessons.
    is_open: bool


class Stop(NamedTuple):
    """A place on the way through a course: a lesson, or the module's quiz where `lesson` is None."""

    module: Module
    lesson: Lesson | None


@dataclass(frozen=True, slots=True)
class ModuleProgress:
    """A module's steps in their order; the quiz, if there is one, comes last."""

    module: Module
    steps: tuple[Step, ...]

    @property
    def is_done(self) -> bool:
        return all(step.is_done for step in self.steps if step.is_required)

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def quiz(self) -> Step | None:
        return next((step for step in self.steps if step.lesson is None), None)


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """How far one enrolment is.

    `steps` are those of all modules in their order, `required` the ones that the course's rule asks for.
    Where the course has a statement, signing it is one thing more to do: it opens when all else is done.
    """

    course: Course
    modules: tuple[ModuleProgress, ...]
    steps: tuple[Step, ...]
    required: tuple[Step, ...]
    is_signed: bool

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.required) + (self._asks_to_sign and self.is_signed)

    @property
    def total(self) -> int:
        return len(self.required) + self._asks_to_sign

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self._meets_rule and (self.is_signed or not self._asks_to_sign)

    @property
    def waits_for_signature(self) -> bool:
        """Whether the statement can be signed: all else is done, and nothing else is left."""
        return self._meets_rule and not self.is_complete

    @property
    def _asks_to_sign(self) -> bool:
        return bool(self.course.attestation)

    @property
    def _meets_rule(self) -> bool:
        """Whether lessons and quizzes are done; a rule that asks for nothing is never met."""
        return bool(self.required) and all(step.is_done for step in self.required)

    @property
    def next_step(self) -> Step | None:
        """Where to go on; None when no lesson or quiz is left to do.

        That is the first required step which is not done and is open. Where only quizzes are required
        and they wait for their lessons, it is the first lesson that opens one.
        """
        if self._meets_rule:
            return None
        undone = [step for step in self.steps if not step.is_done and step.is_open]
        return next((step for step in undone if step.is_required), undone[0] if undone else None)

    @property
    def minutes_left(self) -> int:
        """Reading time of the lessons still to be finished."""
        return sum(
            step.lesson.minutes for step in self.required if step.lesson and not step.is_done
        )


def progress_in(course: Course, work: Work, *, is_signed: bool = False) -> CourseProgress:
    """Where `work` stands against the rule of `course`; `is_signed` is whether its statement is."""
    modules = tuple(part_of(course, module, work) for module in course.modules)
    steps = tuple(step for part in modules for step in part.steps)
    required = tuple(step for step in steps if step.is_required)
    return CourseProgress(course, modules, steps, required, is_signed)


def part_of(course: Course, module: Module, work: Work) -> ModuleProgress:
    """Where `work` stands in one of the modules of `course`."""
    steps = [
        # By place and not by name, which takes half as long again, for every lesson of a course.
        Step(module, lesson, (module.id, lesson.slug) in work.lessons, course.needs_lessons, True)
        for lesson in module.lessons
    ]
    if module.quiz is not None:
        lessons_done = all(step.is_done for step in steps)
        passed = module.id in work.passes
        steps.append(
            Step(
                module,
                None,
                is_done=passed,
                is_required=course.needs_quizzes,
                is_open=lessons_done or passed or not course.quizzes_wait,
            )
        )
    return ModuleProgress(module, tuple(steps))


def around(course: Course, lesson: Lesson) -> tuple[Stop | None, Stop | None]:
    """What comes before and after a lesson of the course, across its modules and quizzes."""
    stops = [
        Stop(module, one)
        for module in course.modules
        for one in (*module.lessons, *(() if module.quiz is None else (None,)))
    ]
    place = next(index for index, stop in enumerate(stops) if stop.lesson is lesson)
    before = stops[place - 1] if place else None
    after = stops[place + 1] if place + 1 < len(stops) else None
    return before, after


def course_score(course: Course, work: Work) -> Fraction | None:
    """The mean of the best counting scores of the course's quizzes, each weighing the same.

    None where no quiz was passed, as in a course without quizzes.
    """
    scores = [work.passes[module.id].score for module in course.modules if module.id in work.passes]
    return sum(scores, Fraction(0)) / len(scores) if scores else None
