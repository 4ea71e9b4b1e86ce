"""What the page of one file shows: the lesson or quiz, or the errors in its source (pure)."""

from dataclasses import dataclass
from random import Random
from typing import Any

from lms.courses import format as files
from lms.courses.revision import picture_address
from lms.foundation.problems import Problem, Severity
from lms.quizzes import pages
from lms.quizzes.draw import PaperItem
from lms.quizzes.model import Pool, Question, Quiz

from ..check import read_lesson_text, read_quiz_text
from . import key
from .look import Sheet

AROUND = 2
"""Lines of the source shown before and after the one with an error."""
MOST_EXCERPTS = 20
"""Excerpts on a page. The list of findings beside them has the other errors."""
LONGEST = 300
"""Characters of a line in an excerpt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A line of a file. `is_here` marks the one that the error stands in."""

    number: int
    text: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """An error with the lines around it; none where the file cannot be read."""

    problem: Problem
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedQuestion:
    """A question as a learner meets it, and what its author wants to know besides.

    `review` shows the key, and a right answer if there `has_right_answer`. `answers` is what that does
    not show of the key.
    """

    question: Question
    form: pages.QuestionToAnswer
    review: pages.QuestionInReview
    has_right_answer: bool
    answers: tuple[key.KnownAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One question, or the questions of one pool."""

    pool: Pool | None
    questions: tuple[PreviewedQuestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedQuiz:
    """A quiz with all of its questions in the order of the file: nothing is drawn or left out."""

    quiz: Quiz
    parts: tuple[Part, ...]

    @property
    def has_ordering(self) -> bool:
        """Whether a question can be put in order by dragging, which takes a script."""
        return any(one.form.template == "ordering" for part in self.parts for one in part.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What to show of a file, and by which template: that of its kind, or `broken`.

    `shown` is a document, a quiz, or excerpts of what is broken. `listed` are the findings that stand
    beside it: all that no excerpt shows.
    """

    template: str
    shown: Any
    listed: tuple[Problem, ...]


def page_of(sheet: Sheet) -> Page:
    """The page of a file; one on which nothing can be built shows its errors in the source."""
    shown = _build(sheet, sheet.text) if sheet.text is not None else None
    if shown is None:
        found = excerpts(sheet.text or "", sheet.problems)
        seen = {excerpt.problem for excerpt in found}
        others = tuple(problem for problem in sheet.problems if problem not in seen)
        return Page(template="broken", shown=found, listed=others)
    return Page(template=sheet.kind, shown=shown, listed=sheet.problems)


def _build(sheet: Sheet, text: str) -> Any:
    match sheet.kind:
        case "course":
            return files.read_course(text, sheet.name, None)[0]
        case "module":
            address = picture_address(sheet.figures)
            return files.read_module(text, sheet.name, sheet.figures, address)[0]
        case "lesson":
            return read_lesson_text(text, sheet.name, sheet.figures)[0]
        case _:
            quiz = read_quiz_text(text, sheet.name, sheet.figures, sheet.objectives).quiz
            return quiz and _preview(quiz)


def _preview(quiz: Quiz) -> PreviewedQuiz:
    parts: list[Part] = []
    position = 0
    for item in quiz.items:
        questions = item.questions if isinstance(item, Pool) else (item,)
        parts.append(
            Part(
                pool=item if isinstance(item, Pool) else None,
                questions=tuple(
                    _preview_question(question, place)
                    for place, question in enumerate(questions, start=position + 1)
                ),
            )
        )
        position += len(questions)
    return PreviewedQuiz(quiz=quiz, parts=tuple(parts))


def _preview_question(question: Question, position: int) -> PreviewedQuestion:
    # The id decides the order: what was shuffled stays where it is while its wording is edited.
    order = question.arrange(Random(question.id))  # noqa: S311 - It guards no secret.
    item = PaperItem(question_id=question.id, digest=question.digest, options=order)
    return PreviewedQuestion(
        question=question,
        form=pages.to_answer(question, item, position, None),
        review=key.in_review(question, item, position),
        has_right_answer=key.right_response(question) is not None,
        answers=tuple(key.known_answers(question)),
    )


def excerpts(text: str, problems: tuple[Problem, ...]) -> tuple[Excerpt, ...]:
    """The errors among `problems`, each with the lines of `text` around it."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    lines = text.split("\n") if text else []
    return tuple(
        Excerpt(problem=problem, lines=_lines_around(lines, problem.line))
        for problem in errors[:MOST_EXCERPTS]
    )


def _lines_around(lines: list[str], here: int) -> tuple[SourceLine, ...]:
    first = max(here - AROUND, 1)
    return tuple(
        SourceLine(number=number, text=_shortened(line), is_here=number == here)
        for number, line in enumerate(lines[first - 1 : here + AROUND], start=first)
    )


def _shortened(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
