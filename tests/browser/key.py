"""Answers to the quizzes that come with the product, for tests that have to pass them."""

from functools import cache

from playwright.sync_api import Locator, Page

from lms.foundation.shipped import shipped
from lms.quizzes.format import parse_quiz
from lms.quizzes.model import ChoiceQuestion, NumberQuestion, Question, TextQuestion
from lms.quizzes.model.number import plain


@cache
def questions_of(module: str) -> dict[str, Question]:
    """The questions of a module's quiz, by id."""
    text = (shipped("content") / "modules" / module / "quiz.md").read_text(encoding="utf-8")
    parsed = parse_quiz(text, "quiz.md")
    assert parsed.quiz is not None
    return dict(parsed.quiz.by_id)


def right_values(question: Question) -> list[str]:
    """What a form sends for a right answer."""
    if isinstance(question, ChoiceQuestion):
        return [str(option.number) for option in question.options if option.correct]
    if isinstance(question, NumberQuestion):
        return [plain(question.low)]
    assert isinstance(question, TextQuestion)
    return [next(answer.pattern for answer in question.answers if answer.weight == 1)]


def sets_of(page: Page) -> list[Locator]:
    """The questions on an attempt's page."""
    return page.locator("[data-question]").all()


def answer(fieldset: Locator, module: str) -> list[str]:
    """Answer one question rightly, as a person would; what was answered."""
    question = questions_of(module)[fieldset.get_attribute("data-question") or ""]
    values = right_values(question)
    if isinstance(question, ChoiceQuestion):
        for value in values:
            fieldset.locator(f"input[value='{value}']:not([type=hidden])").check()
    else:
        field = fieldset.get_by_label("Your answer")
        field.fill(values[0])
        field.blur()
    return values
