"""Questions at a terminal: what is shown, without a word of the key, and what was typed (pure)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .draw import PaperItem
from .grading import BadResponse, Response, read_response
from .model import ChoiceQuestion, NumberQuestion, Question, TextQuestion
from .plaintext import printable, text_of

QuestionT = TypeVar("QuestionT", bound=Question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[QuestionT]):
    """How one type of question is asked: the lines under what it asks, the words before what is typed.

    `read` turns what was typed, which is not blank, into a response; it raises BadResponse.
    """

    lines: Callable[[QuestionT, PaperItem], list[str]]
    prompt: Callable[[QuestionT], str]
    read: Callable[[QuestionT, PaperItem, str], Response]


def lines_of(question: Question, item: PaperItem) -> list[str]:
    """What stands under the question, such as its options in the order that the paper drew."""
    return KINDS[type(question)].lines(question, item)


def prompt_of(question: Question) -> str:
    """What kind of answer to type."""
    return KINDS[type(question)].prompt(question)


def read_typed(question: Question, item: PaperItem, typed: str) -> Response:
    """The response that was typed, None for a blank one; raises BadResponse with a message for people."""
    return KINDS[type(question)].read(question, item, typed) if typed.strip() else None


def _options(question: ChoiceQuestion, item: PaperItem) -> list[str]:
    texts = {option.number: text_of(option.html) for option in question.options}
    return [f"{place}. {texts[number]}" for place, number in enumerate(item.options, start=1)]


def _ask_for_options(question: ChoiceQuestion) -> str:
    return "Numbers, with spaces" if question.select_many else "Number"


def _read_options(question: ChoiceQuestion, item: PaperItem, typed: str) -> Response:
    """Places in the order shown, as the numbers that the options have in the file."""
    shown = {str(place): str(number) for place, number in enumerate(item.options, start=1)}
    places = re.split(r"[\s,;]+", typed.strip(" \t,;"))
    if any(place not in shown for place in places):
        raise BadResponse(f"Type numbers from 1 to {len(shown)}.")
    return read_response(question, [shown[place] for place in places])


def _nothing(question: Question, item: PaperItem) -> list[str]:
    return []


def _ask_for_text(question: Question) -> str:
    return "Answer"


def _ask_for_number(question: NumberQuestion) -> str:
    return f"Number ({printable(question.unit)})" if question.unit else "Number"


def _read_text(question: Question, item: PaperItem, typed: str) -> Response:
    return read_response(question, [typed])


KINDS: dict[type[Question], Kind[Any]] = {
    ChoiceQuestion: Kind(lines=_options, prompt=_ask_for_options, read=_read_options),
    TextQuestion: Kind(lines=_nothing, prompt=_ask_for_text, read=_read_text),
    NumberQuestion: Kind(lines=_nothing, prompt=_ask_for_number, read=_read_text),
}
