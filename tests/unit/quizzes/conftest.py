"""What the tests of the quiz core share: quizzes with as little around them as the format allows."""

from collections.abc import Callable

import pytest

from lms.foundation.problems import Severity
from lms.quizzes.format import ParsedQuiz, parse_quiz
from lms.quizzes.model import Question

HEADER = "---\ntitle: Test\n---\n\n# Test\n\n"
HEADER_LINES = 6
USUAL_WARNINGS = ("missing-id", "no-explanation")


@pytest.fixture(scope="session")
def read_quiz() -> Callable[..., ParsedQuiz]:
    """Read a body under a title; `settings` are further lines of the front matter."""

    def read(body: str, settings: str = "", **options: object) -> ParsedQuiz:
        text = HEADER.replace("title: Test\n", f"title: Test\n{settings}") + body
        return parse_quiz(text, "quiz.md", **options)  # pyright: ignore[reportArgumentType]

    return read


@pytest.fixture(scope="session")
def read_question(read_quiz: Callable[..., ParsedQuiz]) -> Callable[..., Question]:
    """The one question that a body holds, which must be without errors."""

    def read(body: str, **options: object) -> Question:
        parsed = read_quiz(body, **options)
        assert parsed.quiz is not None, "\n".join(map(str, parsed.problems))
        (question,) = parsed.quiz.questions
        return question

    return read


@pytest.fixture(scope="session")
def faults(read_quiz: Callable[..., ParsedQuiz]) -> Callable[..., list[str]]:
    """Problems as `line:column code`, lines counted from the body, with `?` after a warning.

    Missing ids and explanations are left out, so that a case need not have them.
    """

    def find(body: str, **options: object) -> list[str]:
        return [
            f"{problem.line - HEADER_LINES}:{problem.column} {problem.code}"
            + ("?" if problem.severity is Severity.WARNING else "")
            for problem in read_quiz(body, **options).problems
            if problem.code not in USUAL_WARNINGS
        ]

    return find
