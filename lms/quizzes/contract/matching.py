"""Matching in the contract: each left side's text with the text of its right side."""

from typing import Any

from ..grading import Response
from ..model import MatchingQuestion
from ..plaintext import printable
from .kind import Kind, WrongShape


def _describe(question: MatchingQuestion) -> dict[str, Any]:
    return {
        "pairs": [{"left": pair.left, "right": pair.right} for pair in question.pairs],
        "right_sides": [side.text for side in question.right_sides],
    }


def _key(question: MatchingQuestion) -> list[str]:
    belonging = {pair.right for pair in question.pairs}
    spare = [side.text for side in question.right_sides if side.text not in belonging]
    return [
        *(printable(f"{pair.left} = {pair.right}") for pair in question.pairs),
        *(printable(f"(belongs to none) {text}") for text in spare),
    ]


def _shape(_question: MatchingQuestion) -> str:
    return "an object of a right side for each left side, with the texts of the table"


def _read(question: MatchingQuestion, value: object) -> Response:
    if not isinstance(value, dict):
        raise WrongShape
    lefts = {pair.left for pair in question.pairs}
    rights = {side.text for side in question.right_sides}
    for left, right in value.items():
        # What is no text may not even be looked up among texts.
        if left not in lefts or not isinstance(right, str) or right not in rights:
            raise WrongShape
    return value


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=_read)
