"""The content that comes with the product: the shape that its lessons and questions keep.

`lms check` says what is wrong with any content. What stands here is asked of ours alone, as the guide
for authors has it.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from lms.authoring.check import (
    figures_of,
    read_lesson_text,
    read_module_file,
    read_quiz_text,
)
from lms.authoring.folder import ContentFolder, read_folder
from lms.courses import format as files
from lms.quizzes.model import ChoiceQuestion, Quiz, TextQuestion

CONTENT = Path(__file__).parents[3] / "content"
MODULES = sorted(path.name for path in (CONTENT / "modules").iterdir())
COURSES = {
    "care-coordinator-onboarding": 10,
    "careers-in-care-coordination": 7,
    "clinical-care-coordinator": 10,
    "clinical-coordinator": 6,
    "privacy-and-ethics": 1,
}
QUIZ_MINUTES = 15
FOOTNOTES = re.compile(r'<section class="footnotes".*</section>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
EXTERNAL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[\w.,/%#?=&+~-]*)?")
ABOVE = re.compile(r"\b(?:all|both|none|neither|any) of (?:the above|these|them)\b", re.IGNORECASE)
EMPHASIS = re.compile(r"<(em|strong)>.*?</\1>", re.DOTALL)
# A question that asks for what does not hold: whoever overlooks the word answers the opposite.
NEGATIVE = re.compile(
    r"\b(?:which|what|who|where)\b[^.?!]*\b(?:not|except|never|least)\b[^.?!]*\?", re.IGNORECASE
)


@dataclass(frozen=True)
class Lesson:
    """A lesson: its settings, and its text as HTML."""

    name: str
    minutes: int
    html: str


@dataclass(frozen=True)
class Module:
    """A module, read: the texts of its files and what is in them."""

    texts: Mapping[str, str]
    figures: set[str]
    objectives: Mapping[str, str]
    lessons: tuple[Lesson, ...]
    quiz: Quiz

    @property
    def single_choices(self) -> list[ChoiceQuestion]:
        return [
            question
            for question in self.quiz.questions
            if isinstance(question, ChoiceQuestion) and question.type == "single"
        ]


@cache
def folder() -> ContentFolder:
    return read_folder(CONTENT)


@cache
def courses() -> Mapping[str, files.CourseSettings]:
    found = {}
    for course in folder().courses:
        document, _ = files.read_course(course.text, course.path, None)
        assert document is not None
        found[course.slug] = document.settings
    return found


@cache
def read(slug: str) -> Module:
    found = next(module for module in folder().modules if module.slug == slug)
    figures = figures_of(found)
    document, _ = read_module_file(found, figures)
    assert document is not None
    objectives = document.settings.objectives
    quiz = read_quiz_text(found.texts["quiz.md"], "quiz.md", figures, objectives).quiz
    assert quiz is not None
    lessons = tuple(
        _lesson(name, text, figures)
        for name, text in found.texts.items()
        if name.startswith("lessons/")
    )
    return Module(found.texts, set(figures), objectives, lessons, quiz)


def _lesson(name: str, text: str, figures: Mapping[str, str]) -> Lesson:
    document, _ = read_lesson_text(text, name, figures)
    assert document is not None
    return Lesson(name, document.settings.minutes, document.html)


@pytest.fixture(params=MODULES)
def module(request: pytest.FixtureRequest) -> Module:
    return read(request.param)


def words_of(html: str) -> list[str]:
    """The words that a reader reads; the sources at the foot are not counted."""
    text = unescape(TAG.sub(" ", FOOTNOTES.sub("", html)))
    return [word for word in text.split() if re.search(r"\w", word)]


# All of it


def test_there_are_fifteen_modules_and_five_courses_over_them() -> None:
    assert len(MODULES) == 15
    assert {slug: len(course.modules) for slug, course in courses().items()} == COURSES
    assert {name for course in courses().values() for name in course.modules} == set(MODULES)


def test_the_hours_of_a_course_are_what_it_takes() -> None:
    for slug, course in courses().items():
        minutes = sum(
            sum(lesson.minutes for lesson in read(name).lessons) + QUIZ_MINUTES
            for name in course.modules
        )
        assert abs(float(course.hours) * 60 - minutes) <= 15, (slug, minutes)


# Lessons


def test_a_module_has_two_to_five_lessons_of_a_readable_length(module: Module) -> None:
    assert 2 <= len(module.lessons) <= 5
    for lesson in module.lessons:
        count = len(words_of(lesson.html))
        assert 400 <= count <= 900, (lesson.name, count)
        # With tables and notes, nobody reads it at the speed of a novel.
        assert 90 <= count / lesson.minutes <= 150, (lesson.name, count)


def test_a_lesson_begins_with_a_scene_and_ends_with_what_to_do(module: Module) -> None:
    for lesson in module.lessons:
        scene, _, rest = FOOTNOTES.sub("", lesson.html).partition("<h2")
        assert scene.startswith("<p>"), lesson.name
        assert len(words_of(scene)) >= 30, lesson.name
        assert "<h2" in rest, lesson.name
        last = rest.rpartition("<h2")[2]
        assert re.match(r"[^>]*>On Monday</h2>\s*<[uo]l", last), lesson.name


def test_a_picture_says_what_it_shows(module: Module) -> None:
    pictures = [
        found
        for text in module.texts.values()
        for found in re.findall(r"!\[([^]]*)\]\(([^)\s]+)", text)
    ]
    for alternative, source in pictures:
        assert len(alternative.split()) >= 6, source
    shown = {source.removeprefix("../") for _, source in pictures}
    # A figure that nothing shows is a slip as well.
    assert shown == module.figures
    assert shown


def test_footnotes_are_used_and_links_lead_where_they_say(module: Module) -> None:
    for name, text in module.texts.items():
        defined = re.findall(r"^\[\^([^]]+)\]:", text, re.MULTILINE)
        used = re.findall(r"\[\^([^]]+)\](?!:)", text)
        assert sorted(defined) == sorted(set(used)), name
        assert len(defined) == len(set(defined)), name
    for text in module.texts.values():
        for target in re.findall(r"(?<!!)\[[^]]*\]\(([^)\s]+)", text):
            assert EXTERNAL.fullmatch(target), target


# Questions


def test_a_quiz_has_enough_questions_of_several_types(module: Module) -> None:
    assert len(module.quiz.questions) >= 12
    assert len({question.type for question in module.quiz.questions}) >= 4
    # A retake differs.
    assert module.quiz.drawn_count < len(module.quiz.questions)


def test_every_objective_is_tested_and_every_question_tests_one(module: Module) -> None:
    tested = Counter(question.objective for question in module.quiz.questions)
    assert set(tested) == set(module.objectives)


def test_every_answer_is_explained(module: Module) -> None:
    for question in module.quiz.questions:
        assert question.explanation, question.id
        if isinstance(question, ChoiceQuestion):
            assert all(option.feedback for option in question.options), question.id
        elif isinstance(question, TextQuestion):
            wrong = [answer for answer in question.answers if answer.weight != 1]
            assert all(answer.feedback for answer in wrong), question.id


def test_the_place_of_an_option_tells_nothing(module: Module) -> None:
    places = Counter(
        next(option.number for option in question.options if option.correct)
        for question in module.single_choices
    )
    assert max(places.values()) * 2 <= places.total(), dict(places)


def test_the_length_of_an_option_tells_nothing(module: Module) -> None:
    telling = [
        question.id
        for question in module.single_choices
        if max(question.options, key=lambda option: len(option.text)).correct
    ]
    assert len(telling) * 10 <= len(module.single_choices) * 4, telling


def test_no_option_speaks_of_the_others(module: Module) -> None:
    for question in module.quiz.questions:
        if isinstance(question, ChoiceQuestion):
            assert not any(ABOVE.search(option.text) for option in question.options), question.id


def test_a_question_for_what_does_not_hold_says_so_with_stress(module: Module) -> None:
    for question in module.quiz.questions:
        asked = EMPHASIS.sub(" ", f"{question.heading} {question.stem}")
        assert not NEGATIVE.search(unescape(TAG.sub(" ", asked))), question.id
