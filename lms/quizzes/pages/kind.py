"""What a type of question brings to a page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..draw import PaperItem
from ..grading import Response
from ..model import Question

QuestionT = TypeVar("QuestionT", bound=Question)


def _tell_all(question: Question, response: Response) -> Response:
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[QuestionT]):
    """A type's template (in `templates/quizzes/types/`) and the values that it shows.

    `ask` gives what the answering part needs and nothing of the key; `review` gives what the result
    needs, with the key where its last argument allows it. `tell` gives what a page may hold of a
    response while it is answered, for types whose responses are written in terms of the key. Where
    the template `shows_stem`, nothing else shows it.
    """

    template: str
    ask: Callable[[QuestionT, PaperItem, Response], Any]
    review: Callable[[QuestionT, PaperItem, Response, bool], Any]
    tell: Callable[[QuestionT, Response], Any] = _tell_all
    shows_stem: bool = False
