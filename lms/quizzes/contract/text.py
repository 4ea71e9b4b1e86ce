"""Short texts in the contract, and the reading of whatever is typed."""

from typing import Any

from ..grading import Response
from ..grading.text import MAX_LENGTH
from ..model import AnswerKind, Question, TextAnswer, TextQuestion
from ..plaintext import printable
from .kind import Kind, WrongShape, exact


def read_typed(question: Question, value: object) -> Response:
    """A typed response; raises WrongShape for what is no text or too long for the grader."""
    if not isinstance(value, str) or len(value) > MAX_LENGTH:
        raise WrongShape
    return value


def _describe(question: TextQuestion) -> dict[str, Any]:
    return {
        "match": question.match.value,
        "answers": [
            {
                "pattern": answer.pattern,
                "kind": answer.kind.value,
                "ignore_case": answer.ignore_case,
                "weight": exact(answer.weight),
                "feedback": answer.feedback,
            }
            for answer in question.answers
        ],
    }


def _key(question: TextQuestion) -> list[str]:
    return [_line(answer) for answer in question.answers]


def _line(answer: TextAnswer) -> str:
    flag = "i" if answer.ignore_case else ""
    is_regex = answer.kind is AnswerKind.REGEX
    pattern = f"/{answer.pattern}/{flag}" if is_regex else answer.pattern
    return f"{printable(pattern)} ({exact(answer.weight * 100)}%)"


def _shape(question: TextQuestion) -> str:
    return f"a text of {MAX_LENGTH} characters at most"


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=read_typed)
