"""Grade filled gaps."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from ..model import ChoiceGap, ClozeQuestion, Gap, NumberGap
from . import number
from .mark import RIGHT, BadResponse, Grader, Response, Verdict, share_of
from .text import MAX_LENGTH, loose, loose_key, read_text


def read(question: ClozeQuestion, values: Sequence[str]) -> Response:
    """The text in each gap, "" for an empty one; raises BadResponse. There is a value for each gap."""
    if len(values) != len(question.gaps):
        raise BadResponse(f"This question has {len(question.gaps)} gaps. Fill them one by one.")
    texts = [read_text([value]) if value.strip() else "" for value in values]
    for gap, text in zip(question.gaps, texts, strict=True):
        if text and isinstance(gap, ChoiceGap) and text not in _texts(gap):
            raise BadResponse("This question has no such choice. Take one of those shown.")
    return texts


def judge(question: ClozeQuestion, response: Response) -> Verdict:
    """The share of gaps filled right; the feedback tells what belongs into the others."""
    texts = filled_gaps(question, response)
    hits = [is_right(gap, text) for gap, text in zip(question.gaps, texts, strict=True)]
    return Verdict(
        answered=any(texts),
        share=share_of(sum(hits), len(hits)),
        feedback=tuple(
            _belongs(place, gap.right)
            for place, (gap, hit) in enumerate(zip(question.gaps, hits, strict=True), start=1)
            if not hit
        ),
    )


@lru_cache(maxsize=10_000)
def _belongs(place: int, right: str) -> str:
    return f"<p>Gap {place}: {escape(right)}</p>"


def is_right(gap: Gap, text: str) -> bool:
    """Whether `text` belongs into `gap`; an empty text never does."""
    if not text:
        return False
    if isinstance(gap, NumberGap):
        return number.judge(gap, text) is RIGHT
    if isinstance(gap, ChoiceGap):
        return any(option.correct for option in gap.options if option.text == text)
    return loose(text) in map(loose_key, gap.answers)


def filled_gaps(question: ClozeQuestion, response: Response) -> list[str]:
    """The text in each gap, "" for an empty one; all are empty for a response that does not fit."""
    given = response if isinstance(response, list) else []
    texts = [text for text in given if isinstance(text, str) and len(text) <= MAX_LENGTH]
    if not len(texts) == len(given) == len(question.gaps):
        return [""] * len(question.gaps)
    return [text if text.strip() else "" for text in texts]


def _texts(gap: ChoiceGap) -> list[str]:
    return [option.text for option in gap.options]


def filled(question: ClozeQuestion, response: Response) -> tuple[int, int]:
    """The gaps in which something stands, of all."""
    return sum(map(bool, filled_gaps(question, response))), len(question.gaps)


GRADER = Grader(read=read, judge=judge, keeps_places=True, filled=filled)
