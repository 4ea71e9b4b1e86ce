"""Questions at a terminal: what is shown, without a word of the key, and what was typed (pure)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .draw import PaperItem
from .grading import BadResponse, Response, read_response
from .grading.attestation import ACCEPTED
from .model import (
    AttestationQuestion,
    ChoiceGap,
    ChoiceQuestion,
    ClozeQuestion,
    MatchingQuestion,
    NumberQuestion,
    OrderingQuestion,
    Pair,
    Question,
    ReflectionQuestion,
    SurveyQuestion,
    TextQuestion,
)
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


def _options(question: ChoiceQuestion | SurveyQuestion, item: PaperItem) -> list[str]:
    texts = {option.number: text_of(option.html) for option in question.options}
    return [f"{place}. {texts[number]}" for place, number in enumerate(item.options, start=1)]


def _ask_for_options(question: ChoiceQuestion | SurveyQuestion) -> str:
    return "Numbers, with spaces" if question.select_many else "Number"


def _read_options(
    question: ChoiceQuestion | SurveyQuestion, item: PaperItem, typed: str
) -> Response:
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


def _sides(question: MatchingQuestion, item: PaperItem) -> list[str]:
    """The left sides by letters, then the right sides by numbers, in the order that the paper drew."""
    texts = {side.number: side.text for side in question.right_sides}
    lefts = [f"{letter}. {pair.left}" for letter, pair in _lettered(question)]
    rights = [f"{place}. {texts[number]}" for place, number in enumerate(item.options, start=1)]
    return [printable(line) for line in (*lefts, *rights)]


def _lettered(question: MatchingQuestion) -> list[tuple[str, Pair]]:
    return [(chr(ord("a") + index), pair) for index, pair in enumerate(question.pairs)]


def _ask_for_pairs(question: Question) -> str:
    return "Pairs such as a=2 b=1"


def _read_pairs(question: MatchingQuestion, item: PaperItem, typed: str) -> Response:
    rows = {letter: place for place, (letter, _pair) in enumerate(_lettered(question), start=1)}
    texts = {side.number: side.text for side in question.right_sides}
    sides = {str(place): texts[number] for place, number in enumerate(item.options, start=1)}
    pairs = [pair.partition("=") for pair in re.split(r"[\s,;]+", typed.strip(" \t,;"))]
    if any(left.casefold() not in rows or right not in sides for left, _, right in pairs):
        raise BadResponse("Type a letter, = and a number for each pair, such as a=2.")
    return read_response(
        question, [f"{rows[left.casefold()]}={sides[right]}" for left, _, right in pairs]
    )


def _items(question: OrderingQuestion, item: PaperItem) -> list[str]:
    texts = {one.number: one.text for one in question.items}
    return [
        printable(f"{place}. {texts[number]}") for place, number in enumerate(item.options, start=1)
    ]


def _ask_for_order(question: Question) -> str:
    return "Numbers in the right order"


def _read_order(question: OrderingQuestion, item: PaperItem, typed: str) -> Response:
    texts = {one.number: one.text for one in question.items}
    shown = {str(place): texts[number] for place, number in enumerate(item.options, start=1)}
    places = re.split(r"[\s,;]+", typed.strip(" \t,;"))
    if any(place not in shown for place in places):
        raise BadResponse(f"Type numbers from 1 to {len(shown)}.")
    return read_response(question, [shown[place] for place in places])


def _gaps(question: ClozeQuestion, item: PaperItem) -> list[str]:
    """The choices of each drop-down, in the order that the paper drew."""
    lines = []
    for place, gap in enumerate(question.gaps, start=1):
        if isinstance(gap, ChoiceGap):
            texts = {option.number: option.text for option in gap.options}
            shown = [texts[number] for number in item.options if number in texts]
            lines.append(printable(f"[{place}] {' / '.join(shown)}"))
    return lines


def _ask_for_gaps(question: ClozeQuestion) -> str:
    return "Answers, with ; between" if len(question.gaps) > 1 else "Answer"


def _read_gaps(question: ClozeQuestion, item: PaperItem, typed: str) -> Response:
    return read_response(question, [text.strip() for text in typed.split(";")])


def _statement(question: AttestationQuestion, item: PaperItem) -> list[str]:
    return [text_of(question.statement)]


def _ask_for_name(question: Question) -> str:
    return "Your name, to accept it"


def _read_name(question: AttestationQuestion, item: PaperItem, typed: str) -> Response:
    return read_response(question, [ACCEPTED, typed])


def _prompt(question: ReflectionQuestion, item: PaperItem) -> list[str]:
    return [text_of(question.prompt)] if question.prompt else []


KINDS: dict[type[Question], Kind[Any]] = {
    ChoiceQuestion: Kind(lines=_options, prompt=_ask_for_options, read=_read_options),
    TextQuestion: Kind(lines=_nothing, prompt=_ask_for_text, read=_read_text),
    NumberQuestion: Kind(lines=_nothing, prompt=_ask_for_number, read=_read_text),
    MatchingQuestion: Kind(lines=_sides, prompt=_ask_for_pairs, read=_read_pairs),
    OrderingQuestion: Kind(lines=_items, prompt=_ask_for_order, read=_read_order),
    ClozeQuestion: Kind(lines=_gaps, prompt=_ask_for_gaps, read=_read_gaps),
    AttestationQuestion: Kind(lines=_statement, prompt=_ask_for_name, read=_read_name),
    ReflectionQuestion: Kind(lines=_prompt, prompt=_ask_for_text, read=_read_text),
    SurveyQuestion: Kind(lines=_options, prompt=_ask_for_options, read=_read_options),
}
