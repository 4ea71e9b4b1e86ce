"""Reflections on pages."""

from dataclasses import dataclass

from ..draw import PaperItem
from ..grading import Response
from ..grading.reflection import MAX_LENGTH, written
from ..model import ReflectionQuestion
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionForm:
    """What to think about (HTML, "" for nothing more), what was written, and how long it may be."""

    prompt: str
    text: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReflectionReview:
    prompt: str
    text: str


def _ask(question: ReflectionQuestion, item: PaperItem, response: Response) -> ReflectionForm:
    return ReflectionForm(prompt=question.prompt, text=written(response), length=MAX_LENGTH)


def _review(
    question: ReflectionQuestion, item: PaperItem, response: Response, shows_key: bool
) -> ReflectionReview:
    return ReflectionReview(prompt=question.prompt, text=written(response))


KIND = Kind(template="reflection", ask=_ask, review=_review)
