"""Cloze in the contract: the text of each gap, "" for one left empty."""

from typing import Any

from ..grading import Response
from ..grading.text import MAX_LENGTH
from ..model import ClozeQuestion
from ..model.cloze import ChoiceGap, Gap
from ..plaintext import printable
from .kind import Kind, WrongShape


def _describe(question: ClozeQuestion) -> dict[str, Any]:
    return {"gaps": [_gap(gap) for gap in question.gaps]}


def _gap(gap: Gap) -> dict[str, Any]:
    options = [option.text for option in gap.options] if isinstance(gap, ChoiceGap) else None
    return {"right": gap.right, "options": options}


def _key(question: ClozeQuestion) -> list[str]:
    return [
        printable(f"Gap {place}: {gap.right}") for place, gap in enumerate(question.gaps, start=1)
    ]


def _shape(question: ClozeQuestion) -> str:
    return f"a list of {len(question.gaps)} texts, one for each gap"


def _read(question: ClozeQuestion, value: object) -> Response:
    if not isinstance(value, list) or len(value) != len(question.gaps):
        raise WrongShape
    if any(not isinstance(text, str) or len(text) > MAX_LENGTH for text in value):
        raise WrongShape
    return value


KIND = Kind(describe=_describe, key=_key, shape=_shape, read=_read)
