"""Numbers in the contract: as text, for a number of JSON may lose digits on its way."""

from typing import Any

from ..grading.text import MAX_LENGTH
from ..model import NumberQuestion
from ..plaintext import printable
from .kind import Kind, exact
from .text import read_typed


def _describe(question: NumberQuestion) -> dict[str, Any]:
    return {
        "low": exact(question.low),
        "high": exact(question.high),
        "value": None if question.value is None else exact(question.value),
        "unit": question.unit,
    }


def _key(question: NumberQuestion) -> list[str]:
    return [printable(question.interval)]


def _shape(question: NumberQuestion) -> str:
    return f'a text with the number, such as "80", of {MAX_LENGTH} characters at most'


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=read_typed)
