"""Reflections in the contract: a text that nobody grades."""

from typing import Any

from ..grading import Response
from ..grading.reflection import MAX_LENGTH
from ..model import ReflectionQuestion
from .kind import Kind, WrongShape


def _describe(question: ReflectionQuestion) -> dict[str, Any]:
    return {"prompt": question.prompt}


def _key(_question: ReflectionQuestion) -> list[str]:
    return ["A text of one's own; it is not graded."]


def _shape(_question: ReflectionQuestion) -> str:
    return f"a text of {MAX_LENGTH} characters at most"


def _read(_question: ReflectionQuestion, value: object) -> Response:
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        raise WrongShape
    return value


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=_read)
