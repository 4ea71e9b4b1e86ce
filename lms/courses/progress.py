"""How far a learner is: pure, from what is published and what they did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple

from .catalogue import Course, Lesson, Module, Stop


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

    def done_at(self, steps: Iterable["Step"], since: datetime) -> datetime:
        """When the last of these steps was done, by work since a moment that did them all.

        Of what was done several times the first one counts: a quiz that is passed again was passed.
        """
        first: dict[tuple[int, str | None], datetime] = {}
        done = [((fact.module_id, fact.lesson_slug), fact.completed_at) for fact in self.lessons]
        done += [((fact.module_id, None), fact.passed_at) for fact in self.passes]
        for key, moment in done:
            if moment >= since:
                first[key] = min(moment, first.get(key, moment))
        return max(
            first[step.module.id, step.lesson.slug if step.lesson else None] for step in steps
        )

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


@dataclass(frozen=True)
class ModuleProgress:
    """A module's steps in their order; the quiz, if there is one, comes last."""

    module: Module
    steps: tuple[Step, ...]

    @cached_property
    def states(self) -> tuple[tuple[bool, bool, bool], ...]:
        """Of each step whether it is done, required, and open."""
        return tuple([(step.is_done, step.is_required, step.is_open) for step in self.steps])

    @property
    def is_done(self) -> bool:
        return all(step.is_done for step in self.steps if step.is_required)

    @property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def quiz(self) -> Step | None:
        return next((step for step in self.steps if step.lesson is None), None)


@dataclass(frozen=True)
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

    @cached_property
    def done_count(self) -> int:
        return sum(step.is_done for step in self.required) + (self._asks_to_sign and self.is_signed)

    @cached_property
    def total(self) -> int:
        return len(self.required) + self._asks_to_sign

    @cached_property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self._meets_rule and (self.is_signed or not self._asks_to_sign)

    @cached_property
    def waits_for_signature(self) -> bool:
        """Whether the statement can be signed: all else is done, and nothing else is left."""
        return self._meets_rule and not self.is_complete

    @cached_property
    def _asks_to_sign(self) -> bool:
        return bool(self.course.attestation)

    @cached_property
    def _meets_rule(self) -> bool:
        """Whether lessons and quizzes are done; a rule that asks for nothing is never met."""
        return bool(self.required) and all(step.is_done for step in self.required)

    @cached_property
    def next_step(self) -> Step | None:
        """Where to go on; None when no lesson or quiz is left to do.

        That is the first required step which is not done and is open. Where only quizzes are required
        and they wait for their lessons, it is the first lesson that opens one.
        """
        if self._meets_rule:
            return None
        undone = [step for step in self.steps if not step.is_done and step.is_open]
        return next((step for step in undone if step.is_required), undone[0] if undone else None)

    def part_of(self, module: Module) -> ModuleProgress:
        """How far it is in one of the course's modules."""
        return next(part for part in self.modules if part.module is module)

    @cached_property
    def minutes_left(self) -> int:
        """Reading time of the lessons still to be finished."""
        return sum(
            step.lesson.minutes for step in self.required if step.lesson and not step.is_done
        )


def progress_in(course: Course, work: Work, *, is_signed: bool = False) -> CourseProgress:
    """Where `work` stands against the rule of `course`; `is_signed` is whether its statement is."""
    ids = course.module_ids
    lessons = frozenset([lesson for lesson in work.lessons if lesson[0] in ids])
    return _progress(course, lessons, ids.intersection(work.passes), is_signed)


# A course has dozens of steps, and most of its learners are in one of as many states.
@lru_cache(maxsize=1_000)
def _progress(
    course: Course, lessons: frozenset[tuple[int, str]], passed: frozenset[int], is_signed: bool
) -> CourseProgress:
    modules = tuple(_part(course, module, lessons, passed) for module in course.modules)
    steps = tuple(step for part in modules for step in part.steps)
    required = tuple(step for step in steps if step.is_required)
    return CourseProgress(course, modules, steps, required, is_signed)


def _part(
    course: Course,
    module: Module,
    lessons: frozenset[tuple[int, str]],
    passed: frozenset[int],
) -> ModuleProgress:
    steps = [
        # By place and not by name, which takes half as long again, for every lesson of a course.
        Step(module, lesson, (module.id, lesson.slug) in lessons, course.needs_lessons, True)
        for lesson in module.lessons
    ]
    if module.quiz is not None:
        lessons_done = all(step.is_done for step in steps)
        is_passed = module.id in passed
        steps.append(
            Step(
                module,
                None,
                is_done=is_passed,
                is_required=course.needs_quizzes,
                is_open=lessons_done or is_passed or not course.quizzes_wait,
            )
        )
    return ModuleProgress(module, tuple(steps))


def around(course: Course, lesson: Lesson) -> tuple[Stop | None, Stop | None]:
    """What comes before and after a lesson of the course, across its modules and quizzes."""
    stops = course.stops
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
