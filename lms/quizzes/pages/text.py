"""Short texts on pages."""

from dataclasses import dataclass

from ..draw import PaperItem
from ..grading import Response
from ..grading.text import judge
from ..model import TextQuestion
from ..model.text import AnswerKind
from .kind import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedForm:
    """A field to type into: what it holds, and the unit that stands behind it ("" for none)."""

    text: str
    is_number: bool
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReview:
    """What was typed, and the right answers in words where they may be seen."""

    text: str
    unit: str
    right_answers: tuple[str, ...]
    feedback: str


def typed_text(response: Response) -> str:
    """The text of a response; empty where it is blank or of another shape."""
    return response if isinstance(response, str) else ""


def _ask(question: TextQuestion, item: PaperItem, response: Response) -> TypedForm:
    return TypedForm(text=typed_text(response), is_number=False, unit="")


def _review(
    question: TextQuestion, item: PaperItem, response: Response, shows_key: bool
) -> TypedReview:
    # A regular expression is no answer that anyone could read.
    right = tuple(
        answer.pattern
        for answer in question.answers
        if answer.weight == 1 and answer.kind is AnswerKind.TEXT
    )
    return TypedReview(
        text=typed_text(response),
        unit="",
        right_answers=right if shows_key else (),
        feedback="".join(judge(question, response).feedback) if shows_key else "",
    )


KIND = Kind(template="typed", ask=_ask, review=_review)
