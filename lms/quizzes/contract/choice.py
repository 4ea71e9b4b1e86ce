"""Choices in the contract: options by their numbers, from 1 in the order of the file."""

from typing import Any

from ..grading import Response
from ..model import ChoiceQuestion, Option, SurveyQuestion
from ..plaintext import text_of
from .kind import Kind, WrongShape, exact


def _describe(question: ChoiceQuestion) -> dict[str, Any]:
    return {
        "scoring": question.scoring.value if question.select_many else None,
        "shuffle": question.shuffle,
        "options": [
            {
                "number": option.number,
                "text": option.text,
                "html": option.html,
                "correct": option.correct,
                "weight": None if option.weight is None else exact(option.weight),
                "feedback": option.feedback,
                "not_chosen_feedback": option.not_chosen_feedback,
            }
            for option in question.options
        ],
    }


def _key(question: ChoiceQuestion) -> list[str]:
    return [_line(option) for option in question.options]


def _line(option: Option) -> str:
    weight = "" if option.weight is None else f" ({exact(option.weight * 100)}%)"
    return f"{option.number}. [{'x' if option.correct else ' '}] {text_of(option.html)}{weight}"


def option_shape(question: ChoiceQuestion | SurveyQuestion) -> str:
    """What a response must be: option numbers."""
    last = len(question.options)
    if question.select_many:
        return f"a list of option numbers, from 1 to {last} and none twice"
    return f"the number of one option, from 1 to {last}"


def read_options(question: ChoiceQuestion | SurveyQuestion, value: object) -> Response:
    """The option numbers of a value; raises WrongShape."""
    if not question.select_many:
        return _number(question, value)
    if not isinstance(value, list):
        raise WrongShape
    numbers = [_number(question, item) for item in value]
    if len(set(numbers)) < len(numbers):
        raise WrongShape
    return sorted(numbers)


def _number(question: ChoiceQuestion | SurveyQuestion, value: object) -> int:
    # In Python True is equal to 1, and in JSON it is no number.
    if type(value) is not int or not 1 <= value <= len(question.options):
        raise WrongShape
    return value


KIND = Kind(describe=_describe, key=_key, shape=option_shape, read=read_options)
