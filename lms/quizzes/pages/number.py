"""Numbers on pages."""

from ..draw import PaperItem
from ..grading import Response
from ..grading.number import judge
from ..model import NumberQuestion
from .kind import Kind
from .text import TypedForm, TypedReview, typed_text


def _ask(question: NumberQuestion, item: PaperItem, response: Response) -> TypedForm:
    return TypedForm(text=typed_text(response), is_number=True, unit=question.unit)


def _review(
    question: NumberQuestion, item: PaperItem, response: Response, shows_key: bool
) -> TypedReview:
    return TypedReview(
        text=typed_text(response),
        unit=question.unit,
        right_answers=(question.interval,) if shows_key else (),
        feedback="".join(judge(question, response).feedback) if shows_key else "",
    )


KIND = Kind(template="typed", ask=_ask, review=_review)
