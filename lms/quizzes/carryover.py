"""Carry a response to one wording of a question over to another, so that a mended key can judge it (pure)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .grading import Response
from .model import (
    ChoiceQuestion,
    ClozeQuestion,
    MatchingQuestion,
    Option,
    OrderingQuestion,
    OrderItem,
    Question,
    SurveyQuestion,
)


class NotComparable(Exception):
    """What was answered has no counterpart in the other wording."""


def carry_over(old: Question, new: Question, response: Response) -> Response:
    """What `response`, given to `old`, says when it is read as a response to `new`.

    Responses name options and items by their number, and numbers change when somebody moves an option:
    they are followed by their text. Where one option alone was reworded, it is taken for the same.

    Raises NotComparable when the type has changed, or when something that was chosen is gone.
    """
    if type(old) is not type(new):
        raise NotComparable
    carry = _CARRIERS.get(type(old))
    return (
        response if carry is None or response in (None, "", [], {}) else carry(old, new, response)
    )


def _choice(
    old: ChoiceQuestion | SurveyQuestion,
    new: ChoiceQuestion | SurveyQuestion,
    response: Response,
) -> Response:
    numbers = _counterparts(old.options, new.options)
    chosen = response if isinstance(response, list) else [response]
    carried = sorted(_followed(numbers, number) for number in chosen)
    if new.select_many:
        return carried
    if len(carried) != 1:
        raise NotComparable
    return carried[0]


def _ordering(old: OrderingQuestion, new: OrderingQuestion, response: Response) -> Response:
    numbers = _counterparts(old.items, new.items)
    if not isinstance(response, list) or len(old.items) != len(new.items):
        raise NotComparable
    return [_followed(numbers, number) if number else 0 for number in response]


def _matching(old: MatchingQuestion, new: MatchingQuestion, response: Response) -> Response:
    lefts = {pair.left for pair in new.pairs}
    rights = {side.text for side in new.right_sides}
    if not isinstance(response, dict) or not set(response) <= lefts:
        raise NotComparable
    if not set(response.values()) <= rights:
        raise NotComparable
    return response


def _cloze(old: ClozeQuestion, new: ClozeQuestion, response: Response) -> Response:
    if [type(gap) for gap in old.gaps] != [type(gap) for gap in new.gaps]:
        raise NotComparable
    return response


_CARRIERS: Mapping[type[Question], Callable[[Any, Any, Response], Response]] = {
    ChoiceQuestion: _choice,
    SurveyQuestion: _choice,
    OrderingQuestion: _ordering,
    MatchingQuestion: _matching,
    ClozeQuestion: _cloze,
}


def _counterparts(
    old: Sequence[Option | OrderItem], new: Sequence[Option | OrderItem]
) -> dict[int, int]:
    """For the number of each old option the number of the new one that it has become."""
    by_text = {item.text: item.number for item in new}
    found = {item.number: by_text[item.text] for item in old if item.text in by_text}
    lost = [item.number for item in old if item.number not in found]
    added = [item.number for item in new if item.number not in found.values()]
    if len(lost) == len(added) == 1 and len(old) == len(new):
        found[lost[0]] = added[0]
    return found


def _followed(numbers: Mapping[int, int], number: object) -> int:
    if type(number) is not int or number not in numbers:
        raise NotComparable
    return numbers[number]
