"""The sample's quiz as values, and its questions as a paper puts them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from lms.quizzes.draw import PaperItem
from lms.quizzes.format import parse_quiz
from lms.quizzes.model import (
    AnswerKind,
    ChoiceQuestion,
    NumberQuestion,
    Question,
    Quiz,
    TextAnswer,
    TextQuestion,
)
from tests.sample_content import QUIZ


def _read() -> Quiz:
    quiz = parse_quiz(QUIZ, "quiz.md").quiz
    assert quiz is not None
    return quiz


QUESTIONS = _read().by_id


def item_of(question: Question) -> PaperItem:
    """The question on a paper; its options, if it has any, from the last to the first."""
    options = question.options if isinstance(question, ChoiceQuestion) else ()
    return PaperItem(
        question_id=question.id,
        digest=question.digest,
        options=tuple(option.number for option in reversed(options)),
    )


def twin_of(question: Question) -> Question:
    """The question with everything about its key changed, and nothing else."""
    said = {
        "explanation": "another explanation",
        "correct_message": "another message",
        "incorrect_message": "and another",
        "void": not question.void,
    }
    if isinstance(question, ChoiceQuestion):
        options = tuple(
            replace(
                option,
                correct=not option.correct,
                weight=Fraction(1, 2),
                feedback="another feedback",
                not_chosen_feedback="and another",
            )
            for option in question.options
        )
        return replace(question, options=options, **said)
    if isinstance(question, TextQuestion):
        answer = TextAnswer(
            pattern="another answer",
            kind=AnswerKind.TEXT,
            ignore_case=False,
            weight=Fraction(1),
            feedback="another feedback",
        )
        return replace(question, answers=(answer,), **said)
    assert isinstance(question, NumberQuestion)
    return replace(question, low=Decimal(1), high=Decimal(2), value=None, **said)
