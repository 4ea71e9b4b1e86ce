"""Ordering in the contract: the numbers of the items, from 1 in their right order, as they were put."""

from typing import Any

from ..grading import Response
from ..model import OrderingQuestion
from ..plaintext import printable
from .kind import Kind, WrongShape


def _describe(question: OrderingQuestion) -> dict[str, Any]:
    return {
        "scoring": question.scoring.value,
        "items": [
            {"number": item.number, "text": item.text, "html": item.html} for item in question.items
        ],
    }


def _key(question: OrderingQuestion) -> list[str]:
    return [f"{item.number}. {printable(item.text)}" for item in question.items]


def _shape(question: OrderingQuestion) -> str:
    return f"a list of the {len(question.items)} item numbers, each once, in the order chosen"


def _read(question: OrderingQuestion, value: object) -> Response:
    if not isinstance(value, list) or any(type(number) is not int for number in value):
        raise WrongShape
    if sorted(value) != [item.number for item in question.items]:
        raise WrongShape
    return value


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=_read)
